"""ImageNet-100 in both layouts: images become still clips, the official validation images are the test split."""

import numpy as np
import pytest

from tests.data.readers.sets import WNIDS, changed, imagenet100, problems, put
from workbench.config import DataSettings
from workbench.data.check import check_data
from workbench.data.clips import load_clips
from workbench.data.imports import import_videos
from workbench.data.readers import read_layout
from workbench.errors import WorkbenchError


@pytest.mark.parametrize("kaggle", [True, False])
def test_both_layouts_give_the_same_splits(tmp_path, kaggle):
    found = read_layout(imagenet100(tmp_path, kaggle))
    assert found.layout == "imagenet100" and not found.problems
    assert {split: table["label"].value_counts().to_dict() for split, table in found.splits.items()} == {
        "train": {0: 5, 1: 5, 2: 5, 3: 5},
        "test": {0: 1, 1: 1, 2: 1, 3: 1},
    }
    words = ["tench, Tinca tinca", "goldfish, Carassius auratus", "crane (n02012849)", "crane (n03126707)"]
    assert found.class_names == (words if kaggle else list(WNIDS))


def test_images_become_still_clips(tmp_path, home):
    import_videos(imagenet100(tmp_path / "images"), "images")
    clips = load_clips(DataSettings(frames=4, size=16), "val", "images", progress=False)
    assert clips.clips.shape == (4, 4, 16, 16, 3)
    still = np.asarray(clips.clips[np.arange(4)])
    assert (still == still[:, :1]).all() and still.std() > 0
    report = check_data("images", progress=False)
    assert report.fps == {"still": 24} and report.seconds is None and report.codecs == {"jpeg": 24}


def test_a_folder_that_is_no_class_and_a_class_without_images(tmp_path):
    root = imagenet100(tmp_path)
    (root / "train.X1" / "n99999999").mkdir()
    changed(root / "Labels.json", lambda labels: labels.update(n00000001="nothing"))
    assert problems(read_layout(root)) == [("unknown label", "n99999999")]
    report = check_data(root, progress=False)
    assert report.empty_classes == ["nothing"] and report.classes == 4
    changed(root / "Labels.json", lambda labels: labels.update(n00000001=7))
    with pytest.raises(WorkbenchError, match=r"Labels\.json: 'n00000001' must have words"):
        read_layout(root)


def test_without_validation_images_test_is_drawn(tmp_path, home):
    root = imagenet100(tmp_path / "images", kaggle=False)
    for file in (root / "val").rglob("*.JPEG"):
        file.unlink()
    assert "no val folder" in read_layout(root).notes[0]
    import_videos(root, "images")
    assert len(load_clips(DataSettings(frames=2, size=8), "test", "images", progress=False)) == 4


def test_a_folder_of_videos_is_not_taken_for_images(tmp_path):
    put(tmp_path / "train" / WNIDS[0] / "a.mp4")
    assert read_layout(tmp_path).layout == "folder"
    with pytest.raises(WorkbenchError, match="no class folders of images"):
        read_layout(tmp_path, "imagenet100")

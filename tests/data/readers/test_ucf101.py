"""UCF-101: the three official splits, groups that stay together, and lists that are wrong."""

from pathlib import Path

import pandas as pd
import pytest

from tests.data.readers.sets import UCF_CLASSES, problems, ucf101
from workbench.config import DataSettings
from workbench.data.clips import load_clips
from workbench.data.imports import import_videos
from workbench.data.listing import read_csv
from workbench.data.readers import Options, read_layout
from workbench.errors import WorkbenchError


@pytest.fixture(scope="module")
def videos(tmp_path_factory) -> Path:
    return ucf101(tmp_path_factory.mktemp("ucf"))


def groups(table: pd.DataFrame) -> set[str]:
    return {Path(path).stem.rsplit("_", 1)[0] for path in table["path"]}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_each_official_split_is_read_as_listed(videos, number):
    found = read_layout(videos, "auto", Options(official_split=number))
    assert found.layout == "ucf101" and found.class_names == list(UCF_CLASSES) and not found.problems
    assert {split: len(table) for split, table in found.splits.items()} == {"train": 36, "test": 12}
    assert {name[-3:] for name in groups(found.splits["test"])} == {f"g{number:02d}", f"g{number + 3:02d}"}
    for table in found.splits.values():
        assert all(Path(row.path).parent.name == UCF_CLASSES[row.label] for row in table.itertuples())
        assert all(Path(path).is_file() for path in table["path"])


def test_val_is_whole_groups_of_train_and_test_stays(videos, home):
    folder = import_videos(videos, "ucf", official_split=2, val_share=0.2)
    splits = {split: read_csv(folder / f"{split}.csv") for split in ("train", "val", "test")}
    assert [len(splits[split]) for split in ("train", "val", "test")] == [30, 6, 12]
    assert splits["val"]["label"].value_counts().to_dict() == {0: 2, 1: 2, 2: 2}
    assert not groups(splits["train"]) & groups(splits["val"])
    assert {name[-3:] for name in groups(splits["test"])} == {"g02", "g05"}


def test_the_clips_are_read_from_avi_files(videos, home):
    import_videos(videos, "ucf")
    clips = load_clips(DataSettings(frames=4, size=16), "test", "ucf", progress=False)
    assert clips.clips.shape == (12, 4, 16, 16, 3) and not len(clips.problems)
    assert clips.class_names["label"] == list(UCF_CLASSES)


def test_what_is_wrong_with_a_list_is_named_by_line(tmp_path):
    root = ucf101(tmp_path, groups=6, clips=1)
    good = (root / "ucfTrainTestlist" / "trainlist01.txt").read_text().splitlines()
    bad = [
        good[0],
        good[0],
        "YoYo/v_YoYo_g02_c01.avi 1",
        "Yodel/v_Yodel_g01_c01.avi 4",
        "../YoYo/v.avi 3",
        "/etc/v.avi 3",
    ]
    (root / "ucfTrainTestlist" / "trainlist01.txt").write_text("\n".join(bad) + "\n")
    (root / "ucfTrainTestlist" / "testlist01.txt").write_text(good[0].split()[0] + "\n")
    found = read_layout(root)
    assert problems(found) == [
        ("unknown label", "trainlist01.txt, line 3"),
        ("unknown label", "trainlist01.txt, line 4"),
        ("outside the data folder", "trainlist01.txt, line 5"),
        ("outside the data folder", "trainlist01.txt, line 6"),
        ("listed twice", "trainlist01.txt, line 2"),
        ("in two splits", "testlist01.txt, line 1"),
    ]
    with pytest.raises(WorkbenchError, match=r"unknown label: 2 cases \(.*line 3: '1' for YoYo, which is number 3"):
        import_videos(root, "ucf")


def test_a_wrong_list_of_classes_a_missing_list_and_an_unknown_split(tmp_path, videos):
    root = ucf101(tmp_path, groups=6, clips=1)
    (root / "ucfTrainTestlist" / "testlist03.txt").unlink()
    with pytest.raises(WorkbenchError, match=r"testlist03\.txt does not exist"):
        read_layout(root, "ucf101", Options(official_split=3))
    with pytest.raises(WorkbenchError, match="official splits 1, 2 and 3; asked for 4"):
        read_layout(videos, "ucf101", Options(official_split=4))
    (root / "ucfTrainTestlist" / "classInd.txt").write_text("1 ApplyEyeMakeup\n3 YoYo\n")
    with pytest.raises(WorkbenchError, match=r"classInd\.txt, line 2: '3 YoYo' is not '2 ClassName'"):
        read_layout(root)
    (root / "ucfTrainTestlist" / "classInd.txt").write_text("1 Unicycling\n")
    with pytest.raises(WorkbenchError, match=r"no class folder of classInd\.txt: 1 class \('Unicycling'\)"):
        read_layout(root)


def test_a_missing_video_is_an_error_or_skipped_as_asked(tmp_path, home):
    root = ucf101(tmp_path / "ucf", groups=6, clips=1)
    (root / "UCF-101" / "YoYo" / "v_YoYo_g02_c01.avi").unlink()
    with pytest.raises(WorkbenchError, match=r"1 missing file \(.*trainlist01\.txt, line 9: .*v_YoYo_g02_c01\.avi"):
        import_videos(root, "ucf")
    folder = import_videos(root, "ucf", skip_missing=True)
    assert sum(len(read_csv(folder / f"{split}.csv")) for split in ("train", "val", "test")) == 17

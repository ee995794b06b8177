"""The layouts without annotations of their own: folders, V-JEPA CSVs, and sets that were made here."""

import pytest

from tests.data.readers.sets import problems, put
from workbench.config import DataSettings
from workbench.data.imports import import_videos
from workbench.data.making import make_benchmark
from workbench.data.readers import Options, read_layout
from workbench.errors import WorkbenchError


def test_folders_are_numbered_over_all_splits_and_empty_ones_are_told(tmp_path):
    for name in ("train/c/1.mp4", "train/a/2.mp4", "val/b/3.mp4", "test/c/4.mp4"):
        put(tmp_path / name)
    (tmp_path / "train" / "nothing").mkdir()
    found = read_layout(tmp_path)
    assert found.layout == "folder" and found.class_names == ["a", "b", "c"]
    assert {split: table["label"].tolist() for split, table in found.splits.items()} == {
        "train": [0, 2],
        "val": [1],
        "test": [2],
    }
    assert found.notes == ("1 folders without videos: nothing",)


def test_a_csv_may_name_files_anywhere(tmp_path):
    outside = put(tmp_path / "elsewhere" / "a.mp4")
    put(tmp_path / "lists" / "b.mp4")
    (tmp_path / "lists" / "train.csv").write_text(f"{outside} 0\n../elsewhere/a.mp4 0\nb.mp4 1\nb.mp4 1\n")
    found = read_layout(tmp_path / "lists")
    assert found.layout == "csv" and found.classes == 2
    assert problems(found) == [("listed twice", "train.csv, line 4")]
    (tmp_path / "lists" / "train.csv").rename(tmp_path / "lists" / "val.csv")
    with pytest.raises(WorkbenchError, match=r"has val\.csv and no train\.csv"):
        read_layout(tmp_path / "lists")


def test_a_made_set_is_read_with_names_and_captions(tmp_path, home):
    data = DataSettings(train_clips=6, val_clips=4, test_clips=3, size=16, frames=4)
    folder = make_benchmark("temporal16", data, progress=False)
    found = read_layout(folder)
    assert found.layout == "workbench" and not found.problems
    assert found.class_names[0] == "moves right" and found.classes == 16
    assert found.captions["path"].nunique() == 13 and found.captions["sen_id"].is_unique
    again = read_layout(import_videos(folder, "again"))
    assert again.captions["caption"].tolist() == found.captions["caption"].tolist()
    assert again.class_names == found.class_names


def test_options_of_another_layout_are_refused(tmp_path):
    put(tmp_path / "a.mp4")
    with pytest.raises(WorkbenchError, match="protocol is for msrvtt; this is folder"):
        read_layout(tmp_path, options=Options(protocol="7k"))
    with pytest.raises(WorkbenchError, match="official-split is for ucf101; this is folder"):
        read_layout(tmp_path, options=Options(official_split=1))

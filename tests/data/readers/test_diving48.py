"""Diving-48 V2: labels, class names of parts, and wrong entries."""

from pathlib import Path

import pytest

from tests.data.readers.sets import changed, diving48, problems
from workbench.config import DataSettings
from workbench.data.clips import load_clips
from workbench.data.imports import import_videos
from workbench.data.readers import read_layout
from workbench.errors import WorkbenchError


def test_lists_labels_and_names_are_those_of_the_files(tmp_path):
    found = read_layout(diving48(tmp_path))
    assert found.layout == "diving48" and not found.problems
    assert found.class_names == ["Back 15som 05Twis FREE", "Back 15som NoTwis PIKE", "Forward 15som NoTwis TUCK"]
    assert {split: table["label"].tolist() for split, table in found.splits.items()} == {
        "train": [0, 1, 2] * 4,
        "test": [1, 2, 0],
    }
    assert found.splits["train"]["path"][0] == str(tmp_path / "rgb" / "_8Vy3dlHg2w_00000.mp4")


def test_val_is_drawn_from_train_alone(tmp_path, home):
    import_videos(diving48(tmp_path / "diving"), "diving")
    sets = {
        split: load_clips(DataSettings(frames=4, size=16), split, "diving", False) for split in ("train", "val", "test")
    }
    assert {split: len(clips) for split, clips in sets.items()} == {"train": 9, "val": 3, "test": 3}
    assert {Path(path).stem[-5:] for path in sets["test"].table["path"]} == {"00100", "00101", "00102"}


def test_wrong_entries_are_named_by_their_number(tmp_path):
    root = diving48(tmp_path)

    def spoil(entries):
        entries[0]["label"] = 3
        entries[1]["label"] = True
        entries[2]["vid_name"] = entries[3]["vid_name"]
        entries[4]["vid_name"] = "/root/video"
        entries[5]["label"] = 10**30
        entries[6]["vid_name"] = "half a \ud800 character"

    changed(root / "Diving48_V2_train.json", spoil)
    assert problems(read_layout(root)) == [
        ("unknown label", "Diving48_V2_train.json, entry 1"),
        ("malformed entry", "Diving48_V2_train.json, entry 2"),
        ("duplicate id", "Diving48_V2_train.json, entry 4"),
        ("outside the data folder", "Diving48_V2_train.json, entry 5"),
        ("unknown label", "Diving48_V2_train.json, entry 6"),
        ("malformed entry", "Diving48_V2_train.json, entry 7"),
    ]


def test_a_wrong_or_missing_vocabulary_and_a_missing_list(tmp_path):
    root = diving48(tmp_path)
    (root / "Diving48_vocab.json").write_text('["Back", "Forward"]')
    with pytest.raises(WorkbenchError, match=r"Diving48_vocab\.json must be a list of classes, each a list of words"):
        read_layout(root)
    (root / "Diving48_vocab.json").unlink()
    with pytest.raises(WorkbenchError, match=r"has no Diving48_vocab\.json, which the layout diving48 needs"):
        read_layout(root)
    diving48(root)
    (root / "Diving48_V2_test.json").unlink()
    with pytest.raises(WorkbenchError, match=r"has no Diving48_V2_test\.json"):
        read_layout(root)

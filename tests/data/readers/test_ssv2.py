"""Something-Something V2: templates with brackets, ids, the validation set as test, and wrong label files."""

from collections import Counter
from pathlib import Path

import pytest

from tests.data.readers.sets import changed, problems, ssv2
from workbench.config import DataSettings
from workbench.data.captioned import load_captions
from workbench.data.clips import load_clips
from workbench.data.imports import import_videos
from workbench.data.readers import read_layout
from workbench.errors import WorkbenchError


def test_labels_and_splits_are_those_of_the_files(tmp_path):
    found = read_layout(ssv2(tmp_path))
    assert found.layout == "ssv2" and not found.problems
    assert found.class_names == ["Dropping something", "Holding something", "Pushing something from left to right"]
    assert {split: len(table) for split, table in found.splits.items()} == {"train": 12, "test": 4}
    assert found.splits["train"]["label"].tolist() == [1, 2, 0] * 4
    assert [Path(path).name for path in found.splits["test"]["path"]] == [
        "500.webm",
        "501.webm",
        "502.webm",
        "503.webm",
    ]
    assert found.captions["caption"].tolist()[:2] == ["holding cup 0", "pushing cup 1 from left to right"]


def test_the_file_names_of_the_first_release_are_known_too(tmp_path):
    root = ssv2(tmp_path)
    for file in (root / "labels").glob("*.json"):
        file.rename(root / f"something-something-v2-{file.name}")
    assert len(read_layout(root).splits["train"]) == 12


def test_webm_clips_and_descriptions_come_through_an_import(tmp_path, home):
    import_videos(ssv2(tmp_path / "ssv2"), "ssv2")
    data = DataSettings(frames=4, size=16, source="ssv2")
    for split, count in (("train", 9), ("val", 3), ("test", 4)):
        clips = load_clips(data, split, progress=False)
        assert clips.clips.shape == (count, 4, 16, 16, 3) and not len(clips.problems)
        captions = load_captions(data, split).set_index("clip")
        first = {0: "dropping", 1: "holding", 2: "pushing"}
        for row in clips.table.itertuples():
            assert captions.loc[row.clip, "caption"].startswith(first[row.label])


def test_wrong_entries_are_named_by_their_number(tmp_path):
    root = ssv2(tmp_path)

    def spoil(entries):
        entries[1]["template"] = "Juggling [something]"
        entries[2]["id"] = entries[0]["id"]
        del entries[3]["template"]
        entries[4] = "105"
        entries[5]["id"] = "../../secret"
        entries[6]["label"] = " "
        entries[7]["id"] = 107

    changed(root / "labels" / "train.json", spoil)
    changed(root / "labels" / "validation.json", lambda entries: entries[0].update(id="108"))
    found = read_layout(root)
    assert sorted(problems(found)) == sorted(
        [
            ("unknown label", "train.json, entry 2"),
            ("duplicate id", "train.json, entry 3"),
            ("malformed entry", "train.json, entry 4"),
            ("malformed entry", "train.json, entry 5"),
            ("outside the data folder", "train.json, entry 6"),
            ("empty caption", "train.json, entry 7"),
            ("malformed entry", "train.json, entry 8"),
            ("in two splits", "validation.json, entry 1"),
        ]
    )
    with pytest.raises(WorkbenchError) as caught:
        import_videos(root, "ssv2")
    assert all(kind in str(caught.value) for kind in Counter(kind for kind, _ in problems(found)))
    assert "malformed entry: 3 cases" in str(caught.value) and "'Juggling something' is not in" in str(caught.value)


def test_class_numbers_must_be_whole_and_json_must_be_json(tmp_path):
    root = ssv2(tmp_path)
    changed(root / "labels" / "labels.json", lambda labels: labels.update({"Holding something": "2"}))
    with pytest.raises(WorkbenchError, match=r"labels\.json must give its 3 classes the numbers 0 to 2, each once"):
        read_layout(root)
    (root / "labels" / "labels.json").write_text('{"Holding something": "0",\n "Dropping something": }')
    with pytest.raises(WorkbenchError, match=r"labels\.json, line 2, column 24: not JSON"):
        read_layout(root)
    (root / "labels" / "labels.json").write_text("[]")
    with pytest.raises(WorkbenchError, match=r"labels\.json must hold an object"):
        read_layout(root)


def test_an_empty_or_useless_list_stops(tmp_path):
    root = ssv2(tmp_path)
    (root / "labels" / "train.json").write_text("[]")
    with pytest.raises(WorkbenchError, match=r"train\.json lists no videos"):
        read_layout(root)
    (root / "labels" / "train.json").write_text('[{"id": 1}]')
    with pytest.raises(
        WorkbenchError, match=r"malformed entry: 1 case \(.*train\.json, entry 1: id=1 is not text, no template"
    ):
        read_layout(root)

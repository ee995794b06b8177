"""One's own captioned videos: what may be left out, our own export, and wrong entries."""

from pathlib import Path
from typing import Any

import pytest

from tests.data.readers.sets import problems, put, write_json
from workbench.config import DataSettings
from workbench.data.captioned import load_captions
from workbench.data.clips import load_clips
from workbench.data.imports import import_videos
from workbench.data.listing import read_csv
from workbench.data.making import make_benchmark
from workbench.data.readers import read_layout
from workbench.errors import WorkbenchError


def own(folder: Path, videos: list[dict[str, Any]], sentences: list[dict[str, Any]] | None = None) -> Path:
    """my.json with the given entries; by default a caption a video."""
    if sentences is None:
        sentences = [{"video_id": video["video_id"], "caption": f"this is {video['video_id']}"} for video in videos]
    return write_json(folder / "my.json", {"videos": videos, "sentences": sentences})


def test_ids_and_captions_are_enough(tmp_path, home):
    for n in range(6):
        put(tmp_path / "clips" / f"a{n}.mp4", seed=n)
    file = own(tmp_path, [{"video_id": f"a{n}"} for n in range(6)])
    found = read_layout(file)
    assert found.layout == "captioned" and not found.problems and not found.notes
    assert list(found.splits) == ["train"] and found.splits["train"]["label"].tolist() == [0] * 6
    import_videos(file, "mine")
    data = DataSettings(frames=4, size=16, source="mine")
    counts = {split: len(load_clips(data, split, progress=False)) for split in ("train", "val", "test")}
    assert counts == {"train": 4, "val": 1, "test": 1}
    for split in counts:
        joint = load_captions(data, split).merge(load_clips(data, split, progress=False).table, on="clip")
        assert joint["caption"].tolist() == [f"this is {Path(path).stem}" for path in joint["path"]]
        assert len(joint) == counts[split]


def test_paths_words_splits_and_urls_are_taken(tmp_path):
    videos = []
    for n in range(4):
        put(tmp_path / "deep" / f"file{n}.webm", seed=n)
        videos.append({"video_id": f"a{n}", "path": f"deep/file{n}.webm", "category": ["walk", "run"][n % 2]})
        videos[n] |= {"split": ["train", "train", "validate", "test"][n], "url": f"source{n // 2}"}
    found = read_layout(own(tmp_path, videos))
    assert not found.problems and found.class_names == ["run", "walk"]
    assert {split: table["label"].tolist() for split, table in found.splits.items()} == {
        "train": [1, 0],
        "val": [1],
        "test": [0],
    }
    assert found.splits["train"]["group"].tolist() == ["source0", "source0"]
    assert found.captions["sen_id"].tolist() == [0, 1, 2, 3]


def test_our_own_export_is_read_back_as_it_was(tmp_path, home):
    data = DataSettings(train_clips=6, val_clips=4, test_clips=3, size=16, frames=4)
    folder = make_benchmark("temporal16", data, progress=False)
    found = read_layout(folder / "MSRVTT_data.json")
    assert found.layout == "captioned" and not found.problems and not found.notes
    for split, table in found.splits.items():
        listed = read_csv(folder / f"{split}.csv")
        assert table[["path", "label"]].equals(listed[["path", "label"]])
        expected = load_captions(data, split, "temporal16")
        captions = found.captions[found.captions["path"].isin(set(table["path"]))]
        assert captions["caption"].tolist() == expected["caption"].tolist()
        assert captions["sen_id"].tolist() == expected["sen_id"].tolist()


def test_wrong_entries_are_named_by_their_number(tmp_path):
    videos = [{"video_id": f"a{n}", "path": f"a{n}.mp4", "split": "train", "category": 0} for n in range(12)]
    for n in range(12):
        (tmp_path / f"a{n}.mp4").touch()
    videos[1]["path"] = "../a1.mp4"
    videos[2]["path"] = str(tmp_path / "a2.mp4")
    videos[3]["path"] = 3
    videos[4]["split"] = "dev"
    del videos[5]["split"]
    videos[6]["category"] = -1
    videos[7]["category"] = 1.5
    videos[8]["path"] = "a0.mp4"
    videos[9]["path"] = "sub/../../a9.mp4"
    videos[10]["path"] = "zero\0byte.mp4"
    del videos[11]["video_id"]
    said = [{"video_id": f"a{n}", "caption": "x"} for n in range(11)]
    assert sorted(problems(read_layout(own(tmp_path, videos, said)))) == sorted(
        [
            ("outside the data folder", "my.json, video 2"),
            ("outside the data folder", "my.json, video 3"),
            ("malformed entry", "my.json, video 4"),
            ("malformed entry", "my.json, video 5"),
            ("malformed entry", "my.json, video 6"),
            ("unknown label", "my.json, video 7"),
            ("unknown label", "my.json, video 8"),
            ("listed twice", "my.json, video 9"),
            ("outside the data folder", "my.json, video 10"),
            ("malformed entry", "my.json, video 11"),
            ("malformed entry", "my.json, video 12"),
        ]
    )


def test_words_and_numbers_as_categories_are_not_mixed(tmp_path):
    for n in range(3):
        (tmp_path / f"a{n}.mp4").touch()
    videos = [{"video_id": "a0", "category": "walk"}, {"video_id": "a1", "category": 1}, {"video_id": "a2"}]
    found = read_layout(own(tmp_path, videos))
    assert problems(found) == [("unknown label", "my.json, video 2"), ("unknown label", "my.json, video 3")]


def test_videos_without_caption_or_entry_and_captions_without_video(tmp_path):
    for n in range(3):
        (tmp_path / f"a{n}.mp4").touch()
    said = [{"video_id": "a0", "caption": "one"}, {"video_id": "a7", "caption": "two"}]
    found = read_layout(own(tmp_path, [{"video_id": "a0"}, {"video_id": "a1"}], said))
    assert problems(found) == [
        ("caption without video", "my.json, sentence 2"),
        ("video without caption", "my.json, video 2"),
    ]
    assert found.notes == ("video files without entry in my.json, so without captions: 1 (a2.mp4)",)


def test_a_folder_needs_the_known_name_and_nothing_is_an_error(tmp_path):
    put(tmp_path / "a0.mp4")
    file = own(tmp_path, [{"video_id": "a0", "path": "a0.mp4"}])
    assert read_layout(tmp_path).layout == "folder"
    with pytest.raises(WorkbenchError, match=r"holds no MSRVTT_data\.json. Give the JSON file itself"):
        read_layout(tmp_path, "captioned")
    file.rename(tmp_path / "MSRVTT_data.json")
    assert read_layout(tmp_path).layout == "captioned"
    with pytest.raises(WorkbenchError, match=r"my\.json lists no videos"):
        read_layout(own(tmp_path, []))

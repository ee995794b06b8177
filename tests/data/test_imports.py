import errno
import json
from pathlib import Path
from unittest.mock import Mock

import pandas as pd
import pytest

from tests.data.videos import pattern, write_video
from workbench.config import DataSettings
from workbench.data.clips import load_clips
from workbench.data.imports import import_videos
from workbench.data.listing import read_csv
from workbench.errors import UnknownName, WorkbenchError

DATA = DataSettings(frames=4, size=16)


def touch(folder: Path, names: list[str]) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return folder


def members(folder: Path) -> dict[str, list[str]]:
    return {path.stem: [Path(p).name for p in read_csv(path)["path"]] for path in sorted(folder.glob("*.csv"))}


def test_a_folder_of_classes_is_imported_trained_from_and_left_alone(home):
    videos = home / "my videos"
    for label in ("dive", "jump"):
        for n in range(6):
            write_video(videos / label / f"{label}{n}.mp4", pattern(12, 48, 64, seed=n))
    before = sorted(videos.rglob("*"))
    folder = import_videos(videos, "mine")
    info = json.loads((folder / "dataset.json").read_text())
    assert info["kind"] == "import" and info["class_names"] == {"label": ["dive", "jump"]}
    assert info["counts"] == {"train": 8, "val": 2, "test": 2}
    assert sorted(videos.rglob("*")) == before
    sets = {split: load_clips(DATA, split, "mine", progress=False) for split in ("train", "val", "test")}
    for split, clips in sets.items():
        assert clips.clips.shape == (info["counts"][split], 4, 16, 16, 3)
        assert clips.factors == {"label": 2} and sorted(clips.table["label"].unique()) == [0, 1]
        for row in clips.table.itertuples():
            assert Path(row.path).name.startswith(["dive", "jump"][row.label])


def test_splits_are_stratified_disjoint_and_the_same_every_time(home):
    names = [
        f"{label}/{label}{n:02d}.mp4"
        for label, count in (("a", 20), ("b", 10), ("c", 3), ("d", 1))
        for n in range(count)
    ]
    source = touch(home / "videos", names)
    found = members(import_videos(source, "one", val_share=0.2, test_share=0.1, seed=5))
    assert sorted(name for files in found.values() for name in files) == sorted(Path(name).name for name in names)
    count = {split: {c: sum(name[0] == c for name in members) for c in "abcd"} for split, members in found.items()}
    assert count["val"] == {"a": 4, "b": 2, "c": 1, "d": 0}
    assert count["test"] == {"a": 2, "b": 1, "c": 1, "d": 0}
    assert members(import_videos(source, "two", val_share=0.2, test_share=0.1, seed=5)) == found
    assert members(import_videos(source, "three", val_share=0.2, test_share=0.1, seed=6)) != found


def test_given_splits_are_taken(home):
    names = [
        f"{split}/{label}/{split}{label}{n}.mp4"
        for split in ("train", "val", "test")
        for label in "ab"
        for n in range(2)
    ]
    found = members(import_videos(touch(home / "videos", names), "mine"))
    assert {split: len(files) for split, files in found.items()} == {"train": 4, "val": 4, "test": 4}
    assert all(file.startswith(split) for split, files in found.items() for file in files)


def test_a_class_that_only_one_split_has_keeps_its_number(home):
    names = ["train/a/1.mp4", "train/c/2.mp4", "val/b/3.mp4", "test/c/4.mp4"]
    folder = import_videos(touch(home / "videos", names), "mine")
    assert {split: read_csv(folder / f"{split}.csv")["label"].tolist() for split in ("train", "val", "test")} == {
        "train": [0, 2],
        "val": [1],
        "test": [2],
    }


def test_csvs_named_as_splits_are_taken_and_a_missing_split_is_drawn(home):
    source = touch(home / "videos", [f"{n}.mp4" for n in range(12)])
    (source / "train.csv").write_text("".join(f"{n}.mp4 {n % 2}\n" for n in range(10)))
    (source / "test.csv").write_text("10.mp4 0\n11.mp4 1\n")
    found = members(import_videos(source, "mine", val_share=0.2))
    assert found["test"] == ["10.mp4", "11.mp4"]
    assert len(found["val"]) == 2 and len(found["train"]) == 8


def test_one_csv_is_split(home):
    source = touch(home / "videos", [f"clip {n}.mp4" for n in range(10)])
    (source / "list.csv").write_text("".join(f"clip {n}.mp4 {n % 2}\n" for n in range(10)))
    folder = import_videos(source / "list.csv", "mine")
    assert sum(map(len, members(folder).values())) == 10
    table = pd.read_parquet(folder / "train.parquet")
    assert table.columns.tolist() == ["clip", "path", "label"]


def test_a_missing_file_is_an_error_that_names_its_line(home):
    source = touch(home / "videos", ["a.mp4", "b.mp4", "c.mp4"])
    (source / "list.csv").write_text("a.mp4 0\nb.mp4 0\nlost.mp4 0\nc.mp4 0\n")
    with pytest.raises(WorkbenchError, match=r"1 missing file .*list\.csv, line 3: .*lost\.mp4"):
        import_videos(source / "list.csv", "mine")
    assert not (home / "data" / "mine").exists()
    folder = import_videos(source / "list.csv", "mine", skip_missing=True)
    assert sum(map(len, members(folder).values())) == 3
    assert json.loads((folder / "dataset.json").read_text())["skipped"] == 1


def test_a_video_listed_twice_is_refused(home):
    source = touch(home / "videos", ["a.mp4", "b.mp4"])
    (source / "train.csv").write_text("a.mp4 0\n")
    (source / "test.csv").write_text("b.mp4 0\na.mp4 0\n")
    with pytest.raises(WorkbenchError, match=r"test\.csv, line 2: .*a\.mp4"):
        import_videos(source, "mine")


@pytest.mark.parametrize("name", ["", "../up", "a/b", "motion48", "motion48-deadbeef", ".hidden", "x" * 65])
def test_names_that_cannot_be_folders_or_would_pass_for_benchmarks_are_refused(home, name):
    source = touch(home / "videos", ["a.mp4"])
    with pytest.raises(WorkbenchError, match=r"another name|cannot name"):
        import_videos(source, name)


def test_a_disk_that_fills_up_is_named_and_leaves_nothing(home, monkeypatch):
    source = touch(home / "videos", [f"{n}.mp4" for n in range(4)])
    full = OSError(errno.ENOSPC, "No space left on device")
    monkeypatch.setattr("workbench.data.imports.write_json", Mock(side_effect=full))  # the lists are written before
    with pytest.raises(WorkbenchError, match=r"The disk of .*/data is full, and nothing half-written"):
        import_videos(source, "mine")
    assert list((home / "data").iterdir()) == []


def test_an_existing_set_is_replaced_only_when_asked(home):
    source = touch(home / "videos", [f"{n}.mp4" for n in range(4)])
    import_videos(source, "mine")
    with pytest.raises(WorkbenchError, match="exists"):
        import_videos(source, "mine")
    import_videos(source, "mine", replace=True)
    (home / "data" / "other").mkdir()
    with pytest.raises(WorkbenchError, match="left as it is"):
        import_videos(source, "other", replace=True)


def test_bad_shares_paths_and_names_are_refused(home):
    source = touch(home / "videos", ["a.mp4", "b.mp4"])
    with pytest.raises(WorkbenchError, match="less than 1"):
        import_videos(source, "mine", val_share=0.6, test_share=0.5)
    with pytest.raises(WorkbenchError, match="does not exist"):
        import_videos(home / "nowhere", "mine")
    import_videos(source, "mine", val_share=0, test_share=0)
    with pytest.raises(WorkbenchError, match="no 'val' split"):
        load_clips(DATA, "val", "mine", progress=False)
    with pytest.raises(UnknownName, match="appearance100, mine, mixed, motion48"):
        load_clips(DATA, "val", "mime", progress=False)

"""Clip sets: right pixels and labels, made once, broken files named and counted."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.data.videos import cut, pattern, write_video
from workbench.config import DataSettings
from workbench.data.clips import load_clips
from workbench.data.imports import import_videos
from workbench.data.sampling import DENSER, REPEATED, WHOLE
from workbench.data.shards import Shards
from workbench.data.video import read_frames
from workbench.errors import UnknownName, WorkbenchError

SMALL = DataSettings(train_clips=70, val_clips=10, test_clips=12)
DATA = DataSettings(source="mine", frames=4, size=16)


def refuse(*_):
    pytest.fail("decoded again")


def many_videos(home: Path, count: int, broken: int = 0) -> Path:
    """`count` readable videos of two classes and `broken` truncated ones, imported as `mine` with all in train."""
    whole = write_video(home / "whole.mp4", pattern(8, 32, 32))
    for n in range(count):
        target = home / "videos" / "ab"[n % 2] / f"{n:03d}.mp4"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(whole, target)
    for n in range(broken):
        (home / "videos" / "a").mkdir(parents=True, exist_ok=True)
        cut(whole, home / "videos" / "a" / f"broken{n}.mp4", 0.5)
    return import_videos(home / "videos", "mine", val_share=0, test_share=0)


def test_a_benchmark_is_made_decoded_and_mapped(home):
    clips = load_clips(SMALL, "train", progress=False)
    assert clips.clips.shape == (70, 8, 32, 32, 3) and clips.clips.dtype == np.uint8
    assert isinstance(clips.clips, Shards) and not clips.clips[:9].flags.writeable
    assert len(clips) == 70 and clips.problems.empty and clips.sampling == {WHOLE: 70}
    assert clips.factors["label"] == 48 and {"path", "label", "motion", "sprite"} <= set(clips.table)
    folder = next((home / "data").glob("motion48-*"))
    for row in (0, 69):
        assert np.array_equal(clips.clips[row], read_frames(folder / clips.table["path"][row], range(8)))


def test_the_second_call_only_maps(home, monkeypatch):
    first = load_clips(SMALL, "val", progress=False)
    monkeypatch.setattr("workbench.data.cache._decode", refuse)
    second = load_clips(SMALL, "val", progress=False)
    assert second.key == first.key and np.array_equal(first.clips, second.clips)


def test_the_key_names_pixels_and_labels_wherever_they_lie(home, monkeypatch):
    first = load_clips(SMALL, "val", progress=False)
    others = {load_clips(SMALL, "test", progress=False).key, load_clips(SMALL, "val", "appearance100", False).key}
    assert first.key not in others
    monkeypatch.setenv("WORKBENCH_HOME", str(home / "elsewhere"))
    assert load_clips(SMALL, "val", progress=False).key == first.key


def test_the_cache_may_be_deleted(home):
    first = load_clips(SMALL, "val", progress=False)
    kept = np.array(first.clips)
    shutil.rmtree(home / "cache")
    again = load_clips(SMALL, "val", progress=False)
    assert again.key == first.key and np.array_equal(again.clips, kept)


def test_broken_files_below_the_limit_are_left_out_named_and_counted(home):
    folder = many_videos(home, 20, broken=2)
    clips = load_clips(DATA.model_copy(update={"max_bad_share": 0.1}), "train", progress=False)
    assert len(clips) == 20 and len(clips.clips) == 20
    assert clips.problems["reason"].tolist() == ["truncated", "truncated"]
    lines = (folder / "train.csv").read_text().splitlines()
    for problem in clips.problems.itertuples():
        assert lines[problem.line - 1].split()[0] == problem.path and "broken" in problem.path
    assert not any(Path(path).name.startswith("broken") for path in clips.table["path"])
    assert all("ab"[row.label] == Path(row.path).parent.name for row in clips.table.itertuples())


def test_broken_files_above_the_limit_stop_and_say_how_to_go_on(home, monkeypatch):
    many_videos(home, 20, broken=2)
    with pytest.raises(WorkbenchError) as caught:
        load_clips(DATA, "train", progress=False)
    said = str(caught.value)
    assert (
        "2 broken files" in said
        and "broken0.mp4: truncated" in said
        and "of 22" in said
        and "max_bad_share=0.01" in said
    )
    monkeypatch.setattr("workbench.data.cache._decode", refuse)  # raising the limit decodes nothing again
    assert len(load_clips(DATA.model_copy(update={"max_bad_share": 0.5}), "train", progress=False)) == 20


def test_a_set_with_nothing_readable_stops_whatever_the_limit(home):
    many_videos(home, 0, broken=3)
    with pytest.raises(WorkbenchError, match="3 broken files"):
        load_clips(DATA.model_copy(update={"max_bad_share": 1.0}), "train", progress=False)


def test_short_videos_follow_the_rule_and_are_counted(home):
    for name, frames in (("long", 30), ("dense", 5), ("short", 2)):
        write_video(home / "videos" / f"{name}.mp4", pattern(frames, 16, 16))
    import_videos(home / "videos", "mine", val_share=0, test_share=0)
    clips = load_clips(DATA.model_copy(update={"stride": 2}), "train", progress=False)
    assert clips.sampling == {WHOLE: 1, DENSER: 1, REPEATED: 1}
    taken = {"long": [11, 13, 15, 17], "dense": [0, 1, 2, 3], "short": [0, 1, 1, 1]}
    for row, clip in zip(clips.table.itertuples(), clips.clips, strict=True):
        assert np.array_equal(clip, read_frames(row.path, taken[Path(row.path).stem]))


@pytest.mark.parametrize(("rule", "taken"), [("uniform", [3, 11, 18, 26]), ("fps", [8, 12, 16, 20])])
def test_imported_videos_are_sampled_by_the_rule_of_the_settings(home, rule, taken):
    write_video(home / "videos" / "long.mp4", pattern(30, 16, 16))  # 8 frames a second
    import_videos(home / "videos", "mine", val_share=0, test_share=0)
    clips = load_clips(DATA.model_copy(update={"sampling": rule, "fps": 2.0}), "train", progress=False)
    assert np.array_equal(clips.clips[0], read_frames(clips.table["path"][0], taken))


def test_unknown_splits_and_old_formats_are_named(home):
    with pytest.raises(UnknownName, match="train"):
        load_clips(SMALL, "trian", progress=False)
    folder = many_videos(home, 3)
    info = folder / "dataset.json"
    info.write_text(info.read_text().replace('"format": 1', '"format": 0'))
    with pytest.raises(WorkbenchError, match="has format 0"):
        load_clips(DATA, "train", progress=False)

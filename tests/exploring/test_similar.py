"""A clip of the set, written to a file of one's own, is nearest to itself; what is no video says so."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.data.videos import write_video
from workbench.data.clips import load_clips
from workbench.encoders import open_encoder
from workbench.errors import WorkbenchError
from workbench.exploring.similar import read_clip_of, similarities


def test_a_clip_is_nearest_to_itself(with_runs: Path, tmp_path: Path) -> None:
    encoder = open_encoder("baseline-smoke-s0")
    clips = load_clips(encoder.config.data, "test", source="motion48", progress=False)
    path = with_runs / "data"
    original = next(path.rglob(str(clips.table["path"].iloc[17])))
    data = original.read_bytes()
    np.testing.assert_array_equal(read_clip_of(encoder, "mine.mp4", data), clips.clips[17])
    scores = similarities(encoder, clips, "mine.mp4", data)
    assert scores.argmax() == 17 and np.isclose(scores[17], 1, atol=1e-3) and scores.shape == (100,)


def test_a_video_of_another_size_is_cut_to_fit(with_runs: Path, tmp_path: Path) -> None:
    encoder = open_encoder("baseline-smoke-s0")
    frames = np.random.default_rng(0).integers(0, 255, (12, 40, 64, 3)).astype(np.uint8)
    write_video(tmp_path / "wide.mp4", frames)
    assert read_clip_of(encoder, "wide.mp4", (tmp_path / "wide.mp4").read_bytes()).shape == (*encoder.takes, 3)


def test_what_is_no_video_is_named(with_runs: Path) -> None:
    encoder = open_encoder("baseline-smoke-s0")
    with pytest.raises(WorkbenchError, match=r"notes\.txt cannot be read as a video"):
        read_clip_of(encoder, "notes.txt", b"hello")
    with pytest.raises(WorkbenchError, match=r"none\.mp4 is empty"):
        read_clip_of(encoder, "none.mp4", b"")

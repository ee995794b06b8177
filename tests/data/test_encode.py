import numpy as np
import pytest

from tests.data.videos import pattern
from workbench.config import DataSettings
from workbench.data.encode import write_clip
from workbench.data.factors import appearance100_factors
from workbench.data.probe import probe_video
from workbench.data.render import render_clips
from workbench.data.video import read_frames
from workbench.errors import WorkbenchError


def test_equal_clips_give_equal_bytes(tmp_path):
    for name in ("a", "b"):
        write_clip(tmp_path / name, pattern(8))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_file_is_plain_h264(tmp_path):
    write_clip(tmp_path / "a.mp4", pattern(8, 32, 48))
    info = probe_video(tmp_path / "a.mp4")
    assert (info.codec, info.pixels, info.frames, info.width, info.height) == ("h264", "yuv420p", 8, 48, 32)


def test_brightness_survives_compression(tmp_path):
    """yuv420p halves the resolution of colour; brightness must come back to within a few grey levels."""
    settings = DataSettings(train_clips=20)
    weights = np.array([0.299, 0.587, 0.114])
    for clip in render_clips(appearance100_factors(settings, "train"), settings).numpy():
        write_clip(tmp_path / "a.mp4", clip)
        back = read_frames(tmp_path / "a.mp4", range(8))
        error = np.abs(back @ weights - clip @ weights)
        assert error.mean() < 1.5
        assert np.abs(back.astype(int) - clip).mean() < 6


def test_odd_sizes_and_wrong_arrays_are_refused(tmp_path):
    with pytest.raises(WorkbenchError, match="even"):
        write_clip(tmp_path / "a.mp4", pattern(8, 33, 32))
    with pytest.raises(ValueError, match="uint8"):
        write_clip(tmp_path / "a.mp4", pattern(8).astype(float))

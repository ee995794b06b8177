from fractions import Fraction

import pytest

from tests.data.videos import broken_files, pattern, write_video
from workbench.data.probe import REASONS, probe_video
from workbench.data.video import has_decord, read_frames
from workbench.errors import BadClip


def test_facts_of_a_whole_file(tmp_path):
    info = probe_video(write_video(tmp_path / "a.mp4", pattern(20, 48, 64)))
    assert (info.frames, info.fps, info.width, info.height, info.codec) == (20, 8.0, 64, 48, "h264")
    assert info.seconds == float(Fraction(20, 8))
    assert len(info.times) == 20 and info.keyframes[0] == info.times[0]


@pytest.mark.parametrize("reader", ["pyav", "decord"] if has_decord() else ["pyav"])
def test_every_broken_file_is_named_with_its_reason(tmp_path, reader):
    expected = broken_files(tmp_path / "videos")
    found = {}
    for name in expected:
        path = tmp_path / "videos" / name
        with pytest.raises(BadClip) as caught:
            read_frames(path, [0], reader)
        assert caught.value.path == str(path) and str(path) in str(caught.value)
        found[name] = caught.value.reason
    assert found == expected
    assert set(expected.values()) <= set(REASONS)


def test_files_without_frame_count_in_their_header_are_counted(tmp_path):
    for suffix, codec in (("mkv", "libx264"), ("webm", "libvpx"), ("ts", "libx264"), ("avi", "mpeg4")):
        assert probe_video(write_video(tmp_path / f"a.{suffix}", pattern(23, 64, 64), codec=codec)).frames == 23

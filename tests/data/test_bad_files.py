"""Unusual and broken files: each is read correctly, or named, counted and explained; none is silently replaced.

The plain kinds (truncated, empty, sound only, text, folder, missing) are in `videos.broken_files` and tested in test_probe.py;
every readable kind of pixel format, turn and container frame by frame in test_video.py; images in test_images.py.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.data.videos import cut, patched, pattern, write_cover, write_video
from workbench.data.cache import Decoding, decode_clips
from workbench.data.probe import probe_video
from workbench.data.sampling import fit_square
from workbench.data.video import has_decord, read_frames
from workbench.errors import BadClip

CLIP = pattern(12, 48, 64)
FOUR_GIGABYTES = (0xFFFFFFFF).to_bytes(4, "big")
READERS = ["pyav", "decord"] if has_decord() else ["pyav"]


def claiming_files(folder: Path) -> dict[str, tuple[str, str]]:
    """Files whose headers claim what is not there: file name -> reason and a part of its explanation; "" where it can be read."""
    folder.mkdir(parents=True, exist_ok=True)
    late = write_video(folder / "late.mp4", CLIP)  # its index follows the pictures
    early = write_video(folder / "early.mp4", CLIP, container_options={"movflags": "+faststart"})
    webm = write_video(folder / "a.webm", CLIP, codec="libvpx")
    raw = write_video(folder / "a.avi", CLIP, codec="rawvideo")
    patched(late, folder / "mdat.mp4", b"mdat", -4, FOUR_GIGABYTES)
    patched(early, folder / "mdat_last.mp4", b"mdat", -4, FOUR_GIGABYTES)
    wide = patched(late, folder / "mdat64.mp4", b"free", -4, b"\x00\x00\x00\x01free" + (1 << 32).to_bytes(8, "big"))
    assert wide.stat().st_size < 10_000
    patched(late, folder / "samples.mp4", b"stsz", 12, FOUR_GIGABYTES)
    patched(late, folder / "sample.mp4", b"stsz", 16, b"\x7f\xff\xff\xff")
    patched(late, folder / "frame.mp4", b"avc1", 28, b"\xff\xff\xff\xff")  # 65535×65535; the stream itself says 64×48
    patched(webm, folder / "frame.webm", b"\x9d\x01\x2a", 3, b"\xff\x3f\xff\x3f")
    patched(raw, folder / "frame.avi", b"strf", 12, (12000).to_bytes(4, "little") * 2)
    cut(late, folder / "cut.mp4", 0.5)
    return {
        "mdat.mp4": ("truncated", "'mdat' claims 4294967295 bytes"),
        "mdat_last.mp4": ("", ""),
        "mdat64.mp4": ("truncated", "'free' claims 4294967296 bytes"),
        "samples.mp4": ("truncated", "index is missing"),
        "sample.mp4": ("no frames", "none that can be read"),
        "frame.mp4": ("", ""),
        "frame.webm": ("unreadable", ""),
        "frame.avi": ("unreadable", "claims frames of 12000×12000 pixels"),
        "cut.mp4": ("truncated", "'mdat' claims"),
    }


@pytest.mark.parametrize("reader", READERS)
def test_headers_that_claim_too_much(tmp_path, reader):
    expected = claiming_files(tmp_path)
    whole = read_frames(tmp_path / "late.mp4", range(12), reader)
    for name, (reason, words) in expected.items():
        if not reason:
            assert np.array_equal(read_frames(tmp_path / name, range(12), reader), whole), name
            continue
        with pytest.raises(BadClip) as caught:
            read_frames(tmp_path / name, range(12), reader)
        assert caught.value.reason == reason and words in caught.value.detail, name
        assert str(tmp_path / name) in str(caught.value)


def test_a_header_that_claims_two_thousand_million_frames(tmp_path):
    """decord would reserve room for them and end the process."""
    whole = write_video(tmp_path / "a.mp4", CLIP)
    path = patched(whole, tmp_path / "b.mp4", b"stts", 12, (0x7FFFFFF0).to_bytes(4, "big"))
    assert np.array_equal(read_frames(path, range(12)), read_frames(whole, range(12)))
    if has_decord():
        with pytest.raises(BadClip, match="claims 2147483632 frames; it has 12"):
            read_frames(path, [0], "decord")


def test_a_wrong_suffix_does_no_harm(tmp_path):
    """The content decides between kinds of video."""
    for made, named, codec in (
        ("a.webm", "a.mp4", "libvpx"),
        ("b.mp4", "b.avi", "libx264"),
        ("c.mkv", "c.webm", "libx264"),
    ):
        path = write_video(tmp_path / made, CLIP, codec=codec)
        frames = read_frames(path, range(12))
        path = path.rename(tmp_path / named)
        assert np.array_equal(read_frames(path, range(12)), frames) and probe_video(path).frames == 12


def test_a_sound_file_with_a_cover_picture_is_no_video(tmp_path):
    with pytest.raises(BadClip) as caught:
        read_frames(write_cover(tmp_path / "song.mp4"), [0])
    assert (caught.value.reason, caught.value.detail) == ("no video stream", "audio")


def test_a_variable_frame_rate_is_sampled_by_time(tmp_path):
    """Frames at 0, 1, 2, 3, 10, 20, 30 and 31 ticks of 1/8 s: once a second from the middle means near ticks 3, 11, 19, 27."""
    path = write_video(tmp_path / "a.mp4", pattern(8, 32, 32), times=[0, 1, 2, 3, 10, 20, 30, 31])
    decoded = decode_clips([str(path)], Decoding(4, 32, rule="fps", fps=1.0), "x", progress=False)
    assert np.array_equal(decoded.clips[0], read_frames(path, [3, 4, 5, 6])) and decoded.sampling == {"as asked": 1}


@pytest.fixture
def locked() -> Iterator[Path]:
    """A folder where this process, if it is root, acts as a user without rights."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    if os.geteuid() != os.getuid():
        os.seteuid(os.getuid())
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755)
    shutil.rmtree(folder)


def test_files_and_folders_without_permission(locked):
    video, image = write_video(locked / "a.mp4", CLIP), locked / "a.png"
    image.write_bytes(b"\x89PNG")
    inside = write_video(locked / "shut" / "b.mp4", CLIP)
    for path in (video, image, inside.parent):
        path.chmod(0)
    if os.geteuid() == 0:
        os.seteuid(65534)
    for path in (video, image, inside):
        with pytest.raises(BadClip) as caught:
            read_frames(path, [0])
        assert caught.value.reason == "unreadable" and "ermission" in caught.value.detail


def test_a_link_to_itself(tmp_path):
    path = tmp_path / "a.mp4"
    path.symlink_to(path)
    with pytest.raises(BadClip, match="symbolic links") as caught:
        read_frames(path, [0])
    assert caught.value.reason == "unreadable"


def test_all_of_them_in_one_set_are_named_counted_and_left_out(home):
    expected = claiming_files(home / "videos")
    odd = write_video(home / "videos" / "odd.mp4", pattern(12, 33, 47), pixels="yuv444p")
    turned = write_video(home / "videos" / "turned.mp4", CLIP, turn=90)
    one = write_video(home / "videos" / "one.mp4", CLIP[:1], pixels="gray")
    paths = [*(str(home / "videos" / name) for name in expected), str(odd), str(turned), str(one)]
    decoded = decode_clips(paths, Decoding(4, 32, stride=2), "x", progress=False)
    named = dict(zip(decoded.problems["path"], decoded.problems["reason"], strict=True))
    assert named == {paths[n]: reason for n, (reason, _) in enumerate(expected.values()) if reason}
    taken = [paths[position] for position in decoded.kept]
    assert (
        set(taken) | set(named) == set(paths) and not set(taken) & set(named) and len(decoded.clips) == len(taken) == 5
    )
    for path, clip in zip(taken, decoded.clips, strict=True):
        indices = [0] * 4 if path == str(one) else [2, 4, 6, 8]
        assert np.array_equal(clip, fit_square(read_frames(path, indices), 32)), path

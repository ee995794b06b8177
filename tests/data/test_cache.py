"""The cache of decoded clips: right pixels, made once, shared, resumed by shards, bounded, never half-written."""

import errno
import hashlib
import os
import subprocess
import sys
import tracemalloc
from pathlib import Path
from unittest.mock import MagicMock, Mock

import numpy as np
import pytest

from tests.conftest import mounted
from tests.data.videos import broken_files, pattern, write_video
from workbench.data import cache
from workbench.data.cache import Decoding, decode_clips
from workbench.data.encode import write_clip
from workbench.data.room import taken_bytes
from workbench.data.sampling import fit_square
from workbench.data.video import has_decord, read_frames
from workbench.errors import WorkbenchError

SMALL = Decoding(4, 16)
CLIP_BYTES = 4 * 16 * 16 * 3


@pytest.fixture
def videos(home, monkeypatch) -> list[str]:
    """Twelve different videos; shards of four."""
    monkeypatch.setattr(cache, "SHARD", 4)
    paths = [home / "videos" / f"{number:02d}.mp4" for number in range(12)]
    paths[0].parent.mkdir()
    for number, path in enumerate(paths):
        write_clip(path, pattern(4, 16, 16, seed=number))
    return [str(path) for path in paths]


def decode(paths, decoding=SMALL):
    return decode_clips(paths, decoding, "x", progress=False)


def shards(home) -> set[str]:
    return {path.name for path in (home / "cache" / "clips" / "shards").glob("[!.]*")}


def left_over(home) -> list[str]:
    """Hidden folders, in which something is being written."""
    return [path.name for path in (home / "cache" / "clips").rglob(".*") if path.is_dir()]


def limit_to(monkeypatch, clips: float) -> None:
    monkeypatch.setenv("WORKBENCH_CACHE_GB", str(clips * CLIP_BYTES / 1e9))


def counted(monkeypatch) -> list[str]:
    """The paths that are decoded from now on."""
    original, decoded = cache._decode, []

    def counting(path, decoding):
        decoded.append(path)
        return original(path, decoding)

    monkeypatch.setattr(cache, "_decode", counting)
    return decoded


def test_shards_make_up_the_clips(home, videos):
    decoded = decode(videos)
    assert decoded.clips.shape == (12, 4, 16, 16, 3) and len(shards(home)) == 3
    assert np.array_equal(decoded.clips, np.stack([read_frames(path, range(4)) for path in videos]))
    assert decoded.kept.tolist() == list(range(12)) and decoded.sampling == {"as asked": 12}


def test_the_key_is_the_hash_of_shape_and_pixels(home, videos):
    """As features of earlier runs name it; whether decoded in this call or found, in one shard or in several."""
    first = decode(videos)
    pixels = np.stack([read_frames(path, range(4)) for path in videos])
    assert first.key == hashlib.sha256(repr((4, 16, 16, 3)).encode() + pixels.tobytes()).hexdigest()[:16]
    (facts,) = (home / "cache" / "clips" / "lists").glob("*/pixels.json")
    facts.unlink()
    assert decode(videos).key == first.key


def test_lists_that_begin_alike_share_shards(home, videos, monkeypatch):
    decode(videos[:8])
    decoded = counted(monkeypatch)
    both = decode(videos)
    assert decoded == videos[8:] and len(shards(home)) == 3
    assert np.array_equal(both.clips[7], read_frames(videos[7], range(4)))


def test_a_stopped_decoding_goes_on_after_its_last_whole_shard(home, videos, monkeypatch):
    original = cache._decode

    def stop(path, decoding):
        if path == videos[9]:
            raise KeyboardInterrupt
        return original(path, decoding)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(cache, "_decode", stop)
        decode(videos)
    assert len(shards(home)) == 2 and left_over(home) == []
    decoded = counted(monkeypatch)
    assert len(decode(videos).clips) == 12 and sorted(decoded) == videos[8:]


def test_what_a_killed_process_left_is_removed(home, videos):
    decode(videos[:4])
    (name,) = shards(home)
    folder = home / "cache" / "clips" / "shards" / name
    folder.rename(folder.with_name(f".{name}.killed"))
    other = folder.with_name(".0123456789abcdef.killed")
    other.mkdir()
    assert len(decode(videos[:4]).clips) == 4
    assert left_over(home) == [] and shards(home) == {name}


def test_a_shard_cut_short_is_made_again(home, videos):
    """Reading a mapped file beyond its end would end the process."""
    first = decode(videos[:4])
    pixels = np.array(first.clips)
    (file,) = (home / "cache" / "clips").rglob("clips.u8")
    os.truncate(file, 100)
    assert np.array_equal(decode(videos[:4]).clips, pixels)


def test_positions_count_through_the_shards(home, videos):
    for number in (3, 8):
        Path(videos[number]).write_bytes(b"no video, just text in a file\n" * 9)
    decoded = decode(videos)
    assert decoded.problems["position"].tolist() == [3, 8] and decoded.problems["path"].tolist() == [
        videos[3],
        videos[8],
    ]
    assert decoded.kept.tolist() == [0, 1, 2, 4, 5, 6, 7, 9, 10, 11]
    for row, position in enumerate(decoded.kept):
        assert np.array_equal(decoded.clips[row], read_frames(videos[position], range(4)))


def test_a_shard_without_a_readable_file_and_an_empty_list(home, videos):
    assert decode([]).clips.shape == (0, 4, 16, 16, 3)
    for path in videos[4:8]:
        Path(path).write_bytes(b"")
    decoded = decode(videos)
    assert decoded.kept.tolist() == [0, 1, 2, 3, 8, 9, 10, 11] and len(decoded.clips) == 8
    assert np.array_equal(decoded.clips[4], read_frames(videos[8], range(4)))


def test_a_changed_file_is_decoded_again(home, videos):
    first = decode(videos[:1])
    write_clip(videos[0], pattern(4, 16, 16, seed=99))
    os.utime(videos[0], ns=(1, 1))
    second = decode(videos[:1])
    assert first.key != second.key and not np.array_equal(first.clips, second.clips)


def test_every_kind_of_broken_file_is_left_out(home):
    expected = broken_files(home / "videos")
    whole = str(write_video(home / "whole.mp4", pattern(8)))
    paths = [str(home / "videos" / name) for name in expected] + [whole]
    decoded = decode(paths, Decoding(8, 32))
    found = zip(map(os.path.basename, decoded.problems["path"]), decoded.problems["reason"], strict=True)
    assert dict(found) == expected
    assert decoded.kept.tolist() == [len(expected)] and len(decoded.clips) == 1


def test_large_videos_are_scaled_before_they_are_kept(home):
    path = write_video(home / "a.mp4", pattern(6, 48, 96))
    decoded = decode([str(path)])
    assert np.array_equal(decoded.clips[0], fit_square(read_frames(path, range(1, 5)), 16))


def test_sampling_rules_have_shards_of_their_own(home, videos):
    long = str(write_video(home / "long.mp4", pattern(30, 16, 16)))
    taken = {"stride": [8, 12, 16, 20], "uniform": [3, 11, 18, 26], "fps": [8, 12, 16, 20]}
    for rule, indices in taken.items():
        decoded = decode([long], Decoding(4, 16, stride=4, rule=rule, fps=2.0))
        assert np.array_equal(decoded.clips[0], read_frames(long, indices)), rule
    assert len(shards(home)) == 3
    decode([long], Decoding(4, 16, stride=7, rule="uniform"))  # a stride does not change what it gives
    assert len(shards(home)) == 3


@pytest.mark.skipif(not has_decord(), reason="decord has no wheel for this platform")
def test_readers_fill_the_cache_alike(home):
    paths = [str(write_video(home / f"{seed}.mp4", pattern(4, 40, 64, seed=seed))) for seed in range(3)]
    one, other = (decode(paths, Decoding(4, 16, reader=reader)) for reader in ("pyav", "decord"))
    assert np.abs(np.asarray(one.clips).astype(int) - np.asarray(other.clips)).max() <= 2


def test_memory_does_not_grow_with_the_number_of_clips(home, videos):
    def peak(paths):
        tracemalloc.start()
        decode(paths, Decoding(4, 96))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(videos[:1])
    small, large = peak(videos[:2] * 20), peak(videos[:3] * 80)
    assert large < small + 240 * 4 * 96 * 96 * 3 / 10


def start(home, paths, wait: str = "") -> subprocess.Popen:
    code = (
        "import sys; from workbench.data import cache; cache.SHARD = 4\n"
        f"found = cache.decode_clips({paths!r}, cache.Decoding(4, 16), 'x', progress=False)\n"
        f"print(found.key, flush=True)\n{wait}"
    )
    command = [sys.executable, "-c", code]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_processes_at_once_give_the_same(home, videos):
    running = [start(home, videos) for _ in range(2)]
    said = [process.communicate(timeout=120)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0, 0] and said[0] == said[1] != ""
    assert len(shards(home)) == 3 and left_over(home) == []


def test_what_was_used_longest_ago_goes_first_and_is_announced(home, videos, monkeypatch, capsys):
    decode(videos[:4])
    first = shards(home)
    decode(videos[4:8])
    second = shards(home) - first
    decode(videos[:4])  # used again
    limit_to(monkeypatch, 8.5)
    decode(videos[8:])
    assert shards(home) > first and not shards(home) & second and len(shards(home)) == 2
    said = capsys.readouterr().err
    assert "removed" in said and "WORKBENCH_CACHE_GB" in said
    decoded = counted(monkeypatch)
    decode(videos[4:8])
    assert sorted(decoded) == videos[4:8]
    assert len(list((home / "cache" / "clips" / "lists").iterdir())) == 2  # lists of nothing are gone


def test_clips_in_use_are_never_removed(home, videos, monkeypatch):
    held = decode(videos[:4])
    limit_to(monkeypatch, 7.5)
    with pytest.raises(WorkbenchError, match="WORKBENCH_CACHE_GB"):
        decode(videos[4:8])
    assert np.array_equal(held.clips[0], read_frames(videos[0], range(4))) and left_over(home) == []
    del held
    assert len(decode(videos[4:8]).clips) == 4 and len(shards(home)) == 1


def test_clips_in_use_by_another_process_are_never_removed(home, videos, monkeypatch):
    other = start(home, videos[:4], "sys.stdin.read()")
    assert other.stdout.readline().strip()
    first = shards(home)
    limit_to(monkeypatch, 7.5)
    with pytest.raises(WorkbenchError, match="in use"):
        decode(videos[4:8])
    assert shards(home) == first
    other.communicate(timeout=60)
    decode(videos[4:8])
    assert not shards(home) & first


def test_a_list_above_the_limit_says_what_to_set(home, videos, monkeypatch):
    limit_to(monkeypatch, 11)
    with pytest.raises(WorkbenchError, match=r"Set WORKBENCH_CACHE_GB to at least 0\.1"):
        decode(videos)
    assert shards(home) == set()
    monkeypatch.setenv("WORKBENCH_CACHE_GB", "lots")
    with pytest.raises(WorkbenchError, match="WORKBENCH_CACHE_GB=lots"):
        decode(videos)


def test_too_small_a_disk_is_found_before_decoding(home, videos, monkeypatch):
    usage = type("Usage", (), {"free": 100})
    monkeypatch.setattr("workbench.data.room.shutil.disk_usage", lambda _: usage)
    monkeypatch.setattr(cache, "_decode", lambda *_: pytest.fail("decoded"))
    with pytest.raises(WorkbenchError, match="0 MB free"):
        decode(videos)


def test_a_disk_that_fills_up_leaves_whole_shards(home, videos, monkeypatch):
    fsync, calls = os.fsync, []

    def full(descriptor):
        calls.append(1)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    with monkeypatch.context() as patched, pytest.raises(WorkbenchError, match="full"):
        patched.setattr(cache.os, "fsync", full)
        decode(videos)
    assert len(shards(home)) == 1 and left_over(home) == []
    decoded = counted(monkeypatch)
    assert len(decode(videos).clips) == 12 and sorted(decoded) == videos[4:]


def test_a_disk_that_fills_up_while_a_clip_is_written(home, videos, monkeypatch):
    """The second shard's file takes one clip and no more; nothing of it stays, and the next call goes on from the first."""
    opened, calls = Path.open, []

    def limited(path, *args, **kwargs):
        stream = opened(path, *args, **kwargs)
        if path.name == "clips.u8":
            calls.append(path)
        if len(calls) != 2 or path.name != "clips.u8":
            return stream
        write = Mock(side_effect=[CLIP_BYTES, OSError(errno.ENOSPC, "No space left on device")])
        return MagicMock(__enter__=lambda _: Mock(write=write), __exit__=lambda *_: stream.close())

    with monkeypatch.context() as patched, pytest.raises(WorkbenchError, match=r"The disk of .*clips is full"):
        patched.setattr(Path, "open", limited)
        decode(videos)
    assert len(shards(home)) == 1 and left_over(home) == []
    decoded = counted(monkeypatch)
    assert len(decode(videos).clips) == 12 and sorted(decoded) == videos[4:]


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 400 kB, where this process may mount one."""
    with mounted(tmp_path / "disk", "400k") as folder:
        yield folder


def test_a_full_disk(small_disk, videos, monkeypatch):
    """Another process takes the room after it was looked for."""
    monkeypatch.setenv("WORKBENCH_HOME", str(small_disk))
    monkeypatch.setattr("workbench.data.room.shutil.disk_usage", lambda _: type("Usage", (), {"free": 1 << 40}))
    wide = Decoding(4, 100)  # 480 kB a shard
    with pytest.raises(WorkbenchError, match="disk of"):
        decode(videos, wide)
    assert shards(small_disk) == set() and left_over(small_disk) == []
    assert len(decode(videos[:2], SMALL).clips) == 2


def test_a_cache_that_cannot_be_written_is_named(home, videos):
    (home / "cache").write_text("a file where the folder should be")
    with pytest.raises(WorkbenchError, match="cache"):
        decode(videos)


def test_what_the_cache_holds_is_counted(home, videos):
    assert taken_bytes(home / "cache" / "clips") == 0  # before it is there
    decode(videos)
    assert taken_bytes(home / "cache" / "clips") == 12 * CLIP_BYTES

"""Frames of a video file through one interface: decord where its wheel is installed, PyAV otherwise.

Both give the same frames (tests/data/test_video.py; exactly so on x86). decord is left out where it is known to fail:
in containers without exact times it seeks to other frames than were asked for, of 10-bit video it makes other colours,
and videos turned by a quarter it cannot read. A reader lives for one file, because decord's keep memory.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from workbench.data.probe import VideoInfo, opened, probe_video
from workbench.errors import BadClip, UnknownName, WorkbenchError

Reader = Literal["pyav", "decord"]
# PyAV is the usual reader: measured beside each other, decord is slower with the check of `probe` that it needs (bench/decode.py), and
# it passes damaged frames on without a word. decord stays for callers that name it; the two agree on frames (tested).
THREADED_PIXELS = 256 * 256  # frames below this size gain nothing from decoder threads
_local = threading.local()


def read_frames(path: str | Path, indices: Sequence[int] | np.ndarray, reader: Reader = "pyav") -> np.ndarray:
    """Frames `indices` (any order, repeats allowed) of a video: uint8 RGB (n, H, W, 3). Raises `BadClip`."""
    frames, _ = read_clip(path, lambda _: np.asarray(indices, dtype=np.int64), reader)
    return frames


def read_clip(
    path: str | Path, choose: Callable[[VideoInfo], np.ndarray], reader: Reader = "pyav"
) -> tuple[np.ndarray, VideoInfo]:
    """Probe a video, let `choose` pick frame indices from what was found, and read them: uint8 RGB (n, H, W, 3)."""
    if reader not in ("pyav", "decord"):
        raise UnknownName("video reader", reader, ("pyav", "decord"))
    if reader == "decord" and not has_decord():
        raise WorkbenchError("decord is not installed here. Use reader='pyav', which reads the same frames.")
    if reader == "pyav":
        return _read_pyav(path, choose)
    info = probe_video(path)
    indices = _checked(info, choose(info))
    return _decord_frames(info, indices), info


@cache
def has_decord() -> bool:
    """Whether decord can be used here."""
    return _decord() is not None


@cache
def _decord() -> Any:
    # decord asks 10,240 times for a frame that is not there; each refusal is quick, and 64 are enough.
    os.environ.setdefault("DECORD_EOF_RETRY_MAX", "64")
    try:
        import decord
    except (ImportError, OSError):
        return None
    decord.logging.set_level(decord.logging.QUIET)
    return decord


def _checked(info: VideoInfo, indices: np.ndarray) -> np.ndarray:
    if len(indices) == 0 or indices.min() < 0 or indices.max() >= info.frames:
        raise WorkbenchError(f"{info.path} has frames 0 to {info.frames - 1}; asked for {indices.tolist()}.")
    return indices


def _decord_frames(info: VideoInfo, indices: np.ndarray) -> np.ndarray:
    unique, back = np.unique(indices, return_inverse=True)
    threads = 1 if info.width * info.height < THREADED_PIXELS else 0
    decord = _decord()
    try:
        reader = decord.VideoReader(info.path, num_threads=threads)
        if len(reader) != info.frames:
            raise BadClip(info.path, "unreadable", f"decord finds {len(reader)} frames, PyAV {info.frames}")
        frames = reader.get_batch(unique.tolist()).asnumpy()
    except (decord.DECORDError, RuntimeError, IndexError) as error:
        raise BadClip(info.path, "unreadable", _last_line(error)) from None
    return frames[back]


def _read_pyav(path: str | Path, choose: Callable[[VideoInfo], np.ndarray]) -> tuple[np.ndarray, VideoInfo]:
    with opened(path) as (container, info):
        unique, back = np.unique(_checked(info, choose(info)), return_inverse=True)
        if info.times:
            wanted = [info.times[index] for index in unique]
            before = [time for time in info.keyframes if time <= wanted[0]]
            container.seek(before[-1] if before else info.times[0], stream=container.streams.video[0], backward=True)
            found = _pyav_frames(container, info, wanted, lambda count, frame: frame.pts)
        else:
            import av

            with av.open(str(path)) as fresh:  # frames are counted, so decoding begins at the beginning
                found = _pyav_frames(fresh, info, unique.tolist(), lambda count, frame: count)
        return np.stack(found)[back], info


def _pyav_frames(
    container: Any, info: VideoInfo, wanted: list[int], mark: Callable[[int, Any], int]
) -> list[np.ndarray]:
    """Decode on until every wanted frame is there; `mark` names a frame by its time or its count."""
    stream = container.streams.video[0]
    stream.codec_context.thread_count = 1 if info.width * info.height < THREADED_PIXELS else 0
    found: dict[int, np.ndarray] = {}
    missing = set(wanted)
    for count, frame in enumerate(container.decode(stream)):
        if frame.is_corrupt:
            raise BadClip(info.path, "unreadable", "a damaged frame")
        name = mark(count, frame)
        if name in missing:
            found[name] = _rgb(frame)
            missing.remove(name)
            if not missing:
                return [found[name] for name in wanted]
    raise BadClip(info.path, "truncated", f"{len(found)} of {len(wanted)} frames could be decoded")


def _rgb(frame: Any) -> np.ndarray:
    """uint8 RGB of a PyAV frame, turned as its file says."""
    from av.video.reformatter import VideoReformatter

    if not hasattr(_local, "converter"):  # one a thread: making one costs more than converting a small clip
        _local.converter = VideoReformatter()
    array = _local.converter.reformat(frame, format="rgb24", threads=1).to_ndarray()
    return np.rot90(array, frame.rotation // 90 % 4) if frame.rotation else array


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][-160:] if lines else type(error).__name__

"""Frames of a video file through one interface, with PyAV or decord behind it; still images are videos of one frame.

Both give the same frames (tests/data/test_video.py; exactly so on x86). decord is left out where it is known to fail:
in containers without exact times it seeks to other frames than were asked for, of 10-bit video it makes other colours,
and videos turned by a quarter, or of some small widths, it cannot read. A reader lives for one file, because decord's keep memory.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from workbench.data.converter import converter
from workbench.data.probe import VideoInfo, is_image_name, opened
from workbench.errors import BadClip, UnknownName, WorkbenchError

Reader = Literal["pyav", "decord"]
Choose = Callable[[VideoInfo], np.ndarray]
Fit = Callable[[np.ndarray], np.ndarray]
# PyAV is the usual reader: measured beside each other, decord is slower with the check of `probe` that it needs (bench/decode.py), and
# it passes damaged frames on without a word. decord stays for callers that name it; the two agree on frames (tested).
THREADED_PIXELS = 256 * 256  # frames below this size gain nothing from decoder threads


def read_frames(path: str | Path, indices: Sequence[int] | np.ndarray, reader: Reader = "pyav") -> np.ndarray:
    """Frames `indices` (any order, repeats allowed) of a video: uint8 RGB (n, H, W, 3). Raises `BadClip`."""
    frames, _ = read_clip(path, lambda _: np.asarray(indices, dtype=np.int64), reader)
    return frames


def read_clip(
    path: str | Path, choose: Choose, reader: Reader = "pyav", fit: Fit | None = None
) -> tuple[np.ndarray, VideoInfo]:
    """Probe a video, let `choose` pick frame indices from what was found, and read them: uint8 RGB (n, H, W, 3).

    `fit` is applied to each frame (H, W, 3); with PyAV as soon as it is there, so that one large frame is in memory at a time.
    """
    if reader not in ("pyav", "decord"):
        raise UnknownName("video reader", reader, ("pyav", "decord"))
    if reader == "decord" and not has_decord():
        raise WorkbenchError("decord is not installed here. Use reader='pyav', which reads the same frames.")
    if is_image_name(path):
        from workbench.data.images import read_image

        pixels, info = read_image(path)
        return np.stack([fit(pixels) if fit else pixels])[_checked(info, choose(info))], info
    if reader == "pyav":
        return _read_pyav(path, choose, fit)
    with opened(path) as found:
        info, claimed = found.info, found.stream.frames
    if claimed > info.frames:  # decord reserves room for as many, and where that fails it ends the process
        raise BadClip(path, "unreadable", f"its header claims {claimed} frames; it has {info.frames}")
    indices = _checked(info, choose(info))
    return _decord_frames(info, indices, fit), info


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


def _decord_frames(info: VideoInfo, indices: np.ndarray, fit: Fit | None) -> np.ndarray:
    unique, back = np.unique(indices, return_inverse=True)
    threads = 1 if info.width * info.height < THREADED_PIXELS else 0
    decord = _decord()
    try:
        reader = decord.VideoReader(info.path, num_threads=threads)
        if len(reader) != info.frames:
            raise BadClip(info.path, "unreadable", f"decord finds {len(reader)} frames, PyAV {info.frames}")
        frames = reader.get_batch(unique.tolist()).asnumpy()
    except (decord.DECORDError, RuntimeError, IndexError) as error:
        if "The size must exactly match" in str(error):  # its rows are padded at some widths, as 16, 24, 48 and 72
            raise WorkbenchError(
                f"{info.path}: decord cannot read frames {info.width} pixels wide. Use reader='pyav'."
            ) from None
        raise BadClip(info.path, "unreadable", _last_line(error)) from None
    if fit:
        frames = np.stack([fit(frame) for frame in frames])
    return frames if np.array_equal(unique, indices) else frames[back]


def _read_pyav(path: str | Path, choose: Choose, fit: Fit | None) -> tuple[np.ndarray, VideoInfo]:
    with opened(path) as (container, stream, info, packets):
        indices = _checked(info, choose(info)).tolist()
        if info.times:
            names = [info.times[index] for index in indices]
            before = [time for time in info.keyframes if time <= min(names)]
            first = before[-1] if before else info.times[0]
            if packets:
                frames = _from_packets(stream, packets, first)
            else:
                container.seek(first, stream=stream, backward=True)
                frames = container.decode(stream)
            found = _wanted(info, stream, ((frame.pts, frame) for frame in frames), names, fit)
        elif packets:  # frames are counted, so decoding begins at the beginning
            names = indices
            found = _wanted(info, stream, enumerate(_from_packets(stream, packets)), names, fit)
        else:
            import av

            names = indices
            with av.open(str(path)) as fresh:
                again = fresh.streams[stream.index]
                found = _wanted(info, again, enumerate(fresh.decode(again)), names, fit)
        return np.stack([found[name] for name in names]), info


def _from_packets(stream: Any, packets: list[Any], first: int | None = None) -> Iterator[Any]:
    """Frames of packets in memory, from the keyframe at time `first` on."""
    at = (number for number, packet in enumerate(packets) if packet.is_keyframe and packet.pts == first)
    for packet in packets[next(at, 0) :]:
        yield from stream.decode(packet)
    yield from stream.decode(None)


def _wanted(
    info: VideoInfo, stream: Any, frames: Iterator[tuple[int, Any]], names: list[int], fit: Fit | None
) -> dict[int, np.ndarray]:
    """Decode on until every wanted frame is there; `frames` come with the name, time or count, that `names` uses."""
    stream.codec_context.thread_count = 1 if info.width * info.height < THREADED_PIXELS else 0
    found: dict[int, np.ndarray] = {}
    missing = set(names)
    convert = converter().reformat
    for name, frame in frames:
        if frame.is_corrupt:
            raise BadClip(info.path, "unreadable", "a damaged frame")
        if name in missing:
            array = convert(frame, format="rgb24", threads=1).to_ndarray()
            upright = np.rot90(array, frame.rotation // 90 % 4) if frame.rotation else array
            found[name] = fit(upright) if fit else upright
            missing.remove(name)
            if not missing:
                return found
    raise BadClip(info.path, "truncated", f"{len(found)} of {len(set(names))} frames could be decoded")


def _last_line(error: Exception) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][-160:] if lines else type(error).__name__

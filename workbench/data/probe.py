"""What a video file or a still image holds, found without decoding it, and whether the file is whole.

Cheap (a fraction of a millisecond for a small file) and careful: it runs before any decoder, because decord prints,
waits or gives fewer frames where a file is damaged.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from workbench.errors import BadClip

REASONS = (
    "missing",
    "empty",
    "not a video",
    "not an image",
    "no video stream",
    "truncated",
    "no frames",
    "unreadable",
)
IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
MAX_PIXELS = (
    1 << 26
)  # of one frame: twice 8K. A damaged header can claim more, and a decoder would reserve room for it.
KEPT_BYTES = (
    1 << 24
)  # packets of a video up to this size are kept from the probe for the decoder, which then reads nothing twice
ISO_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide")
TIMED = ("mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm")  # containers whose times name frames and whose seeking is exact
EBML, SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"


@dataclass(frozen=True)
class VideoInfo:
    """Facts of a video file; of a still image those of a video of one frame, with `fps` 0.

    `times` are the presentation times of its frames in units of `tick` seconds, sorted, and `keyframes` those of its
    keyframes; both are empty where the container's times cannot be relied upon.
    """

    path: str
    frames: int
    fps: float
    width: int
    height: int
    codec: str
    pixels: str
    container: str
    bytes: int
    times: tuple[int, ...] = ()
    keyframes: tuple[int, ...] = ()
    tick: float = 0.0

    @property
    def seconds(self) -> float:
        """Duration at the mean frame rate."""
        return self.frames / self.fps if self.fps > 0 else 0.0


def is_image_name(path: str | Path) -> bool:
    """Whether a file's name has the suffix of a still image."""
    return str(path).lower().endswith(IMAGE_SUFFIXES)


def probe_video(path: str | Path) -> VideoInfo:
    """Facts of the file at `path`; raises `BadClip` with one of `REASONS` where it is not a whole video or image."""
    if is_image_name(path):
        from workbench.data.images import probe_image

        return probe_image(path)
    with opened(path) as found:
        return found.info


class Opened(NamedTuple):
    """A whole video in PyAV: container, video stream, facts, and its packets where they come to less than `KEPT_BYTES`."""

    container: Any
    stream: Any
    info: VideoInfo
    packets: list[Any]


@contextmanager
def opened(path: str | Path) -> Iterator[Opened]:
    """Open a video and look whether it is whole. Whatever PyAV raises inside becomes `BadClip`."""
    import av

    size = file_size(path)
    try:
        container = av.open(str(path))
    except (av.FFmpegError, OSError, ValueError) as error:
        raise _not_opened(path, error, size) from None
    with container:
        try:
            yield _examined(path, container, size)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise BadClip(path, "unreadable", _words(error)) from None


def file_size(path: str | Path) -> int:
    """Bytes of a file; raises `BadClip` where there is none, it is empty, or it is a folder."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        raise BadClip(path, "missing") from None
    except OSError as error:
        raise BadClip(path, "unreadable", error.strerror or str(error)) from None
    if stat.S_ISDIR(found.st_mode):
        raise BadClip(path, "not an image" if is_image_name(path) else "not a video", "it is a folder")
    if found.st_size == 0:
        raise BadClip(path, "empty", "0 bytes")
    return found.st_size


def _not_opened(path: str | Path, error: Exception, size: int) -> BadClip:
    if isinstance(error, PermissionError):
        return BadClip(path, "unreadable", "no permission")
    try:
        with open(path, "rb") as stream:
            head = stream.read(8)
            claim = _claim_beyond(stream, size) if head[4:8] in ISO_BOXES else ""
    except OSError as failure:
        return BadClip(path, "unreadable", failure.strerror or str(failure))
    if head[4:8] in ISO_BOXES or head[:4] == EBML:
        return BadClip(path, "truncated", claim or "the file begins as a video and its index is missing")
    return BadClip(path, "not a video", "no known video format")


def _claim_beyond(stream: BinaryIO, size: int) -> str:
    """Words for the first box of an MP4 file that claims to reach beyond the file's end; "" where none does."""
    at = 0
    while at + 8 <= size:
        stream.seek(at)
        head = stream.read(16)
        length, name = int.from_bytes(head[:4], "big"), head[4:8].decode("latin-1")
        if length == 1:  # the true length follows in eight bytes
            length = int.from_bytes(head[8:16], "big")
        if at + length > size:
            return f"its part '{name}' claims {length} bytes; the file has {size}"
        if length < 8:
            return ""
        at += length
    return ""


def _examined(path: str | Path, container: Any, size: int) -> Opened:
    form = container.format.name
    if form.endswith("_pipe") or form in ("image2", "tty"):
        raise BadClip(path, "not a video", _picture(form))
    stream = _video_stream(container)
    if stream is None:
        kinds = {other.type for other in container.streams if other.type != "video"}
        raise BadClip(path, "no video stream", ", ".join(sorted(kinds)))
    context = stream.codec_context
    if context.width * context.height > MAX_PIXELS:
        raise BadClip(path, "unreadable", f"it claims frames of {context.width}×{context.height} pixels")
    promised = max((entry.pos + entry.size for entry in stream.index_entries), default=0)
    if promised > size:
        raise BadClip(path, "truncated", f"{size} of at least {promised} bytes")
    if "matroska" in form and (promised := _segment_end(path)) > size:
        raise BadClip(path, "truncated", f"{size} of {promised} bytes")
    packets = _Packets(container, stream)
    if packets.cut:
        raise BadClip(path, "truncated", "the last packet is cut")
    frames = len(packets.times)
    if form == "avi" and frames < stream.frames:
        raise BadClip(path, "truncated", f"{frames} of {stream.frames} frames")
    if not frames or context.width <= 0 or context.height <= 0:
        raise BadClip(path, "no frames", "none that can be read")
    ordered = form in TIMED and None not in packets.times and len(set(packets.times)) == frames
    info = VideoInfo(
        path=str(path),
        frames=frames,
        fps=float(stream.average_rate or stream.guessed_rate or 0),
        width=context.width,
        height=context.height,
        codec=context.name,
        pixels=context.pix_fmt or "",
        container=form,
        bytes=size,
        times=tuple(sorted(packets.times)) if ordered else (),
        keyframes=tuple(sorted(packets.keyframes)) if ordered else (),
        tick=float(stream.time_base or 0) if ordered else 0.0,
    )
    return Opened(container, stream, info, packets.kept)


def _video_stream(container: Any) -> Any:
    """The first video stream that is not the cover picture of a sound file; None where there is none."""
    from av.stream import Disposition

    cover = int(Disposition.attached_pic)
    return next((stream for stream in container.streams.video if not int(stream.disposition) & cover), None)


class _Packets:
    """What the packets of a stream say: times of the shown ones and of their keyframes, whether the last one is cut.

    `kept` holds them all in their order where they are small; of a large file nothing stays in memory.
    """

    def __init__(self, container: Any, stream: Any) -> None:
        self.times: list[Any] = []
        self.keyframes: list[Any] = []
        self.kept: list[Any] = []
        self.cut = False
        room = KEPT_BYTES
        for packet in container.demux(stream):
            if not packet.size:
                continue
            room -= packet.size
            self.kept.append(packet)
            if room < 0:
                self.kept.clear()
            if not packet.is_discard:
                self.times.append(packet.pts)
                self.cut = packet.is_corrupt
                if packet.is_keyframe:
                    self.keyframes.append(packet.pts)


def _picture(form: str) -> str:
    """Words for what FFmpeg takes for a picture: 'png_pipe', 'jpeg_pipe', 'image2'; or for text drawn with characters."""
    if form == "tty":
        return "it is text"
    kind = form.removesuffix("_pipe")
    return f"it is an image ({kind})"


def _segment_end(path: str | Path) -> int:
    """Where the segment of a Matroska or WebM file ends by its header; 0 where that is not said."""
    with open(path, "rb") as stream:
        head = stream.read(256)
    if head[:4] != EBML:
        return 0
    length, used = _ebml_length(head[4:])
    at = 4 + used + length
    if head[at : at + 4] != SEGMENT:
        return 0
    length, used = _ebml_length(head[at + 4 :])
    return at + 4 + used + length if length != (1 << 7 * used) - 1 else 0


def _ebml_length(data: bytes) -> tuple[int, int]:
    """An EBML length and the bytes that it takes: the leading zeros of the first byte give the count."""
    if not data or data[0] == 0:
        return 0, 1
    used = 9 - data[0].bit_length()
    return int.from_bytes(data[:used], "big") & ((1 << 7 * used) - 1), used


def _words(error: Exception) -> str:
    """The part of an FFmpeg error that tells a person something."""
    return str(getattr(error, "strerror", None) or error).split(":")[0].strip()

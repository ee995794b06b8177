"""Writes the small videos that the tests of decoding read: whole ones in several formats, and every broken kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np


def pattern(frames: int, height: int = 32, width: int = 32, seed: int = 0) -> np.ndarray:
    """Smooth coloured clip uint8 (frames, height, width, 3) in which every frame differs from every other."""
    rng = np.random.default_rng(seed)
    y, x, t = np.meshgrid(np.arange(height) / 9, np.arange(width) / 7, np.arange(frames), indexing="ij")
    waves = [np.sin(x * a + y * b + t * c + d) for a, b, c, d in rng.uniform(0.3, 1.0, (3, 4))]
    return np.stack([(wave * 100 + 128).astype(np.uint8).transpose(2, 0, 1) for wave in waves], -1)


def write_video(
    path: Path,
    clip: np.ndarray,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    colours: int | None = None,
    turn: int = 0,
    times: list[int] | None = None,
) -> Path:
    """Write `clip` at 8 frames a second; `colours` is a colour matrix (1: BT.709, 5: BT.601), `turn` a rotation tag."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", options=container_options or {}) as container:
        stream: Any = container.add_stream(codec, rate=8, options=options or {})
        stream.height, stream.width, stream.pix_fmt = *clip.shape[1:3], pixels
        if colours is not None:
            stream.codec_context.colorspace = colours
        if turn:
            stream.set_display_rotation(turn)
        for index, array in enumerate(clip):
            frame = av.VideoFrame.from_ndarray(array, format="rgb24").reformat(format=pixels, dst_colorspace=colours)
            frame.pts = times[index] if times else index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_audio(path: Path) -> Path:
    """A file with a second of silence and no picture."""
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("aac", rate=16000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 16000), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 16000, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def cut(path: Path, target: Path, share: float) -> Path:
    """The first `share` of a file's bytes."""
    data = path.read_bytes()
    target.write_bytes(data[: int(len(data) * share)])
    return target


def broken_files(folder: Path) -> dict[str, str]:
    """Write one file of each broken kind; gives file name -> the reason that must be found."""
    folder.mkdir(parents=True, exist_ok=True)
    clip = pattern(40, 64, 64)
    whole = write_video(folder / "whole.mp4", clip)
    fast = write_video(folder / "fast.mp4", clip, container_options={"movflags": "+faststart"})
    cut(whole, folder / "no_index.mp4", 0.6)
    cut(fast, folder / "half.mp4", 0.6)
    cut(fast, folder / "nearly_all.mp4", 0.99)
    cut(write_video(folder / "whole.mkv", clip), folder / "half.mkv", 0.6)
    cut(write_video(folder / "whole.webm", clip, codec="libvpx"), folder / "half.webm", 0.6)
    cut(write_video(folder / "whole.avi", clip, codec="mpeg4"), folder / "half.avi", 0.6)
    for name in ("whole.mp4", "fast.mp4", "whole.mkv", "whole.webm", "whole.avi"):
        (folder / name).unlink()
    (folder / "empty.mp4").touch()
    (folder / "text.mp4").write_text("path label\n" * 50)
    (folder / "noise.mp4").write_bytes(np.random.default_rng(0).bytes(5000))
    (folder / "folder.mp4").mkdir()
    write_audio(folder / "audio.mp4")
    from PIL import Image

    Image.fromarray(clip[0]).save(folder / "picture.png")
    (folder / "picture.png").rename(folder / "picture.mp4")
    return {
        "no_index.mp4": "truncated",
        "half.mp4": "truncated",
        "nearly_all.mp4": "truncated",
        "half.mkv": "truncated",
        "half.webm": "truncated",
        "half.avi": "truncated",
        "empty.mp4": "empty",
        "text.mp4": "not a video",
        "noise.mp4": "not a video",
        "folder.mp4": "not a video",
        "audio.mp4": "no video stream",
        "picture.mp4": "not a video",
        "absent.mp4": "missing",
    }


def patched(path: Path, target: Path, mark: bytes, offset: int, value: bytes) -> Path:
    """A copy of a file with `value` written `offset` bytes after the first `mark`: a header that claims something else."""
    data = bytearray(path.read_bytes())
    at = data.index(mark) + offset
    data[at : at + len(value)] = value
    target.write_bytes(data)
    return target


def write_cover(path: Path) -> Path:
    """A sound file with a cover picture, which FFmpeg lists as a video stream of one frame."""
    with av.open(str(path), "w") as container:
        sound: Any = container.add_stream("aac", rate=16000)
        cover: Any = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate, frame.pts = 16000, 0
        container.mux(cover.encode(av.VideoFrame.from_ndarray(pattern(1, 64, 64)[0]).reformat(format="yuvj420p")))
        container.mux(cover.encode(None))
        container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    return path

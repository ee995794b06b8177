"""Compression with loss, in memory. Each clip is coded on its own; clips share the processor's cores."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import numpy as np
import torch
from torch import Tensor

from workbench.data.converter import converter
from workbench.data.draws import Draws
from workbench.data.encode import FPS
from workbench.data.shifts.base import SHIFTS, Shift

# One thread a clip: equal pixels give equal bytes, and a small clip gains nothing from more.
# No look-ahead: with AVX-512, libx264's reads memory that nothing has written, and 1 in 25 clips came out otherwise.
X264 = {"preset": "veryfast", "threads": "1", "g": "250", "x264-params": "mbtree=0:rc-lookahead=0"}
BLOCK = 8  # pixels of a JPEG block


def _h264(clips: Tensor, crf: float, draws: Draws) -> Tensor:
    return _each(clips, lambda clip: _recoded(clip, crf))


def _jpeg(clips: Tensor, quality: float, draws: Draws) -> Tensor:
    return _each(clips, lambda clip: _jpeg_frames(clip, int(quality)))


def _each(clips: Tensor, change: Callable[[np.ndarray], np.ndarray]) -> Tensor:
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        changed = list(pool.map(change, clips.cpu().numpy()))
    return torch.from_numpy(np.stack(changed) if changed else np.empty(clips.shape, np.uint8)).to(clips.device)


def _recoded(clip: np.ndarray, crf: float) -> np.ndarray:
    """A uint8 clip (T, H, W, 3) after H.264 with 4:2:0 colour at a constant rate factor; odd sizes are padded for it."""
    import av

    height, width = clip.shape[1:3]
    padded = np.pad(clip, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    encoder, convert = av.CodecContext.create("libx264", "w"), converter().reformat
    encoder.width, encoder.height, encoder.pix_fmt = padded.shape[2], padded.shape[1], "yuv420p"
    encoder.time_base, encoder.options = Fraction(1, FPS), X264 | {"crf": str(crf)}
    packets = []
    for index, pixels in enumerate(padded):
        frame = convert(av.VideoFrame.from_ndarray(pixels, format="rgb24"), format="yuv420p", threads=1)
        frame.pts = index
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    frames = [frame for packet in [*packets, None] for frame in decoder.decode(packet)]
    found = np.stack([convert(frame, format="rgb24", threads=1).to_ndarray() for frame in frames])
    return found[:, :height, :width]


def _jpeg_frames(clip: np.ndarray, quality: int) -> np.ndarray:
    """Each frame of a uint8 clip (T, H, W, 3) after JPEG with 4:4:4 colour.

    Frames are padded to whole blocks and coded one below the other as one picture. Blocks do not know of each other, so
    it is what each frame alone would give.
    """
    from PIL import Image

    height, width = clip.shape[1:3]
    padded = np.pad(clip, ((0, 0), (0, -height % BLOCK), (0, -width % BLOCK), (0, 0)), mode="edge")
    coded = io.BytesIO()
    Image.fromarray(padded.reshape(-1, padded.shape[2], 3)).save(coded, "jpeg", quality=quality, subsampling=0)
    return np.asarray(Image.open(coded)).reshape(padded.shape)[:, :height, :width]


SHIFTS.add("h264", Shift("codec", "H.264 again; its constant rate factor", "psnr", (24, 29, 34, 39, 44), _h264))
SHIFTS.add("jpeg", Shift("codec", "JPEG of each frame; its quality", "psnr", (50, 30, 18, 11, 7), _jpeg))

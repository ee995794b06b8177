"""Writes clips as small H.264 MP4 files with PyAV. Equal pixels give equal bytes with one build of libx264."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.data.converter import converter
from workbench.errors import WorkbenchError

FPS = 8
# Constant quantiser and CABAC: without them libx264 spends more time on its tables than on 8 frames of 32 × 32 pixels.
# One keyframe at the start: a clip is read whole.
X264 = {"preset": "ultrafast", "qp": "10", "coder": "ac", "threads": "1", "g": "250"}


def write_clip(path: str | Path, clip: np.ndarray, fps: int = FPS) -> None:
    """Write a uint8 RGB clip (T, H, W, 3) as H.264 in MP4 (yuv420p, so H and W must be even)."""
    import av

    if clip.ndim != 4 or clip.shape[-1] != 3 or clip.dtype != np.uint8:
        raise ValueError(f"a clip is uint8 (T, H, W, 3), not {clip.dtype} {clip.shape}")
    height, width = clip.shape[1:3]
    if height % 2 or width % 2:
        raise WorkbenchError(f"H.264 with yuv420p needs even sizes, not {width}×{height}. Choose an even data.size.")
    with av.open(str(path), "w", format="mp4", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("libx264", rate=fps, options=X264)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index, pixels in enumerate(clip):
            frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
            frame = converter().reformat(frame, format="yuv420p", threads=1)
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))

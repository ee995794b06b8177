"""Several clips of one video for evaluation: clips over its time, crops along its longer side (SlowFast, arXiv 1812.03982)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.data.probe import VideoInfo
from workbench.data.sampling import Sampling, crop_places, fit_square
from workbench.data.video import Reader, read_clip
from workbench.errors import WorkbenchError


def read_views(
    path: str | Path, sampling: Sampling, size: int, clips: int = 1, crops: int = 1, reader: Reader = "pyav"
) -> np.ndarray:
    """Views of a video: uint8 RGB (clips·crops, frames, size, size, 3); crop m of clip k is view k·crops + m.

    The clips are spread evenly from the beginning of the video to its end, each by the rule of `sampling`. The shorter side is
    scaled to `size`; 1 crop is the centre, 3 are left, centre and right, or top, centre and bottom. Raises `BadClip`.
    """
    if clips < 1:
        raise WorkbenchError(f"{clips} clips of a video: give at least 1.")
    crop_at = crop_places(crops)

    def choose(info: VideoInfo) -> np.ndarray:
        return np.concatenate([sampling.choose(info, place)[0] for place in sampling.places(clips)])

    def fit(frame: np.ndarray) -> np.ndarray:
        return np.stack([fit_square(frame[None], size, place)[0] for place in crop_at])

    views, _ = read_clip(path, choose, reader, fit)
    split = views.reshape(clips, sampling.frames, crops, size, size, 3)
    return np.ascontiguousarray(split.swapaxes(1, 2)).reshape(clips * crops, sampling.frames, size, size, 3)

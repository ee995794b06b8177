"""Several clips of one video for evaluation: clips over its time, crops along its longer side (SlowFast, arXiv 1812.03982)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.data.probe import VideoInfo
from workbench.data.sampling import Sampling, crop_places, fit_square
from workbench.data.video import Reader, read_clip
from workbench.errors import WorkbenchError


@dataclass(frozen=True)
class Views:
    """How a video is looked at: `clips` spread over its time × `crops` (1 or 3) along its longer side; written "2x3"."""

    clips: int = 1
    crops: int = 1

    def __post_init__(self) -> None:
        if self.clips < 1:
            raise WorkbenchError(f"{self.clips} clips of a video: give at least 1.")
        crop_places(self.crops)

    @classmethod
    def parse(cls, text: str) -> Views:
        """From "CLIPSxCROPS"."""
        found = re.fullmatch(r"(\d+)x(\d+)", text)
        if found is None:
            raise WorkbenchError(f"'{text}' says no views of a video; write CLIPSxCROPS, for example 2x3.")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.clips}x{self.crops}"

    def __len__(self) -> int:
        """Number of views of a video."""
        return self.clips * self.crops


ONE = Views()


def read_views(
    path: str | Path, sampling: Sampling, size: int, clips: int = 1, crops: int = 1, reader: Reader = "pyav"
) -> np.ndarray:
    """Views of a video: uint8 RGB (clips·crops, frames, size, size, 3); crop m of clip k is view k·crops + m.

    The clips are spread evenly from the beginning of the video to its end, each by the rule of `sampling`. The shorter side is
    scaled to `size`; 1 crop is the centre, 3 are left, centre and right, or top, centre and bottom. Raises `BadClip`.
    """
    return sampled_views(path, sampling, size, Views(clips, crops), reader)[0]


def sampled_views(
    path: str | Path, sampling: Sampling, size: int, views: Views, reader: Reader = "pyav"
) -> tuple[np.ndarray, str]:
    """As `read_views`, and which part of the sampling rule gave the frames."""
    crop_at = crop_places(views.crops)
    said = ""

    def choose(info: VideoInfo) -> np.ndarray:
        nonlocal said
        chosen = [sampling.choose(info, place) for place in sampling.places(views.clips)]
        said = chosen[0][1]
        return np.concatenate([indices for indices, _ in chosen])

    def fit(frame: np.ndarray) -> np.ndarray:
        return np.stack([fit_square(frame[None], size, place)[0] for place in crop_at])

    frames, _ = read_clip(path, choose, reader, fit)
    split = frames.reshape(views.clips, sampling.frames, views.crops, size, size, 3).swapaxes(1, 2)
    return np.ascontiguousarray(split).reshape(len(views), sampling.frames, size, size, 3), said

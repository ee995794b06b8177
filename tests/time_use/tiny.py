"""Encoders of a few lines, whose use of time is known by how they are made."""

from __future__ import annotations

import pandas as pd
import torch
from torch import Tensor

from workbench.config import Config, DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.clips import ClipSet
from workbench.data.render import render_clips
from workbench.encoders.base import FrozenEncoder
from workbench.presets import build_config

CLIPS = {"train_clips": 160, "val_clips": 48, "test_clips": 96}


def small_config() -> Config:
    """Clips of 8 frames of 16 pixels, a few of each split."""
    return build_config("baseline", "smoke", changes={"data": {**CLIPS, "size": 16}, "probe": {"train_clips": 144}})


class Pixels(FrozenEncoder):
    """The mean colours of a 4 × 4 grid of cells in each tubelet: sees order as far as its reader does."""

    def __init__(self) -> None:
        self.config = small_config()
        self.name, self.key = type(self).__name__.lower(), type(self).__name__
        self.grid, self.width, self.depth, self.blocks = (4, 1, 1), 48, 1, {}
        self.takes = (8, 16, 16)

    def cells(self, clips: Tensor) -> Tensor:
        """Means (B, 4 tubelets, 48) of cells of 4 × 4 pixels over two frames."""
        b = len(clips)
        x = clips.float().reshape(b, 4, 2, 4, 4, 4, 4, 3).mean((2, 4, 6)) / 255
        return x.reshape(b, 4, 48)

    def tokens(self, clips: Tensor) -> Tensor:
        return self.cells(clips)

    def layer_tokens(self, clips: Tensor) -> list[Tensor]:
        return [self.tokens(clips)]

    def untrained(self, seed: int = 0) -> FrozenEncoder:
        return self


class Orderless(Pixels):
    """Each time step holds the mean over all: no order is left, nor when anything was."""

    def tokens(self, clips: Tensor) -> Tensor:
        cells = self.cells(clips).sort(1).values  # summed in one order whatever the clip's, to the last bit
        return cells.mean(1, keepdim=True).expand(-1, 4, -1).contiguous()


class Differences(Pixels):
    """What changes from one tubelet to the next, and nothing that stands still."""

    def tokens(self, clips: Tensor) -> Tensor:
        cells = self.cells(clips)
        return cells - torch.cat([cells[:, :1], cells[:, :-1]], 1)


def rendered(data: DataSettings, split: str, source: str | None = None, progress: bool = True) -> ClipSet:
    """What `load_clips` gives of a benchmark, straight from the renderer: no video files are written."""
    name = source or data.source
    benchmark = BENCHMARKS[name]
    table = benchmark.rows(data, split)
    clips = render_clips(table, data).numpy()
    words = benchmark.class_names(data.sprites)
    return ClipSet(name, split, clips, table, benchmark.factors, words, f"{name}-{split}", pd.DataFrame())

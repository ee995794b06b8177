"""An encoder whose tokens are known, and that counts what it is asked."""

from __future__ import annotations

import time

import numpy as np
import torch
from torch import Tensor

from workbench.encoders.base import FrozenEncoder
from workbench.presets import build_config


class Counting(FrozenEncoder):
    """Its token at (t, h, w) is the clip's first pixel, then t, h and w. Stops before batch number `stop_at`."""

    name, key, grid, width, takes, depth = "counting", "counted", (4, 2, 2), 4, (8, 16, 16), 1

    def __init__(
        self,
        batch: int = 256,
        stop_at: int | None = None,
        bad: tuple[int, float] | None = None,
        pause: float = 0.0,
    ) -> None:
        self.size, self.stop_at, self.bad, self.pause = batch, stop_at, bad, pause
        self.seen, self.batches, self.blocks = 0, [], {}
        self.config = build_config("random", "smoke")

    @property
    def batch(self) -> int:
        return self.size

    def tokens(self, clips: Tensor) -> Tensor:
        if len(self.batches) == self.stop_at:
            raise KeyboardInterrupt
        time.sleep(self.pause)
        self.batches.append(len(clips))
        found = torch.from_numpy(self.expected(clips.numpy())).float()
        if self.bad is not None and self.seen <= self.bad[0] < self.seen + len(clips):
            found[self.bad[0] - self.seen, 3, 1] = self.bad[1]
        self.seen += len(clips)
        return found

    def layer_tokens(self, clips: Tensor) -> list[Tensor]:
        return [self.tokens(clips)]

    def untrained(self, seed: int = 0) -> FrozenEncoder:
        return self

    def expected(self, clips: np.ndarray) -> np.ndarray:
        places = np.stack(np.meshgrid(*map(np.arange, self.grid), indexing="ij"), -1).reshape(1, -1, 3)
        first = clips[:, 0, 0, 0, 0].astype(np.float16)
        return np.concatenate(
            [np.broadcast_to(first[:, None, None], (len(clips), 16, 1)), np.repeat(places, len(clips), 0)], -1
        ).astype(np.float16)

"""A small latent batch made from a seed, with everything an objective may read."""

from __future__ import annotations

import pytest
import torch

from workbench.config import MaskSettings
from workbench.latents import LatentBatch
from workbench.masking import draw_mask

GRID, WIDTH = (4, 3, 3), 12


def make_batch(seed: int = 0, clips: int = 5, grid: tuple[int, int, int] = GRID, **changes) -> LatentBatch:
    generator = torch.Generator().manual_seed(seed)
    tokens = grid[0] * grid[1] * grid[2]
    mask = draw_mask(MaskSettings(visible=0.5, predicted=0.5), clips, grid, generator)

    def normal(count: int, grad: bool = True) -> torch.Tensor:
        return torch.randn(clips, count, WIDTH, generator=generator).requires_grad_(grad)

    parts = {
        "context": normal(mask.visible.shape[1]),
        "predictions": normal(mask.predicted.shape[1]),
        "context_predictions": normal(mask.visible.shape[1]),
        "targets": normal(tokens, grad=False),
        "visible": mask.visible,
        "predicted": mask.predicted,
        "grid": grid,
        "clips": torch.zeros(clips, 2 * grid[0], 4, 4, 3, dtype=torch.uint8),
        "progress": torch.tensor(0.5),
    }
    return LatentBatch(**(parts | changes))


@pytest.fixture
def batch() -> LatentBatch:
    return make_batch()

"""A small latent batch made from a seed, with everything an objective may read."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from workbench.config import MaskSettings
from workbench.latents import ClipTargets, LatentBatch
from workbench.masking import Draws, draw_mask

GRID, WIDTH, CLIPS = (4, 3, 3), 12, 5
OF_CLIP = ("targets", "grid", "clips")


def make_batch(seed: int = 0, clips: int = CLIPS, grid: tuple[int, int, int] = GRID, **changes) -> LatentBatch:
    """Half of the tokens visible, the other half predicted; `changes` are laid over, those of the clips too."""
    generator = torch.Generator().manual_seed(seed)
    tokens = grid[0] * grid[1] * grid[2]
    mask = draw_mask(MaskSettings(visible=0.5, predicted=0.5), Draws(generator, clips), grid)

    def normal(count: int, grad: bool = True) -> torch.Tensor:
        return torch.randn(clips, count, WIDTH, generator=generator).requires_grad_(grad)

    parts = {
        "context": normal(mask.visible.shape[1]),
        "predictions": normal(mask.predicted.shape[1]),
        "context_predictions": normal(mask.visible.shape[1]),
        "visible": mask.visible,
        "predicted": mask.predicted,
        "progress": torch.tensor(0.5),
        "clip": ClipTargets(
            normal(tokens, grad=False),
            grid,
            torch.randint(0, 256, (clips, 2 * grid[0], 6, 6, 3), dtype=torch.uint8, generator=generator),
        ),
    }
    return changed(LatentBatch(**parts), **changes)


def changed(batch: LatentBatch, **changes) -> LatentBatch:
    """The batch with other tensors, wherever they stand; nothing that was computed from the former ones is kept."""
    of_clip = {name: changes.pop(name) for name in OF_CLIP if name in changes}
    return dataclasses.replace(batch, clip=dataclasses.replace(batch.clip, **of_clip), **changes)


@pytest.fixture
def batch() -> LatentBatch:
    return make_batch()

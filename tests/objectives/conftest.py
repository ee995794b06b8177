"""A small latent batch made from a seed, with everything an objective may read."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from workbench.config import MaskSettings
from workbench.latents import ClipTargets, LatentBatch
from workbench.masking import Draws, draw_mask
from workbench.text.batch import CaptionBatch

GRID, WIDTH, CLIPS = (4, 3, 3), 12, 5
TEXT_WIDTH = 64  # that of the compact tower, which the video–text terms expect by default
OF_CLIP = ("targets", "grid", "clips", "text")


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
            make_captions(clips, generator),
        ),
    }
    return changed(LatentBatch(**parts), **changes)


def make_captions(clips: int, generator: torch.Generator) -> CaptionBatch:
    """Two captions a clip, two of them true of another clip too; a hard negative of all but one, one of them true of a clip."""
    own = torch.eye(clips, dtype=torch.bool).repeat_interleave(2, 1)
    matches, wrong_matches = own.clone(), torch.zeros_like(own)
    if clips == CLIPS:
        matches[1, 0] = matches[0, 5] = wrong_matches[2, 7] = True
    there = torch.arange(2 * clips) != 3
    first, wrong = (torch.randn(2 * clips, TEXT_WIDTH, generator=generator) for _ in range(2))
    return CaptionBatch(first, matches, wrong, there, wrong_matches)


def doubled(text: CaptionBatch) -> CaptionBatch:
    """With embeddings of double precision."""
    assert text.wrong is not None
    return dataclasses.replace(text, embeddings=text.embeddings.double(), wrong=text.wrong.double())


def reordered(text: CaptionBatch, order: torch.Tensor) -> CaptionBatch:
    """The captions of the clips in another order, clip by clip."""
    rows = (2 * order[:, None] + torch.arange(2)).flatten()
    assert text.wrong is not None and text.wrong_there is not None and text.wrong_matches is not None
    return CaptionBatch(
        text.embeddings[rows],
        text.matches[order][:, rows],
        text.wrong[rows],
        text.wrong_there[rows],
        text.wrong_matches[order][:, rows],
    )


def changed(batch: LatentBatch, **changes) -> LatentBatch:
    """The batch with other tensors, wherever they stand; nothing that was computed from the former ones is kept."""
    of_clip = {name: changes.pop(name) for name in OF_CLIP if name in changes}
    return dataclasses.replace(batch, clip=dataclasses.replace(batch.clip, **of_clip), **changes)


@pytest.fixture
def batch() -> LatentBatch:
    return make_batch()

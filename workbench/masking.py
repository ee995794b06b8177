"""Mask generators: which tokens the context encoder sees, and which the predictor predicts.

Every generator answers with the same thing, a coverage map; the tokens that it covers are predicted first, the ones that
it leaves are seen first. The numbers of seen and of predicted tokens are fixed by the settings, so that every step has
the same shapes. All of it is whole-batch tensor code on the device of the training step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from workbench.config import MaskSettings
from workbench.errors import WorkbenchError
from workbench.files import content_key
from workbench.registry import Registry

Grid = tuple[int, int, int]


@dataclass(frozen=True)
class Mask:
    """Token indices of one generator: `visible` (batch, k) and `predicted` (batch, m), each in rising order."""

    visible: Tensor
    predicted: Tensor


# A generator maps (batch, grid, settings, generator) to a boolean coverage (batch, t·h·w).
Coverage = Callable[[int, Grid, MaskSettings, torch.Generator], Tensor]
MASKS: Registry[Coverage] = Registry("mask generator")


@MASKS.register("random")
def random_coverage(batch: int, grid: Grid, settings: MaskSettings, generator: torch.Generator) -> Tensor:
    """Covers nothing: seen and predicted tokens are then drawn uniformly."""
    return torch.zeros(batch, grid[0] * grid[1] * grid[2], dtype=torch.bool, device=generator.device)


@MASKS.register("blocks")
def block_coverage(batch: int, grid: Grid, settings: MaskSettings, generator: torch.Generator) -> Tensor:
    """`blocks` boxes a clip, each of `area` of the frame and `time` of the duration, anywhere inside the grid."""
    t, h, w = grid
    count = settings.blocks

    def uniform() -> Tensor:
        return torch.rand(batch, count, 1, generator=generator, device=generator.device)

    low, high = settings.aspect
    aspect = (uniform() * (torch.tensor(high).log() - torch.tensor(low).log()) + torch.tensor(low).log()).exp()
    height = (settings.area * h * w * aspect).sqrt().round().clamp(1, h)
    width = (settings.area * h * w / aspect).sqrt().round().clamp(1, w)
    duration = float(min(max(round(settings.time * t), 1), t))
    covered = torch.ones(batch, count, t * h * w, dtype=torch.bool, device=generator.device)
    axes = torch.meshgrid(*(torch.arange(n, device=generator.device) for n in grid), indexing="ij")
    for axis, size, extent in zip(axes, grid, (torch.full_like(height, duration), height, width), strict=True):
        origin = (uniform() * (size - extent + 1)).floor()
        place = axis.reshape(-1)
        covered &= (place >= origin) & (place < origin + extent)
    return covered.any(1)


def draw_masks(
    masks: tuple[MaskSettings, ...], batch: int, grid: Grid, seed: int, step: int, device: str | torch.device = "cpu"
) -> list[Mask]:
    """The masks of one step, a function of seed and step alone, so that a resumed run sees the same ones."""
    generator = torch.Generator(device=device)
    generator.manual_seed(int(content_key("masks", seed, step, length=15), 16))
    return [draw_mask(settings, batch, grid, generator) for settings in masks]


def draw_mask(settings: MaskSettings, batch: int, grid: Grid, generator: torch.Generator) -> Mask:
    """One mask for `batch` clips on `grid`."""
    covered = MASKS[settings.kind](batch, grid, settings, generator)
    seen, predicted = token_counts(settings, grid)
    order = (covered + torch.rand(covered.shape, generator=generator, device=generator.device)).argsort(1)
    return Mask(order[:, :seen].sort(1).values, order[:, order.shape[1] - predicted :].sort(1).values)


def token_counts(settings: MaskSettings, grid: Grid) -> tuple[int, int]:
    """Numbers of visible and of predicted tokens on `grid`."""
    tokens = grid[0] * grid[1] * grid[2]
    seen = round(settings.visible * tokens)
    predicted = min(round(settings.predicted * tokens), tokens - seen)
    if seen < 1 or predicted < 1:
        raise WorkbenchError(
            f"Mask '{settings.kind}' with visible={settings.visible}, predicted={settings.predicted} leaves {seen} visible and "
            f"{predicted} predicted tokens of the {tokens} on a {grid} grid. Raise the shares or make the patches smaller."
        )
    return seen, predicted

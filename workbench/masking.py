"""Masks: which tokens the context encoder sees, and which the predictor predicts.

Every generator answers with the same thing, a coverage map; the tokens that it covers are predicted first, the ones that
it leaves are seen first. The numbers of seen and of predicted tokens are fixed by the settings, so that every step has
the same shapes. All of it is whole-batch tensor code on the device of the training step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import product

import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.config import MaskSettings
from workbench.errors import WorkbenchError
from workbench.files import content_key
from workbench.latents import Grid
from workbench.registry import Registry


@dataclass(frozen=True)
class Mask:
    """Token indices of one generator: `visible` (batch, k) and `predicted` (batch, m), each in rising order."""

    visible: Tensor
    predicted: Tensor


@dataclass(frozen=True)
class Draws:
    """Uniform numbers for the clips of a joint batch, of which process `rank` of `processes` keeps its own.

    So the masks of a clip do not depend on how many processes share the batch.
    """

    generator: torch.Generator
    batch: int
    rank: int = 0
    processes: int = 1

    @property
    def clips(self) -> int:
        """Clips of this process."""
        return self.batch // self.processes

    def uniform(self, *shape: int) -> Tensor:
        """Numbers in [0, 1): (clips, *shape)."""
        drawn = torch.rand(self.batch, *shape, generator=self.generator, device=self.generator.device)
        return drawn[self.rank * self.clips : (self.rank + 1) * self.clips]


# A generator maps (draws, grid, settings, motion map) to a boolean coverage (clips, t·h·w).
Coverage = Callable[[Draws, Grid, MaskSettings, Tensor | None], Tensor]
MASKS: Registry[Coverage] = Registry("mask generator")


@MASKS.register("random")
def random_coverage(draws: Draws, grid: Grid, settings: MaskSettings, motion: Tensor | None = None) -> Tensor:
    """Covers nothing: seen and predicted tokens are then drawn uniformly."""
    return torch.zeros(draws.clips, grid[0] * grid[1] * grid[2], dtype=torch.bool, device=draws.generator.device)


@MASKS.register("blocks")
def block_coverage(draws: Draws, grid: Grid, settings: MaskSettings, motion: Tensor | None = None) -> Tensor:
    """`blocks` boxes a clip, each of `area` of the frame and `time` of the duration, anywhere inside the grid."""
    extents = _extents(draws, grid, settings)
    origins = [
        (draws.uniform(settings.blocks, 1) * (size - extent + 1)).floor()
        for size, extent in zip(grid, extents, strict=True)
    ]
    return _covered(origins, extents, grid)


@MASKS.register("motion_guided")
def motion_coverage(draws: Draws, grid: Grid, settings: MaskSettings, motion: Tensor | None = None) -> Tensor:
    """As `blocks`, an origin drawn with probability ∝ (mean motion inside the block)^power; a share `uniform` anywhere.

    The study: power 2.0 and a share of 0.1; `amg`: 5.0 and none. Source: arXiv 2605.17165, restated in OBJECTIVES.
    """
    if motion is None:
        raise WorkbenchError("'motion_guided' masks need the clips: give `draw_masks` their motion map.")
    t, h, w = grid
    extents = _extents(draws, grid, settings)
    inside = box_means(motion.to(extents[0].device), extents)  # (clips, blocks, t·h·w)
    places = _places(grid, extents[0].device)
    fits = torch.stack([p + e <= n for p, e, n in zip(places, extents, grid, strict=True)]).all(0)
    # Relative to the largest, so that no power underflows; where nothing moves, every place is as good as any other.
    largest = inside.masked_fill(~fits, 0).amax(-1, keepdim=True)
    weight = torch.where(largest > 0, (inside / largest.clamp(min=1e-12)).clamp(min=0) ** settings.power, 1.0)
    anywhere = draws.uniform(settings.blocks, 1) < settings.uniform
    total = (torch.where(anywhere, 1.0, weight) * fits).cumsum(-1)
    chosen = draws.uniform(settings.blocks, 1) * total[..., -1:]
    origin = torch.searchsorted(total, chosen, right=True).clamp(max=t * h * w - 1)
    return _covered([place[origin].float() for place in places], extents, grid)


def _extents(draws: Draws, grid: Grid, settings: MaskSettings) -> list[Tensor]:
    """Size of every block in t, h and w: three of (clips, blocks, 1)."""
    t, h, w = grid
    low, high = settings.aspect
    aspect = low * (high / low) ** draws.uniform(settings.blocks, 1)
    height = (settings.area * h * w * aspect).sqrt().round().clamp(1, h)
    width = (settings.area * h * w / aspect).sqrt().round().clamp(1, w)
    duration = float(min(max(round(settings.time * t), 1), t))
    return [torch.full_like(height, duration), height, width]


@cache
def _places(grid: Grid, device: torch.device) -> list[Tensor]:
    """Coordinates of every token: three of (t·h·w)."""
    axes = torch.meshgrid(*(torch.arange(n, device=device) for n in grid), indexing="ij")
    return [axis.reshape(-1) for axis in axes]


def _covered(origins: list[Tensor], extents: list[Tensor], grid: Grid) -> Tensor:
    """The union of boxes: (clips, t·h·w)."""
    places = _places(grid, extents[0].device)
    inside = [(p >= o) & (p < o + e) for p, o, e in zip(places, origins, extents, strict=True)]
    return (inside[0] & inside[1] & inside[2]).any(1)


def motion_map(clips: Tensor, grid: Grid) -> Tensor:
    """|x[t+1] − x[t]| averaged over channels, on the token grid, over its maximum in the clip: (B, t, h, w) in [0, 1].

    `clips` uint8 (B, T, H, W, 3). Source: arXiv 2605.17165, restated in OBJECTIVES.
    """
    x = clips.float()
    change = (x[:, 1:] - x[:, :-1]).abs_().flatten(3)  # channels beside the columns, which are averaged all the same
    tokens = F.adaptive_avg_pool3d(change[:, None], grid)[:, 0]
    return tokens / tokens.amax((1, 2, 3), keepdim=True).clamp(min=1e-12)


def box_means(values: Tensor, extents: list[Tensor]) -> Tensor:
    """Mean of `values` (B, t, h, w) in the box at every origin: (B, blocks, t·h·w); a box is cut off at the grid's end.

    One summed-area table, read at the eight corners of all boxes at once, since each block has a size of its own.
    """
    t, h, w = values.shape[1:]
    table = F.pad(values.double().cumsum(1).cumsum(2).cumsum(3), (1, 0, 1, 0, 1, 0))
    flat, strides = table.flatten(1), ((h + 1) * (w + 1), w + 1, 1)
    starts = _places((t, h, w), values.device)
    ends = [
        (start + extent.long()).clamp(max=n) for start, extent, n in zip(starts, extents, (t, h, w), strict=True)
    ]  # each (B, blocks, t·h·w)
    sides = [(start * step, end * step) for start, end, step in zip(starts, ends, strides, strict=True)]
    total = torch.zeros_like(ends[0], dtype=torch.double)
    for at in product((0, 1), repeat=3):
        index = (sides[0][at[0]] + sides[1][at[1]] + sides[2][at[2]]).expand_as(ends[0]).flatten(1)
        total += (-1) ** (3 - sum(at)) * flat.gather(1, index).view_as(total)
    return (total / (extents[0] * extents[1] * extents[2])).float()


def draw_masks(
    masks: tuple[MaskSettings, ...],
    batch: int,
    grid: Grid,
    seed: int,
    step: int,
    device: str | torch.device = "cpu",
    *,
    clips: Tensor | None = None,
    rank: int = 0,
    processes: int = 1,
) -> list[Mask]:
    """The masks of one step for this process's part of a joint `batch`; a function of seed, step and, where guided, `clips`."""
    generator = torch.Generator(device=device)
    generator.manual_seed(int(content_key("masks", seed, step, length=15), 16))
    draws = Draws(generator, batch, rank, processes)
    guided = clips is not None and any(settings.kind == "motion_guided" for settings in masks)
    motion = motion_map(clips, grid) if guided and clips is not None else None
    return [draw_mask(settings, draws, grid, motion) for settings in masks]


def draw_mask(settings: MaskSettings, draws: Draws, grid: Grid, motion: Tensor | None = None) -> Mask:
    """One mask for the clips of `draws` on `grid`. Tokens after the share `seen_time` of the time axis are never seen."""
    covered = MASKS[settings.kind](draws, grid, settings, motion)
    seen, predicted = token_counts(settings, grid)
    rank = covered + draws.uniform(covered.shape[1])
    if settings.seen_time < 1:
        rank[:, _seen_tokens(settings, grid) :] += 2
    order = rank.argsort(1)
    return Mask(order[:, :seen].sort(1).values, order[:, order.shape[1] - predicted :].sort(1).values)


def _seen_tokens(settings: MaskSettings, grid: Grid) -> int:
    """Number of tokens in the part of time that may be seen."""
    return max(round(settings.seen_time * grid[0]), 1) * grid[1] * grid[2]


def token_counts(settings: MaskSettings, grid: Grid) -> tuple[int, int]:
    """Numbers of visible and of predicted tokens on `grid`."""
    tokens = grid[0] * grid[1] * grid[2]
    seen = round(settings.visible * tokens)
    predicted = tokens - seen if settings.complement else min(round(settings.predicted * tokens), tokens - seen)
    if seen < 1 or predicted < 1:
        raise WorkbenchError(
            f"Mask '{settings.kind}' with visible={settings.visible}, predicted={settings.predicted} leaves {seen} visible and "
            f"{predicted} predicted tokens of the {tokens} on a {grid} grid. Raise the shares or make the patches smaller."
        )
    if seen > _seen_tokens(settings, grid):
        raise WorkbenchError(
            f"Mask '{settings.kind}' is to show {seen} of {tokens} tokens, and seen_time={settings.seen_time} leaves only "
            f"{_seen_tokens(settings, grid)}. Lower `visible` or raise `seen_time`."
        )
    return seen, predicted

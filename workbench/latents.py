"""What one training step hands to the objectives: tokens, targets, where they lie, and the dense grids made of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from workbench.errors import WorkbenchError
from workbench.models.layers import gather_tokens
from workbench.text.batch import CaptionBatch

Grid = tuple[int, int, int]


def normalise(clips: Tensor) -> Tensor:
    """uint8 pixels to floats of roughly unit variance around zero: what the encoder is given."""
    return clips.float() * (4 / 255) - 2


@dataclass(frozen=True)
class ClipTargets:
    """What a step knows of its clips whatever is masked; made once a step and shared by all of its masks.

    targets (B, N, D)               teacher at every token, N = t·h·w; no gradient where there is a teacher
    grid (t, h, w)
    clips (B, T, H, W, 3)           uint8 pixels
    text                            their captions, where the run has any
    """

    targets: Tensor
    grid: Grid
    clips: Tensor
    text: CaptionBatch | None = None

    @cached_property
    def dense(self) -> Tensor:
        """H: teacher tokens on the grid: (B, t, h, w, D)."""
        return self.targets.unflatten(1, self.grid)

    @cached_property
    def change(self) -> Tensor:
        """H[t+1] − H[t]: (B, t-1, h, w, D)."""
        return self.dense[:, 1:] - self.dense[:, :-1]

    @cached_property
    def colour_change(self) -> Tensor:
        """Change of each token's mean colour from t to t+1, in the encoder's units: (B, t-1, h, w, 3)."""
        b, frames, height, width, _ = self.clips.shape
        t, h, w = self.grid
        tokens = normalise(self.clips).reshape(b, t, frames // t, h, height // h, w, width // w, 3).mean((2, 4, 6))
        return tokens[:, 1:] - tokens[:, :-1]


@dataclass(frozen=True)
class LatentBatch:
    """Latents of one batch under one mask generator.

    context (B, K, D)               context encoder at the visible tokens
    predictions (B, M, D)           predictor at the predicted tokens
    context_predictions (B, K, D)   predictor at the visible tokens
    visible (B, K), predicted (B, M)  token indices
    clip                            teacher's tokens, grid and pixels; read here as `targets`, `grid`, `target_grid`, …
    progress ()                     share of training done, in [0, 1]
    """

    context: Tensor
    predictions: Tensor
    context_predictions: Tensor
    visible: Tensor
    predicted: Tensor
    clip: ClipTargets
    progress: Tensor

    @property
    def grid(self) -> Grid:
        """(t, h, w)."""
        return self.clip.grid

    @property
    def targets(self) -> Tensor:
        """Teacher at every token: (B, N, D)."""
        return self.clip.targets

    @property
    def target_grid(self) -> Tensor:
        """H: teacher tokens on the grid: (B, t, h, w, D)."""
        return self.clip.dense

    @property
    def target_change(self) -> Tensor:
        """H[t+1] − H[t]: (B, t-1, h, w, D)."""
        return self.clip.change

    @property
    def colour_change(self) -> Tensor:
        """Change of each token's mean colour from t to t+1: (B, t-1, h, w, 3)."""
        return self.clip.colour_change

    @property
    def text(self) -> CaptionBatch:
        """Captions of the clips; a run without them raises."""
        if self.clip.text is None:
            raise WorkbenchError("This run has no captions: video–text terms need the section `text` of the settings.")
        return self.clip.text

    @cached_property
    def prediction_error(self) -> Tensor:
        """|ẑ − H|, mean over channels, at the predicted tokens: (B, M)."""
        return (self.predictions - gather_tokens(self.targets, self.predicted)).abs().mean(-1)

    @cached_property
    def context_grid(self) -> Tensor:
        """Z: context tokens on the grid, zero where not visible: (B, t, h, w, D)."""
        b, n, d = self.targets.shape
        index = self.visible[..., None].expand(-1, -1, d)
        return self.context.new_zeros(b, n, d).scatter(1, index, self.context).unflatten(1, self.grid)

    @cached_property
    def visible_grid(self) -> Tensor:
        """V: True where a token is visible: (B, t, h, w)."""
        b, n, _ = self.targets.shape
        seen = torch.zeros(b, n, dtype=torch.bool, device=self.visible.device)
        return seen.scatter(1, self.visible, True).unflatten(1, self.grid)

    @cached_property
    def visible_pairs(self) -> Tensor:
        """Where a place is visible at t and at t+1: (B, t-1, h, w)."""
        return self.visible_grid[:, :-1] & self.visible_grid[:, 1:]

    @cached_property
    def pair_index(self) -> Tensor:
        """Place of every visible token among the pairs (t, t+1), for a head that is to run on visible tokens only: (B, K).

        A token of the last time step, which begins no pair, gets the last place; `begins_pair` leaves it out.
        """
        t, h, w = self.grid
        return self.visible.clamp(max=max((t - 1) * h * w - 1, 0))

    @cached_property
    def begins_pair(self) -> Tensor:
        """Where a visible token's place is visible at the next time step too: (B, K)."""
        t, h, w = self.grid
        if t == 1:
            return torch.zeros_like(self.visible, dtype=torch.bool)
        seen = self.visible_pairs.flatten(1).gather(1, self.pair_index)
        return seen & (self.visible < (t - 1) * h * w)

    def at_pairs(self, values: Tensor) -> Tensor:
        """`values` (B, t-1, h, w, C) of the pairs that the visible tokens begin: (B, K, C)."""
        if not values.shape[1]:  # one time step has no pairs
            return values.new_zeros(*self.visible.shape, values.shape[-1])
        return gather_tokens(values.flatten(1, 3), self.pair_index)

    @cached_property
    def context_change(self) -> Tensor:
        """Z[t+1] − Z[t], of meaning at visible pairs only: (B, t-1, h, w, D)."""
        return self.context_grid[:, 1:] - self.context_grid[:, :-1]

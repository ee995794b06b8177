"""What one training step hands to the objectives: tokens, targets, where they lie, and the dense grids made of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor


@dataclass(frozen=True)
class LatentBatch:
    """Latents of one batch under one mask generator.

    context (B, K, D)               context encoder at the visible tokens
    predictions (B, M, D)           predictor at the predicted tokens
    context_predictions (B, K, D)   predictor at the visible tokens
    targets (B, N, D)               teacher at every token, no gradient, N = t·h·w
    visible (B, K), predicted (B, M)  token indices
    grid (t, h, w)
    clips (B, T, H, W, 3)           uint8 pixels
    progress ()                     share of training done, in [0, 1]
    """

    context: Tensor
    predictions: Tensor
    context_predictions: Tensor
    targets: Tensor
    visible: Tensor
    predicted: Tensor
    grid: tuple[int, int, int]
    clips: Tensor
    progress: Tensor

    @cached_property
    def context_grid(self) -> Tensor:
        """Z: context tokens on the grid, zero where not visible: (B, t, h, w, D)."""
        b, n, d = self.targets.shape
        index = self.visible[..., None].expand(-1, -1, d)
        return self.context.new_zeros(b, n, d).scatter(1, index, self.context).reshape(b, *self.grid, d)

    @cached_property
    def target_grid(self) -> Tensor:
        """H: teacher tokens on the grid: (B, t, h, w, D)."""
        return self.targets.reshape(len(self.targets), *self.grid, -1)

    @cached_property
    def visible_grid(self) -> Tensor:
        """V: True where a token is visible: (B, t, h, w)."""
        b, n, _ = self.targets.shape
        seen = torch.zeros(b, n, dtype=torch.bool, device=self.visible.device)
        return seen.scatter(1, self.visible, True).reshape(b, *self.grid)

    @cached_property
    def visible_pairs(self) -> Tensor:
        """Where a place is visible at t and at t+1: (B, t-1, h, w)."""
        return self.visible_grid[:, :-1] & self.visible_grid[:, 1:]

    @cached_property
    def target_change(self) -> Tensor:
        """H[t+1] − H[t]: (B, t-1, h, w, D)."""
        return self.target_grid[:, 1:] - self.target_grid[:, :-1]

    @cached_property
    def context_change(self) -> Tensor:
        """Z[t+1] − Z[t], of meaning at visible pairs only: (B, t-1, h, w, D)."""
        return self.context_grid[:, 1:] - self.context_grid[:, :-1]

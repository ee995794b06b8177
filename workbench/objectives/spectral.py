"""`spectral`: context and teacher are to have the same spectrum in time, high frequencies counting most."""

from __future__ import annotations

import torch
from torch import Tensor

from workbench.errors import WorkbenchError
from workbench.latents import Grid, LatentBatch
from workbench.objectives.base import OBJECTIVES, Objective
from workbench.objectives.terms import TokenErrors

STEPS = 4  # time steps below which a spectrum says nothing


@OBJECTIVES.register("spectral")
class Spectral(Objective):
    """`spectral` = mean of F·|rfft_t(Z) − rfft_t(H)| over places that are visible at every t, frequencies and channels.

    F rises linearly from `low` at the lowest frequency to 1 at the highest; |·| is the modulus. The study's coefficient
    is 1.0. Source: arXiv 2605.17165, restated in OBJECTIVES. Raises for a grid of under 4 time steps.
    """

    terms = ("spectral",)

    def __init__(self, width: int, *, low: float = 0.1) -> None:
        super().__init__(width)
        self.low = low

    def check(self, grid: Grid) -> None:
        """At least 4 time steps."""
        if grid[0] < STEPS:
            raise WorkbenchError(
                f"'spectral' needs at least {STEPS} time steps of tokens and the grid has {grid[0]}. "
                "Raise data.frames or lower model.tubelet."
            )

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The term, token-wise: one error a place (B, h, w)."""
        spectrum = torch.fft.rfft(batch.context_grid - batch.target_grid, dim=1)
        weight = torch.linspace(self.low, 1.0, spectrum.shape[1], device=spectrum.device, dtype=batch.context.dtype)
        errors = (weight[:, None, None, None] * spectrum.abs()).mean((1, 4))
        return {"spectral": TokenErrors(errors, batch.visible_grid.all(1))}

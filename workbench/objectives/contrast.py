"""`ltc`, latent temporal contrast: a context token is to be nearer to its own time step than to the next one."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from workbench.latents import LatentBatch
from workbench.objectives.base import OBJECTIVES, Objective
from workbench.objectives.terms import TokenErrors


@OBJECTIVES.register("ltc")
class LatentTemporalContrast(Objective):
    """`ltc` = mean over visible pairs of max(0, margin − cos(Z[t], H[t]) + cos(Z[t], H[t+1])).

    The study's margin and coefficient are 0.5. Source: arXiv 2605.17165, restated in OBJECTIVES.
    """

    terms = ("ltc",)

    def __init__(self, width: int, *, margin: float = 0.5) -> None:
        super().__init__(width)
        self.margin = margin

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The term, token-wise."""
        now = F.cosine_similarity(batch.context_grid[:, :-1], batch.target_grid[:, :-1], dim=-1)
        later = F.cosine_similarity(batch.context_grid[:, :-1], batch.target_grid[:, 1:], dim=-1)
        return {"ltc": TokenErrors((self.margin - now + later).clamp(min=0), batch.visible_pairs)}

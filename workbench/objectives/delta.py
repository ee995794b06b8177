"""`delta`: the context encoder's change in time is to be the teacher's."""

from __future__ import annotations

from torch import Tensor

from workbench.latents import LatentBatch
from workbench.objectives.base import OBJECTIVES, Objective
from workbench.objectives.terms import TokenErrors


@OBJECTIVES.register("delta")
class Delta(Objective):
    """`delta` = mean over visible pairs and channels of |(Z[t+1] − Z[t]) − (H[t+1] − H[t])|.

    The study's coefficient is 0.5. Source: arXiv 2605.17165, restated in OBJECTIVES.
    """

    terms = ("delta",)

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The term, token-wise."""
        return {"delta": TokenErrors((batch.context_change - batch.target_change).abs().mean(-1), batch.visible_pairs)}

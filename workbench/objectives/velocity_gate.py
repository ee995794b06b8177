"""`velgate`: where the teacher says that little moves, the context encoder is to stand still."""

from __future__ import annotations

from torch import Tensor

from workbench.errors import WorkbenchError
from workbench.latents import LatentBatch
from workbench.objectives.base import OBJECTIVES, Objective
from workbench.objectives.terms import TokenErrors


@OBJECTIVES.register("velgate")
class VelocityGate(Objective):
    """`velgate` = mean over gated visible pairs of |Z[t+1] − Z[t]|.

    A place's gate is open where the teacher's speed ‖H[t+1] − H[t]‖ is at or below its `quantile` over the places of that
    clip and step (the study: the median). The study's coefficient is 1.0. Source: arXiv 2605.17165, restated in OBJECTIVES.
    """

    terms = ("velgate",)

    def __init__(self, width: int, *, quantile: float = 0.5) -> None:
        super().__init__(width)
        if not 0 <= quantile <= 1:
            raise WorkbenchError(f"quantile={quantile} of 'velgate' must be from 0 to 1.")
        self.quantile = quantile

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The term, token-wise."""
        speed = batch.target_change.detach().norm(dim=-1)
        places = speed.flatten(2).sort(2).values
        limit = places[..., int(self.quantile * (places.shape[2] - 1))]
        still = speed <= limit[..., None, None]
        return {"velgate": TokenErrors(batch.context_change.abs().mean(-1), batch.visible_pairs & still)}

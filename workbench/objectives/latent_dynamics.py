"""`ld`: a head on each context token predicts how the teacher's token changes by the next time step."""

from __future__ import annotations

from torch import Tensor

from workbench.latents import LatentBatch
from workbench.objectives.base import OBJECTIVES, Objective, appearance_channels, mlp_head
from workbench.objectives.terms import TokenErrors


@OBJECTIVES.register("ld")
class LatentDynamics(Objective):
    """`ld` = mean over visible pairs and channels of |head(Z[t]) − (H[t+1] − H[t])|.

    head = Linear(D, hidden)–GELU–Linear(hidden, D). With `app_ratio` above 0 the head sees only the dynamics block, the
    channels after the first app_ratio·D (`fwm_ld`). `hw_ld` weights it by `objective.hard`. The study's coefficient is 1.0.
    Source: arXiv 2605.17165, restated in OBJECTIVES.
    """

    terms = ("ld",)

    def __init__(self, width: int, *, hidden: int = 256, app_ratio: float = 0.0) -> None:
        super().__init__(width)
        self.appearance = appearance_channels(width, app_ratio) if app_ratio else 0
        self.head = mlp_head(width - self.appearance, hidden, width)

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The term, token-wise."""
        change = self.head(batch.context[..., self.appearance :])
        return {"ld": TokenErrors((change - batch.at_pairs(batch.target_change)).abs().mean(-1), batch.begins_pair)}

"""`ac`, action-conditioned: a head on each context token predicts how the token's mean colour changes by the next time step."""

from __future__ import annotations

from torch import Tensor

from workbench.latents import LatentBatch
from workbench.objectives.base import OBJECTIVES, Objective, appearance_channels, mlp_head
from workbench.objectives.terms import TokenErrors


@OBJECTIVES.register("ac")
class ActionConditioned(Objective):
    """`ac` = mean over visible pairs and colours of |head(Z[t]) − (c[t+1] − c[t])|, c the mean colour of a token's pixels.

    head = Linear(D, hidden)–GELU–Linear(hidden, 3); colours are in the units that the encoder is given. With `app_ratio`
    above 0 the head sees only the dynamics block (`fac`). The study's coefficient is 1.0. Source: arXiv 2605.17165,
    restated in OBJECTIVES.
    """

    terms = ("ac",)

    def __init__(self, width: int, *, hidden: int = 256, app_ratio: float = 0.0) -> None:
        super().__init__(width)
        self.appearance = appearance_channels(width, app_ratio) if app_ratio else 0
        self.head = mlp_head(width - self.appearance, hidden, 3)

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The term, token-wise."""
        change = self.head(batch.context[..., self.appearance :])
        return {"ac": TokenErrors((change - batch.at_pairs(batch.colour_change)).abs().mean(-1), batch.begins_pair)}

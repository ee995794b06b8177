"""`hw`: the prediction error once more, to be weighted towards the tokens that are predicted worst."""

from __future__ import annotations

from torch import Tensor

from workbench.latents import LatentBatch
from workbench.objectives.base import OBJECTIVES, Objective
from workbench.objectives.terms import TokenErrors


@OBJECTIVES.register("hw")
class HardRegion(Objective):
    """`hw` = mean(w·|ẑ − H|) over predicted tokens, w = K·softmax(e/τ), e the token's own error, no gradient through w.

    The weights come from `objective.hard` (`TokenErrors.hard_mean`); without that entry the term is the plain prediction loss.
    At τ = 1 and errors that differ by about 0.1, w is nearly uniform; the share of tokens in effect is logged with the
    term. The study's coefficient is 0.3, and 1.0 beside `ld`. Source: arXiv 2605.17165, restated in OBJECTIVES.
    """

    terms = ("hw",)

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The term, token-wise."""
        return {"hw": TokenErrors(batch.prediction_error)}

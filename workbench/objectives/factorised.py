"""`fwm`, the factorised world model: an appearance block that stands still and shares nothing linear with the rest."""

from __future__ import annotations

from torch import Tensor

from workbench.distributed import all_mean
from workbench.latents import LatentBatch
from workbench.objectives.base import OBJECTIVES, Objective, appearance_channels
from workbench.objectives.terms import TokenErrors


@OBJECTIVES.register("fwm")
class FactorisedWorldModel(Objective):
    """`fwm_static` = mean over visible pairs of |Za[t+1] − Za[t]|; `fwm_orth` = mean squared cross-covariance of Za and Zd.

    Za is the first app_ratio·D channels (appearance), Zd the rest (dynamics); the covariance runs over the visible tokens
    of the joint batch. Source: arXiv 2605.17165, restated in OBJECTIVES; the study's coefficients are 0.05 and 0.01.
    """

    terms = ("fwm_static", "fwm_orth")

    def __init__(self, width: int, *, app_ratio: float = 0.5) -> None:
        super().__init__(width)
        self.appearance = appearance_channels(width, app_ratio)

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The static term token-wise, the covariance as a scalar."""
        static = TokenErrors(batch.context_change[..., : self.appearance].abs().mean(-1), batch.visible_pairs)
        tokens = batch.context.flatten(0, 1)
        appearance, dynamics = tokens[:, : self.appearance], tokens[:, self.appearance :]
        moment = all_mean(appearance.T @ dynamics / len(tokens))
        covariance = moment - all_mean(appearance.mean(0))[:, None] * all_mean(dynamics.mean(0))
        return {"fwm_static": static, "fwm_orth": covariance.square().mean()}

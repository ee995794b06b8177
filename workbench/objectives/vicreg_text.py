"""`vicreg_vt`: clips and captions are tied without negatives, by invariance, variance and covariance."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from workbench.latents import LatentBatch
from workbench.objectives.base import OBJECTIVES
from workbench.objectives.terms import TokenErrors
from workbench.objectives.video_text import VideoText

INVARIANCE, VARIANCE, COVARIANCE = 25.0, 25.0, 1.0
LEAST = 1e-4  # under the root


@OBJECTIVES.register("vicreg_vt")
class VicregVideoText(VideoText):
    """(25·‖u − t‖²/d + 25·[v(U) + v(T)] + c(U) + c(T))/25 of projections that keep their length, over the joint batch.

    v: mean of max(0, 1 − deviation) over channels; c: Σ of the squared off-diagonal covariances over d. Source: VICReg
    (arXiv 2105.04906, equations 1 to 6), with its coefficients; divided by 25 so that λ means what it means for `infonce`.
    """

    terms = ("vicreg_vt",)

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """{"vicreg_vt": ()}."""
        pairs = self.pairs(batch)
        invariance = F.mse_loss(pairs.video[pairs.own], pairs.text)
        spread = sum(VARIANCE * hinge(x) + COVARIANCE * off_diagonal(x) for x in (pairs.video, pairs.text))
        return {"vicreg_vt": (INVARIANCE * invariance + spread) / INVARIANCE}


def hinge(x: Tensor) -> Tensor:
    """Mean of max(0, 1 − √(variance + 10⁻⁴)) over the channels of rows x (n, d): ()."""
    return F.relu(1 - (x.var(0) + LEAST).sqrt()).mean()


def off_diagonal(x: Tensor) -> Tensor:
    """Sum of the squared covariances of different channels over d, of rows x (n, d): ()."""
    centred = x - x.mean(0)
    covariance = centred.T @ centred / (len(x) - 1)
    return (covariance.square().sum() - covariance.diagonal().square().sum()) / x.shape[1]

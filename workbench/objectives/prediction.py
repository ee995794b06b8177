"""The base loss: latent prediction at masked tokens and, late in training, at visible ones."""

from __future__ import annotations

import torch
from torch import Tensor

from workbench.latents import Grid, LatentBatch
from workbench.models.layers import gather_tokens
from workbench.objectives.base import OBJECTIVES, Objective
from workbench.objectives.terms import TokenErrors


@OBJECTIVES.register("base")
class Prediction(Objective):
    """`predict` = mean|ẑ − H| over predicted tokens; `context` = mean of |ẑ − H|/√d over visible tokens.

    d is the distance in grid steps from a visible token to the nearest predicted one. The study weights `context` by λ,
    0 until half of training and rising linearly to 0.5. Source: V-JEPA 2.1, restated in OBJECTIVES ("Base").
    """

    terms = ("predict", "context")

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """Both terms, token-wise."""
        error = (batch.context_predictions - gather_tokens(batch.targets, batch.visible)).abs().mean(-1)
        distance = nearest_distance(batch.visible, batch.predicted, batch.grid)
        return {"predict": TokenErrors(batch.prediction_error), "context": TokenErrors(error / distance.sqrt())}


def nearest_distance(visible: Tensor, predicted: Tensor, grid: Grid) -> Tensor:
    """Euclidean distance in grid steps from every visible token to the nearest predicted one: (B, K).

    One `cdist` between all visible and all predicted tokens.
    """
    axes = torch.meshgrid(*(torch.arange(n, dtype=torch.float32, device=visible.device) for n in grid), indexing="ij")
    place = torch.stack([axis.reshape(-1) for axis in axes], -1)
    return torch.cdist(place[visible], place[predicted]).amin(-1)

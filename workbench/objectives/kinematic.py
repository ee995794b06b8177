"""`kinematic`: latents are to move slowly (first difference in time) or evenly (second difference)."""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F
from torch import Tensor

from workbench.errors import WorkbenchError
from workbench.latents import LatentBatch
from workbench.objectives.base import OBJECTIVES, Objective
from workbench.objectives.terms import TokenErrors


@OBJECTIVES.register("kinematic")
class Kinematic(Objective):
    """`kinematic` = mean of |x[t+1] − x[t]| (order 1) or |x[t+2] − 2x[t+1] + x[t]| (order 2) over tokens and channels.

    x is Z, at places visible at each of the 2 or 3 steps (`of="context"`). With `of="teacher"` it is H at all tokens, as in
    the study's released code, where it trains nothing: the weights behind H are in no optimiser. `huber` takes Huber's
    loss with that δ in place of |·|; `share` is the share of the leading channels that it acts on (`kinematic_split`: 0.5).
    Source: arXiv 2605.17165, restated in OBJECTIVES with its reading.
    """

    terms = ("kinematic",)

    def __init__(
        self,
        width: int,
        *,
        order: Literal[1, 2] = 1,
        huber: float | None = None,
        share: float = 1.0,
        of: Literal["context", "teacher"] = "context",
    ) -> None:
        super().__init__(width)
        if order not in (1, 2) or of not in ("context", "teacher"):
            raise WorkbenchError(f"'kinematic' takes order 1 or 2 of 'context' or 'teacher'; given {order} of '{of}'.")
        self.channels = int(share * width)
        if not 0 < self.channels <= width:
            raise WorkbenchError(f"share={share} of {width} channels leaves an empty block; choose a share up to 1.")
        if huber is not None and not huber > 0:
            raise WorkbenchError(f"huber={huber} is no δ of Huber's loss; it must be above 0.")
        self.appearance = self.channels % width  # the whole token is no block
        self.order, self.huber, self.of = order, huber, of

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The term, token-wise; 0 where time has too few steps."""
        x = (batch.context_grid if self.of == "context" else batch.target_grid)[..., : self.channels]
        seen = batch.visible_grid
        for _ in range(self.order):
            x, seen = x[:, 1:] - x[:, :-1], seen[:, 1:] & seen[:, :-1]
        errors = x.abs() if self.huber is None else F.huber_loss(x, x.new_zeros(()).expand_as(x), "none", self.huber)
        return {"kinematic": TokenErrors(errors.mean(-1), seen if self.of == "context" else seen | True)}

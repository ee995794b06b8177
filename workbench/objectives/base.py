"""What an objective is, and the registry of them."""

from __future__ import annotations

from torch import Tensor, nn

from workbench.errors import WorkbenchError
from workbench.latents import Grid, LatentBatch
from workbench.objectives.terms import TokenErrors
from workbench.registry import Registry


class Objective(nn.Module):
    """Terms of the loss, and the heads that only they use.

    A subclass names its `terms`, takes the latent width as its first argument and its settings as keywords, and returns
    from `forward` one unweighted value for each term: a scalar, or `TokenErrors`, which hard-region weighting can be laid
    over. Coefficients, schedules and weighting belong to the set.
    """

    terms: tuple[str, ...] = ()
    appearance: int = 0  # leading channels that it keeps for what stands still; 0: it divides nothing

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """Unweighted terms of one batch, by name."""
        raise NotImplementedError

    def check(self, grid: Grid) -> None:
        """Raise where the terms have no meaning on a token grid (t, h, w)."""


OBJECTIVES: Registry[type[Objective]] = Registry("objective")


def mlp_head(inputs: int, hidden: int, outputs: int) -> nn.Sequential:
    """Linear–GELU–Linear, the form of every head in the study."""
    return nn.Sequential(nn.Linear(inputs, hidden), nn.GELU(), nn.Linear(hidden, outputs))


def appearance_channels(width: int, app_ratio: float) -> int:
    """Number of leading channels that form the appearance block; both blocks must hold at least one."""
    count = int(app_ratio * width)
    if not 0 < count < width:
        raise WorkbenchError(
            f"app_ratio={app_ratio} of {width} channels leaves an empty block; choose a share between 0 and 1."
        )
    return count

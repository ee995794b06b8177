"""What an objective is, the registry of them, and the set that a run trains with."""

from __future__ import annotations

from typing import Any

from torch import Tensor, nn

from workbench.config import ObjectiveSettings
from workbench.errors import UnknownName, WorkbenchError
from workbench.latents import LatentBatch
from workbench.registry import Registry


class Objective(nn.Module):
    """Terms of the loss, and the heads that only they use.

    A subclass names its `terms`, takes the latent width as its first argument and its settings as keywords, and returns
    from `forward` one unweighted scalar for each term. Coefficients belong to the set.
    """

    terms: tuple[str, ...] = ()

    def forward(self, batch: LatentBatch) -> dict[str, Tensor]:
        """Unweighted scalar terms of one batch, by name."""
        raise NotImplementedError


OBJECTIVES: Registry[type[Objective]] = Registry("objective")


class ObjectiveSet(nn.Module):
    """The base loss and the objectives of a variant, with the coefficient of every term.

    `width` is the number of channels of a latent token.
    """

    def __init__(self, settings: ObjectiveSettings, width: int) -> None:
        super().__init__()
        self.context_weight, self.context_start = settings.context_weight, settings.context_start
        self.parts = nn.ModuleDict({"base": _build("base", width, {})})
        for name, keywords in settings.settings.items():
            self.parts[name] = _build(name, width, keywords)
        self.terms = tuple(term for part in self._objectives() for term in part.terms)
        if doubled := {term for term in self.terms if self.terms.count(term) > 1}:
            raise WorkbenchError(f"Two objectives of this run have a term named {sorted(doubled)}; rename one of them.")
        self.weights = dict.fromkeys(self.terms, 1.0) | settings.weights
        for term, weight in settings.weights.items():
            if term not in self.terms:
                raise UnknownName("loss term", term, self.terms)
            if not 0 <= weight < float("inf"):
                raise WorkbenchError(f"The weight of '{term}' is {weight}; it must be a finite number, zero or more.")

    def _objectives(self) -> list[Objective]:
        return [part for part in self.parts.values() if isinstance(part, Objective)]

    def coefficient(self, term: str, progress: Tensor) -> Tensor | float:
        """Coefficient of `term` at `progress` in [0, 1]."""
        if term != "context":
            return self.weights[term]
        span = max(1 - self.context_start, 1e-9)
        return self.weights[term] * self.context_weight * ((progress - self.context_start) / span).clamp(0, 1)

    def forward(self, batch: LatentBatch) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Raw and weighted terms; the loss is the sum of the weighted ones."""
        raw: dict[str, Tensor] = {}
        for part in self._objectives():
            raw |= part(batch)
        return raw, {term: self.coefficient(term, batch.progress) * value for term, value in raw.items()}


def _build(name: str, width: int, keywords: dict[str, Any]) -> Objective:
    try:
        return OBJECTIVES[name](width, **keywords)
    except TypeError as error:
        raise WorkbenchError(f"Objective '{name}' does not take these settings: {keywords} ({error}).") from None


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

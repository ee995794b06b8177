"""What a probe gets and gives, and the registry of probes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.config import ProbeSettings
from workbench.errors import WorkbenchError
from workbench.features import Features, standardise
from workbench.registry import Registry


@dataclass(frozen=True)
class Labelled:
    """Frozen features of one split with the class of every clip for one factor."""

    features: Features
    labels: np.ndarray


@dataclass(frozen=True)
class ProbeTask:
    """One factor to be read from frozen features: fitted on `train`, chosen on `val`, told of `test`."""

    train: Labelled
    val: Labelled
    test: Labelled
    classes: int
    seed: int
    settings: ProbeSettings

    def means(self, per_time: bool = False) -> list[np.ndarray]:
        """Means of the tokens of train, val and test, standardised by those of train: over all tokens (n, D), or per time step (n, t·D)."""
        parts = [part.features for part in (self.train, self.val, self.test)]
        return standardise(
            *(part.per_time.reshape(len(part.tokens), -1) if per_time else part.pooled for part in parts)
        )

    def check(self) -> None:
        """Raise where the task cannot be fitted: non-finite features, one class, or labels outside the classes."""
        for name, part in (("train", self.train), ("val", self.val), ("test", self.test)):
            if not np.isfinite(part.features.pooled).all():
                raise WorkbenchError(
                    f"The {name} features hold non-finite values; the encoder is broken or the run diverged."
                )
            if part.labels.min() < 0 or part.labels.max() >= self.classes:
                raise WorkbenchError(f"A label of the {name} split lies outside 0..{self.classes - 1}.")
        if len(np.unique(self.train.labels)) < 2:
            raise WorkbenchError("The labelled clips hold one class only; a probe needs two. Choose another factor.")


@dataclass(frozen=True)
class ProbeOutcome:
    """Predicted test classes, the accuracy on validation of what was chosen, the choice and the budget in words."""

    predicted: np.ndarray
    val_accuracy: float
    choice: str
    budget: str


Probe = Callable[[ProbeTask], ProbeOutcome]
PROBES: Registry[Probe] = Registry("probe")

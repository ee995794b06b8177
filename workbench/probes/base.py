"""What a probe gets and gives, and the registry of probes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from workbench.config import ProbeSettings
from workbench.errors import WorkbenchError
from workbench.features import Features, standardise
from workbench.registry import Registry
from workbench.threads import one_blas_thread


@dataclass(frozen=True)
class Labelled:
    """Frozen features of one split with the class of every clip for one factor (its value, where the factor is continuous)."""

    features: Features
    labels: np.ndarray

    def means(self, per_time: bool) -> np.ndarray:
        """Means of the tokens, float32: over all tokens (n, D), or over the frame at each time step (n, t·D)."""
        return self.features.per_time.reshape(len(self.labels), -1) if per_time else self.features.pooled


@dataclass(frozen=True)
class ProbeTask:
    """One factor to be read from frozen features: fitted on `train`, chosen on `val`, told of `test`.

    `classes` is the number of the factor's classes, 0 for a continuous factor: labels are float values then.
    """

    train: Labelled
    val: Labelled
    test: Labelled
    classes: int
    seed: int
    settings: ProbeSettings

    def means(self, per_time: bool = False) -> list[np.ndarray]:
        """Means of the tokens of train, val and test, standardised by those of train: over all tokens (n, D), or per time step (n, t·D)."""
        return standardise(*(part.means(per_time) for _, part in self.splits()))

    def splits(self) -> list[tuple[str, Labelled]]:
        """The three splits by name."""
        return [("train", self.train), ("val", self.val), ("test", self.test)]

    @property
    def continuous(self) -> bool:
        """Whether the factor has values instead of classes: its score is R², and only the probes of CONTINUOUS read it."""
        return self.classes == 0

    def check(self) -> None:
        """Raise where the task cannot be fitted: an empty split, non-finite features, one class, or labels outside the classes."""
        for name, part in self.splits():
            if len(part.labels) == 0:
                raise WorkbenchError(f"The {name} split holds no clips; a probe needs all of train, val and test.")
            if not np.isfinite(part.features.pooled).all():
                raise WorkbenchError(
                    f"The {name} features hold non-finite values; the encoder is broken or the run diverged."
                )
            if self.continuous and not np.isfinite(part.labels).all():
                raise WorkbenchError(f"The continuous factor holds non-finite values in the {name} split.")
            if not self.continuous and (part.labels.min() < 0 or part.labels.max() >= self.classes):
                raise WorkbenchError(f"A label of the {name} split lies outside 0..{self.classes - 1}.")
            if self.continuous and np.ptp(part.labels) == 0:
                raise WorkbenchError(
                    f"The continuous factor has one value only in the {name} split: R² is not defined."
                )
        if len(np.unique(self.train.labels)) < 2:
            raise WorkbenchError("The labelled clips hold one class only; a probe needs two. Choose another factor.")

    @property
    def note(self) -> str:
        """Which classes which split lacks, in words for the column `note`; empty where every split holds them all."""
        if self.continuous:
            return ""
        lacking = {name: np.setdiff1d(np.arange(self.classes), part.labels) for name, part in self.splits()}
        return "; ".join(f"{name} lacks {_listed(absent)}" for name, absent in lacking.items() if len(absent))


@dataclass(frozen=True)
class ProbeOutcome:
    """Predicted test classes, the accuracy on validation of what was chosen, the choice and the budget in words.

    `scores`, of which the largest is predicted and whose mean is taken over views of a clip: probabilities of the test classes
    (n, classes), by ridge the values of their indicators. Of a continuous factor: predicted values (n,), which are the scores
    too, and R², clipped at 0.
    """

    predicted: np.ndarray
    scores: np.ndarray
    val_accuracy: float
    choice: str
    budget: str


Probe = Callable[[ProbeTask], ProbeOutcome]
Together = Callable[[Mapping[str, ProbeTask]], dict[str, ProbeOutcome]]
PROBES: Registry[Probe] = Registry("probe")
TOGETHER: Registry[Together] = Registry("probe of several factors")  # those of PROBES that read all in one pass
CONTINUOUS = ("ridge", "ridge_time")  # the probes that read continuous factors too


def ask(probe: str, task: ProbeTask) -> ProbeOutcome:
    """What the probe of that name says of the task, checked first. Raises for an unknown probe or one that cannot read the factor."""
    read = PROBES[probe]
    if task.continuous and probe not in CONTINUOUS:
        raise WorkbenchError(
            f"The probe '{probe}' reads classes; a continuous factor is read by {', '.join(CONTINUOUS)}."
        )
    task.check()
    with one_blas_thread():
        return read(task)


def ask_all(probe: str, tasks: Mapping[str, ProbeTask]) -> dict[str, ProbeOutcome]:
    """What the probe says of every factor of one set of features: in one pass where the probe can, else one by one."""
    if probe in TOGETHER:
        return TOGETHER[probe](tasks)
    return {name: ask(probe, task) for name, task in tasks.items()}


def _listed(classes: np.ndarray, most: int = 5) -> str:
    words = ", ".join(map(str, classes[:most])) + (f" and {len(classes) - most} more" if len(classes) > most else "")
    return f"{'class' if len(classes) == 1 else 'classes'} {words}"

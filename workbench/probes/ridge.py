"""Ridge regression, every penalty from one eigendecomposition: of a continuous factor, or of the indicators of classes.

A continuous factor is scored by R², clipped at 0; of classes the one with the largest value is predicted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from workbench.errors import WorkbenchError
from workbench.probes.base import PROBES, ProbeOutcome, ProbeTask
from workbench.probes.logistic import check_features, principal, statistics

PENALTIES = (
    1e4,
    1e3,
    1e2,
    10.0,
    1.0,
    0.1,
)  # of the squared weights, against the sum of squared errors; strongest first


@dataclass(frozen=True)
class RidgeFit:
    """A fitted linear regression of raw (not standardised) features.

    weights    (D,) or (D, targets), for standardised features
    offset     what is predicted at the mean of train
    val_score  R² clipped at 0 (of `fit_ridge`) on the validation split of the penalty that was chosen there
    choice     that penalty in words, "penalty=10"
    """

    weights: np.ndarray
    offset: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    val_score: float
    choice: str

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Predicted values (n,) or (n, targets) of features (n, D)."""
        return np.asarray(((x - self.mean) / self.deviation) @ self.weights + self.offset)


def fit_ridge(
    train: np.ndarray,
    target: np.ndarray,
    val: np.ndarray,
    val_target: np.ndarray,
    penalties: tuple[float, ...] = PENALTIES,
) -> RidgeFit:
    """Fit on features `train` (n, D) with `target` (n,) or (n, targets); the penalty is the best on `val`, of equals the strongest.

    Minimises |y − Xw|² + penalty·|w|² on features standardised by train, the offset free: scikit-learn's `Ridge(alpha)`.
    Raises where features or targets are not finite, shapes do not fit, or the targets of a split are all equal.
    """
    check_features(val, val_target, "val")
    check_targets(target, "train")
    check_targets(val_target, "val")
    return _fit(train, target, val, lambda predicted: r_squared(val_target, predicted), penalties)


def _fit(
    train: np.ndarray,
    target: np.ndarray,
    val: np.ndarray,
    score: Callable[[np.ndarray], float],
    penalties: tuple[float, ...],
) -> RidgeFit:
    """The penalty whose predictions for `val` score best."""
    check_features(train, target, "train")
    mean, deviation = statistics(train)
    x = ((train - mean) / deviation).astype(np.float64)
    axes, squared = principal(x)
    offset = target.mean(0, dtype=np.float64)
    along = axes.T @ (x.T @ (target - offset))
    squared = squared.reshape(-1, *[1] * (along.ndim - 1))
    inside = ((val - mean) / deviation) @ axes
    each = [along / (squared + penalty) for penalty in penalties]
    scores = [score(inside @ w + offset) for w in each]
    best = int(np.argmax(scores))
    return RidgeFit(axes @ each[best], offset, mean, deviation, scores[best], f"penalty={penalties[best]:g}")


@PROBES.register("ridge")
def ridge(task: ProbeTask) -> ProbeOutcome:
    """On the mean over all tokens (D features)."""
    return _read(task, per_time=False)


@PROBES.register("ridge_time")
def ridge_time(task: ProbeTask) -> ProbeOutcome:
    """On the mean over the frame at each time step (t·D features)."""
    return _read(task, per_time=True)


def _read(task: ProbeTask, per_time: bool) -> ProbeOutcome:
    train, val, test = (part.means(per_time) for _, part in task.splits())
    if task.continuous:
        fit = fit_ridge(train, task.train.labels, val, task.val.labels)
        predicted = scores = fit.predict(test)
    else:
        indicators = np.eye(task.classes)[task.train.labels]
        fit = _fit(
            train, indicators, val, lambda values: float((values.argmax(1) == task.val.labels).mean()), PENALTIES
        )
        scores = fit.predict(test)
        predicted = scores.argmax(1)
    budget = f"{len(train)} labelled clips, {len(PENALTIES)} penalties, closed form"
    return ProbeOutcome(predicted, scores, fit.val_score, fit.choice, budget)


def r_squared(truth: np.ndarray, predicted: np.ndarray) -> float:
    """Share of the variance of `truth` (n,) or (n, targets) that is predicted, clipped at 0; the mean over targets.

    The baseline is the mean of `truth` itself. Raises where a target has one value only: there is no variance to explain.
    """
    spread = np.square(truth - truth.mean(0)).sum(0)
    if not np.all(spread > 0):
        raise WorkbenchError(
            "A continuous factor has one value in the split; R² is not defined. Choose another factor."
        )
    return float(np.mean(np.maximum(0.0, 1 - np.square(truth - predicted).sum(0) / spread)))


def check_targets(target: np.ndarray, name: str) -> None:
    """Raise where the continuous targets (n,) or (n, targets) of the split `name` are not finite or all equal."""
    if not np.isfinite(target).all():
        raise WorkbenchError(f"A continuous factor of the {name} split holds non-finite values.")
    if not np.all(np.ptp(target, axis=0) > 0):
        raise WorkbenchError(f"A continuous factor has one value only in the {name} split. Choose another factor.")

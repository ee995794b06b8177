"""Multinomial logistic regression to convergence, fast enough to be fitted hundreds of times by the nulls of a table.

The problem is scikit-learn's: the sum of the losses plus |W|²/(2C), the intercept free. What makes it fast is the
coordinates: in those of the principal components the Hessian is close to its diagonal, Σ p(1−p)·z² + 1/C for each component
and class, and divided by the root of it all directions curve alike. L-BFGS then needs some tens of steps where raw
features need hundreds, and each penalty starts where the stronger one before it ended.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.errors import WorkbenchError
from workbench.probes.base import PROBES, ProbeOutcome, ProbeTask
from workbench.threads import one_blas_thread

PENALTIES = (0.003, 0.03, 0.3, 3.0)  # inverse L2 strength C, strongest penalty first
ITERATIONS = 500
TOLERANCE = 1e-4  # of the gradient for one clip, in coordinates where the curvature is about one
MEMORY = 10  # pairs that L-BFGS keeps


@dataclass(frozen=True)
class LinearFit:
    """A fitted linear classifier of raw (not standardised) features.

    weights       (D, classes); zero for classes that the training labels lack
    bias          (classes,); −inf for those classes, so that they are never predicted
    val_accuracy  accuracy on the validation split of the penalty that was chosen there
    choice        that penalty in words, "C=0.3"
    missing       classes that the training labels lack
    """

    weights: np.ndarray
    bias: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    val_accuracy: float
    choice: str
    missing: tuple[int, ...] = ()

    def scores(self, x: np.ndarray) -> np.ndarray:
        """Logits (n, classes) of features (n, D)."""
        return _scores((x - self.mean) / self.deviation, self.weights, self.bias)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Predicted classes (n,), int64, of features (n, D)."""
        return self.scores(x).argmax(1)


def fit_logistic(
    train: np.ndarray,
    labels: np.ndarray,
    val: np.ndarray,
    val_labels: np.ndarray,
    classes: int,
    penalties: tuple[float, ...] = PENALTIES,
) -> LinearFit:
    """Fit on features `train` (n, D) with `labels` 0..classes−1; the penalty is the best on `val`, of equals the strongest.

    Features are standardised by train inside. Raises where features are not finite, shapes or labels do not fit, or the
    training labels hold one class only.
    """
    return max(fit_path(train, labels, val, val_labels, classes, penalties), key=lambda fit: fit.val_accuracy)


def fit_path(
    train: np.ndarray,
    labels: np.ndarray,
    val: np.ndarray,
    val_labels: np.ndarray,
    classes: int,
    penalties: tuple[float, ...] = PENALTIES,
) -> list[LinearFit]:
    """As `fit_logistic`, the fits of all penalties, strongest first."""
    check_features(train, labels, "train", classes)
    check_features(val, val_labels, "val", classes)
    present, inside = np.unique(labels, return_inverse=True)
    if len(present) < 2:
        raise WorkbenchError(f"All training labels are {present[0]}: a probe needs two classes. Choose another factor.")
    missing = tuple(int(c) for c in np.setdiff1d(np.arange(classes), present))
    mean, deviation = statistics(train)
    x = ((train - mean) / deviation).astype(np.float32)
    answers = ((val - mean) / deviation).astype(np.float32)
    fits = []
    for strength, found in zip(penalties, _path(x, inside, len(present), penalties), strict=True):
        weights = np.zeros((x.shape[1], classes), np.float32)
        bias = np.full(classes, -np.inf, np.float32)
        weights[:, present], bias[present] = found
        accuracy = float((_scores(answers, weights, bias).argmax(1) == val_labels).mean())
        fits.append(LinearFit(weights, bias, mean, deviation, accuracy, f"C={strength:g}", missing))
    return fits


@PROBES.register("logistic")
def logistic(task: ProbeTask) -> ProbeOutcome:
    """On the mean over all tokens (D features)."""
    return _read(task, per_time=False)


@PROBES.register("logistic_time")
def logistic_time(task: ProbeTask) -> ProbeOutcome:
    """On the mean over the frame at each time step (t·D features)."""
    return _read(task, per_time=True)


def _read(task: ProbeTask, per_time: bool) -> ProbeOutcome:
    from scipy.special import softmax

    train, val = task.train.means(per_time), task.val.means(per_time)
    fit = fit_logistic(train, task.train.labels, val, task.val.labels, task.classes)
    logits = fit.scores(task.test.means(per_time))
    return ProbeOutcome(
        predicted=logits.argmax(1),
        scores=softmax(logits, axis=1),
        val_accuracy=fit.val_accuracy,
        choice=fit.choice,
        budget=f"{len(train)} labelled clips, {len(PENALTIES)} penalties, L-BFGS to convergence",
    )


def statistics(train: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and deviation of every channel (D,); a constant channel has deviation 1."""
    mean, deviation = train.mean(0, dtype=np.float64), train.std(0, dtype=np.float64)
    return mean.astype(np.float32), np.where(deviation > 1e-6, deviation, 1.0).astype(np.float32)


def check_features(x: np.ndarray, labels: np.ndarray, name: str, classes: int = 0) -> None:
    """Raise where the features of the split `name` are not finite (n, D), or its labels do not fit them (classes 0: any number)."""
    if x.ndim != 2 or len(x) != len(labels) or len(x) == 0 or x.shape[1] == 0:
        raise WorkbenchError(
            f"The {name} features have shape {x.shape} with {len(labels)} labels; (clips, channels) is needed, neither of them 0."
        )
    if not np.isfinite(x).all():
        raise WorkbenchError(f"The {name} features hold non-finite values; the encoder is broken or the run diverged.")
    if classes and (labels.min() < 0 or labels.max() >= classes):
        raise WorkbenchError(f"A label of the {name} split lies outside 0..{classes - 1}.")


def _scores(x: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> np.ndarray:
    return np.asarray(x @ weights + bias)


def _path(
    x: np.ndarray, labels: np.ndarray, classes: int, penalties: tuple[float, ...]
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Weights (D, classes) and bias (classes,) for each penalty; `x` (n, D) is centred, every class is in `labels`."""
    with one_blas_thread():
        axes, _ = principal(x)
        z = x @ axes
        weights = np.zeros((axes.shape[1], classes))
        bias = np.log(np.bincount(labels, minlength=classes) / len(labels))
        found = []
        for penalty in penalties:
            weights, bias = _solve(z, labels, weights, bias, 1 / penalty)
            found.append(((axes @ weights).astype(np.float32), bias.astype(np.float32)))
    return found


def principal(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Axes (D, r) of the variance of centred `x`, and their squared singular values (r,); r at most n and D."""
    n, width = x.shape
    if n < width:
        squared, left = np.linalg.eigh((x @ x.T).astype(np.float64))
        keep = squared > squared[-1] * 1e-7
        axes = x.T @ left[:, keep] / np.sqrt(squared[keep])
    else:
        squared, axes = np.linalg.eigh((x.T @ x).astype(np.float64))
        keep = squared > squared[-1] * 1e-7
        axes = axes[:, keep]
    return axes.astype(np.float32), squared[keep]


def _solve(
    z: np.ndarray, labels: np.ndarray, weights: np.ndarray, bias: np.ndarray, ridge: float
) -> tuple[np.ndarray, np.ndarray]:
    """Minimise the summed loss plus ridge·|W|²/2 from the given start; (r, classes) and (classes,)."""
    from scipy.optimize import minimize

    n, rank, classes = len(z), z.shape[1], len(bias)
    rows = np.arange(n)
    p = _softmax(z @ weights.astype(np.float32) + bias.astype(np.float32))[0]
    p *= 1 - p
    scale = np.sqrt((z * z).T @ p + ridge).astype(np.float64)
    free = np.sqrt(p.sum(0, dtype=np.float64) + 1e-3)  # never 0, where a class is told apart surely
    inverse, shrink = (1 / scale).astype(np.float32), ridge / scale**2

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        inner, level = flat[:-classes].reshape(rank, classes), flat[-classes:]
        logits = z @ (inner.astype(np.float32) * inverse)
        logits += (level / free).astype(np.float32)
        right = logits[rows, labels].sum(dtype=np.float64)
        p, total = _softmax(logits)
        p[rows, labels] -= 1
        shrunk = shrink * inner
        slope = (z.T @ p) * inverse + shrunk
        value = total - right + 0.5 * float(np.vdot(shrunk, inner))
        return value / n, np.concatenate([slope.ravel(), p.sum(0) / free]) / n

    start = np.concatenate([(weights * scale).ravel(), bias * free])
    options = {"maxiter": ITERATIONS, "gtol": TOLERANCE / np.sqrt(n), "ftol": 1e-10, "maxcor": MEMORY}
    end = minimize(loss, start, jac=True, method="L-BFGS-B", options=options).x
    return end[:-classes].reshape(rank, classes) / scale, end[-classes:] / free


def _softmax(logits: np.ndarray) -> tuple[np.ndarray, float]:
    """Probabilities, written over `logits` (n, classes), and the sum of the log normalisers."""
    top = logits.max(1, keepdims=True)
    logits -= top
    np.exp(logits, out=logits)
    total = logits.sum(1, keepdims=True)
    logits /= total
    return logits, float((np.log(total) + top).sum(dtype=np.float64))

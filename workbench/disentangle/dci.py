"""DCI of the whole latent (Eastwood and Williams 2018; google-research/disentanglement_lib) and of two blocks (ours).

R[i, j], the importance of channel i for factor j, comes from an L1-penalised multinomial logistic regression: the sum of
|weight| over the classes and over the values of a channel, each factor's column scaled to sum to 1 so that a factor of many
classes weighs no more. All factors are fitted at once by proximal gradient steps (FISTA, Beck and Teboulle 2009), because
scikit-learn's L1 solvers take minutes for the rotations that the numbers are held against.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.disentangle.data import FactorData
from workbench.features import standardise

PENALTIES = (0.03, 0.01, 0.003)  # of the mean loss; the best on validation
PATH_STEPS = 40  # enough to choose by
SMALL = 1e-11
TINY = np.float32(1e-30)


@dataclass(frozen=True)
class Importance:
    """R (channels, factors), columns summing to 1 (0 for a factor that no channel says anything of); `right` bool (n, factors) on test."""

    r: np.ndarray
    right: np.ndarray
    penalty: float


def importance(data: FactorData, factors: tuple[str, ...], penalty: float | None = None) -> Importance:
    """Importance of every channel for every one of `factors`, and which test clips are read rightly.

    The penalty is chosen on validation along a path from the strongest, unless `penalty` is given; the fit that counts
    then starts from nothing, so that an encoder and its nulls take the same steps.
    """
    train, val, test = standardise(*(x.channels.reshape(len(x), -1) for x in data.splits.values()))
    columns = Columns(factors, np.cumsum([0, *(data.classes[f] for f in factors)]))
    hot = np.concatenate([np.eye(data.classes[f], dtype=np.float32)[data.train.labels[f]] for f in factors], axis=1)
    start = np.zeros((train.shape[1], hot.shape[1]), np.float32), np.log(np.maximum(hot.mean(0), 1e-6))
    if penalty is None:
        fit, accuracies = start, []
        for one in PENALTIES:
            fit = lasso_softmax(train, hot, columns.ends, one, *fit, steps=PATH_STEPS)
            accuracies.append(float(columns.right(val @ fit[0] + fit[1], data.val.labels).mean()))
        penalty = PENALTIES[int(np.argmax(accuracies))]
    weights, bias = lasso_softmax(train, hot, columns.ends, penalty, *start)
    size = np.abs(weights).astype(np.float64).reshape(data.width, data.values, -1).sum(1)
    r = np.add.reduceat(size, columns.ends[:-1], axis=1)
    total = r.sum(0)
    return Importance(
        r / np.where(total > 0, total, 1), columns.right(test @ weights + bias, data.test.labels), penalty
    )


@dataclass(frozen=True)
class Columns:
    """Factors whose classes stand side by side: those of factor j in columns ends[j]..ends[j+1]."""

    factors: tuple[str, ...]
    ends: np.ndarray

    def right(self, logits: np.ndarray, labels: dict[str, np.ndarray]) -> np.ndarray:
        """Whether each factor's largest logit is at its label: bool (n, factors)."""
        parts = np.split(logits, self.ends[1:-1], axis=1)
        return np.stack([part.argmax(1) == labels[f] for part, f in zip(parts, self.factors, strict=True)], axis=1)


def lasso_softmax(
    x: np.ndarray,
    hot: np.ndarray,
    ends: np.ndarray,
    penalty: float,
    weights: np.ndarray,
    bias: np.ndarray,
    steps: int = 160,
) -> tuple[np.ndarray, np.ndarray]:
    """Minimise for every factor its mean cross-entropy + penalty·|W|₁, from the given start; the bias is free.

    `x` (n, d) standardised, `hot` (n, K) the factors' class indicators side by side, factor j in columns ends[j]..ends[j+1].
    """
    n, sizes = len(x), np.diff(ends)
    # The Hessian of a softmax is at most 1/2, so this bounds the curvature; the bias adds a column of ones.
    step = 2 / (_largest(x) + 1)
    w, b, ahead_w, ahead_b, t = weights, bias.astype(np.float32), weights, bias.astype(np.float32), 1.0
    for _ in range(steps):
        logits = x @ ahead_w
        logits += ahead_b
        logits -= logits.max(1, keepdims=True)
        np.exp(logits, out=logits)
        logits /= np.repeat(np.add.reduceat(logits, ends[:-1], axis=1) + TINY, sizes, axis=1)
        logits -= hot
        moved = ahead_w - step / n * (x.T @ logits)
        new_w = np.sign(moved) * np.maximum(np.abs(moved) - step * penalty, 0)
        new_b = ahead_b - step * logits.mean(0)
        t_next = (1 + np.sqrt(1 + 4 * t * t)) / 2
        lead = np.float32((t - 1) / t_next)
        ahead_w, ahead_b = new_w + lead * (new_w - w), new_b + lead * (new_b - b)
        w, b, t = new_w, new_b, t_next
    return w, b


def disentanglement(r: np.ndarray) -> float:
    """D = Σ ρᵢ(1 − H_K(Rᵢ·/ΣRᵢ·)), ρᵢ = ΣⱼRᵢⱼ/ΣR, of `r` (channels, K factors ≥ 2): 1 where every channel serves one factor."""
    weight = r.sum(1) / r.sum() if r.sum() > 0 else np.full(len(r), 1 / len(r))
    return float((weight * (1 - _entropy(r, axis=1))).sum())


def completeness(r: np.ndarray) -> float:
    """C: the same on the columns of `r` (D channels ≥ 2, factors), log base D: 1 where every factor is served by one channel."""
    return disentanglement(r.T)


def block_importance(r: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Block-DCI's R (2, factors): `r` summed over the channels of either block."""
    return np.stack([r[first].sum(0), r[second].sum(0)])


def _entropy(r: np.ndarray, axis: int) -> np.ndarray:
    """Entropy of the shares along `axis`, log base its length (at least 2)."""
    shares = r + SMALL
    shares = shares / shares.sum(axis, keepdims=True)
    return np.asarray(-(shares * np.log(shares)).sum(axis) / np.log(r.shape[axis]))


def _largest(x: np.ndarray) -> float:
    """Largest eigenvalue of xᵀx/n, a little from above, by power iteration."""
    v = np.asarray(np.random.default_rng(0).normal(size=x.shape[1]), np.float32)
    for _ in range(20):
        v = x.T @ (x @ v)
        v /= np.linalg.norm(v) + TINY
    return 1.05 * float(np.linalg.norm(x @ v) ** 2) / len(x)

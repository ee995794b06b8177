"""The reader behind the gaps and all their nulls: Gaussian discriminants in closed form, of any set of channels.

A table with twenty null splits needs hundreds of fits. All of them share one pass over the training clips: the
covariance within classes and the class means, once for each factor; a set of channels takes its rows and columns. Least
squares on class indicators would be as cheap, but it never predicts the middle one of three classes in a row (size: small,
medium, large). Shrinkage is towards a multiple of the identity (Friedman 1989), its strength chosen on validation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.disentangle.data import FactorData
from workbench.features import standardise

SHRINKAGES = (0.03, 0.2, 0.6)
ALONE = 0.03  # shrinkage of a single channel's few values
FLOOR = 1e-6  # of the variance, for features that their class fixes
CHUNK = 32  # channels scored at once


@dataclass(frozen=True)
class Scatter:
    """Within-class covariance (d, d) and class means (K, d) of standardised training features; the K classes that are there."""

    within: np.ndarray
    means: np.ndarray
    present: np.ndarray


class Reader:
    """Reads every measurable factor of `data` from any channels; equal priors, so classes weigh alike."""

    def __init__(self, data: FactorData) -> None:
        self.data = data
        self.factors = data.measurable
        flat = [split.channels.reshape(len(split), -1) for split in data.splits.values()]
        self.train, self.val, self.test = standardise(*flat)
        total = self.train.T.astype(np.float64) @ self.train
        self.scatters = {f: scatter(self.train, data.train.labels[f], total) for f in self.factors}

    def columns(self, channels: np.ndarray) -> np.ndarray:
        """Columns of the flat features that hold the values of `channels`."""
        t = self.data.values
        return np.asarray((channels[:, None] * t + np.arange(t)).ravel())

    def fit(self, factor: str, channels: np.ndarray) -> Discriminant:
        """The discriminant of `factor` from `channels`, its shrinkage chosen on validation (of equals the strongest)."""
        columns = self.columns(channels)
        known, val, truth = self.scatters[factor], self.val[:, columns], self.data.val.labels[factor]
        best: tuple[float, Discriminant] | None = None
        for shrinkage in reversed(SHRINKAGES):
            found = discriminant(known, columns, shrinkage)
            accuracy = float((found.predict(val) == truth).mean())
            if best is None or accuracy > best[0]:
                best = (accuracy, found)
        assert best is not None
        return best[1]

    def right(self, channels: np.ndarray, split: str = "test") -> np.ndarray:
        """Whether each clip of `split` is read rightly from `channels`: bool (clips, measurable factors)."""
        x = {"val": self.val, "test": self.test}[split][:, self.columns(channels)]
        labels = self.data.splits[split].labels
        answers = [self.fit(factor, channels).predict(x) == labels[factor] for factor in self.factors]
        return np.stack(answers, axis=1)

    def alone(self, factor: str, split: str = "test") -> np.ndarray:
        """Accuracy of reading `factor` from each channel by itself: (D,)."""
        d, t = self.data.width, self.data.values
        x = {"val": self.val, "test": self.test}[split].reshape(-1, d, t)
        return single_channels(self.scatters[factor], x, self.data.splits[split].labels[factor])


@dataclass(frozen=True)
class Discriminant:
    """Linear scores of the classes `present`: x @ weights + bias."""

    weights: np.ndarray
    bias: np.ndarray
    present: np.ndarray

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Predicted classes (n,) of standardised features (n, d)."""
        return np.asarray(self.present[(x @ self.weights + self.bias).argmax(1)])


def scatter(x: np.ndarray, labels: np.ndarray, total: np.ndarray) -> Scatter:
    """Class means and pooled covariance within classes of centred `x` (n, d); `total` is xᵀx."""
    present, inside, counts = np.unique(labels, return_inverse=True, return_counts=True)
    hot = np.zeros((len(x), len(present)), np.float32)
    hot[np.arange(len(x)), inside] = 1
    means = (hot.T @ x).astype(np.float64) / counts[:, None]
    within = (total - (means.T * counts) @ means) / max(len(x) - len(present), 1)
    return Scatter(within, means, present)


def discriminant(known: Scatter, columns: np.ndarray, shrinkage: float) -> Discriminant:
    """Linear discriminant of the given columns: weights S⁻¹μ, bias −½μᵀS⁻¹μ, S = (1−γ)S_w + γ·tr(S_w)/d·I."""
    from scipy.linalg import cho_factor, cho_solve

    within, means = known.within[np.ix_(columns, columns)], known.means[:, columns]
    ridge = shrinkage * np.trace(within) / len(columns) + FLOOR
    shrunk = (1 - shrinkage) * within
    shrunk[np.diag_indices_from(shrunk)] += ridge
    weights = cho_solve(cho_factor(shrunk, overwrite_a=True, check_finite=False), means.T, check_finite=False)
    bias = -0.5 * np.einsum("kd,dk->k", means, weights)
    return Discriminant(weights.astype(np.float32), bias.astype(np.float32), known.present)


def single_channels(known: Scatter, x: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Accuracy of each channel's own discriminant on standardised `x` (n, D, t): (D,)."""
    _, d, t = x.shape
    blocks = known.within.reshape(d, t, d, t)[np.arange(d), :, np.arange(d), :]
    ridge = ALONE * np.trace(blocks, axis1=1, axis2=2) / t + FLOOR
    shrunk = (1 - ALONE) * blocks + ridge[:, None, None] * np.eye(t)
    means = known.means.reshape(-1, d, t).transpose(1, 2, 0)
    weights = np.linalg.solve(shrunk, means)
    bias = (-0.5 * (means * weights).sum(1)).astype(np.float32)
    weights = weights.astype(np.float32)
    accuracy = np.empty(d)
    for start in range(0, d, CHUNK):
        part = slice(start, start + CHUNK)
        scores = np.matmul(x[:, part].transpose(1, 0, 2), weights[part]) + bias[part, None]
        accuracy[part] = (known.present[scores.argmax(2)] == labels).mean(1)
    return accuracy


def chances(data: FactorData, factors: tuple[str, ...]) -> np.ndarray:
    """Chance of every factor: one over its number of classes."""
    return np.array([1 / data.classes[factor] for factor in factors])


def score(accuracy: np.ndarray | float, chance: np.ndarray | float) -> np.ndarray:
    """s = (accuracy − chance)/(1 − chance) (DIAGNOSTICS); 0 at chance, 1 where all is read."""
    return np.asarray((np.asarray(accuracy) - chance) / (1 - np.asarray(chance)))

"""MIG, SAP and modularity: does one channel, and no other, carry a factor? (google-research/disentanglement_lib.)

Where a channel has several values (in time), its information on a factor is the largest of its values', so an
appearance told by the level and a motion told by the trend both count; with one value it is the usual definition.
"""

from __future__ import annotations

import numpy as np

from workbench.disentangle.data import FactorData
from workbench.disentangle.discriminant import Reader

BINS = 20


def channel_information(data: FactorData, factors: tuple[str, ...]) -> np.ndarray:
    """Mutual information of every channel with every factor on the training clips, in nats: (D, factors); 20 equal bins."""
    x = data.train.channels
    n, d, t = x.shape
    bins = binned(x.reshape(n, d * t))
    each = [mutual_information(bins, data.train.labels[f], data.classes[f]) for f in factors]
    return np.stack(each, axis=1).reshape(d, t, len(factors)).max(1)


def binned(x: np.ndarray) -> np.ndarray:
    """Bin 0..19 of every value of `x` (n, d), in 20 equal steps from the smallest to the largest of its column."""
    low, high = x.min(0), x.max(0)
    span = np.where(high > low, high - low, 1)
    return np.clip(((x - low) / span * BINS).astype(np.int64), 0, BINS - 1)


def mutual_information(bins: np.ndarray, labels: np.ndarray, classes: int) -> np.ndarray:
    """Mutual information in nats of each column of `bins` (n, d) with `labels` (n,): (d,)."""
    n, d = bins.shape
    hot = np.zeros((n, classes), np.float32)
    hot[np.arange(n), labels] = 1
    joint = np.zeros((BINS, d, classes))
    for value in range(BINS):
        joint[value] = (bins == value).T.astype(np.float32) @ hot
    joint /= n
    product = joint.sum(2, keepdims=True) * joint.sum(0, keepdims=True)
    ratio = np.log(np.where(joint > 0, joint, 1) / np.where(joint > 0, product, 1))
    return np.asarray((joint * ratio).sum((0, 2)))


def entropy(labels: np.ndarray) -> float:
    """Entropy of the classes in `labels`, in nats."""
    shares = np.unique(labels, return_counts=True)[1] / len(labels)
    return float(-(shares * np.log(shares)).sum())


def mig(information: np.ndarray, entropies: np.ndarray) -> float:
    """Mean over factors of (largest − second largest information)/H(factor), of `information` (D ≥ 2, factors)."""
    return _gap(information / entropies)


def sap(data: FactorData, factors: tuple[str, ...]) -> float:
    """Mean gap of the two best accuracies of single channels on the test clips.

    Read by each channel's own discriminant and not by the library's linear SVM (C = 0.01), which is fitted D times a
    factor and, on one channel against the rest, never says the middle ones of several classes.
    """
    return sap_of(Reader(data), factors)


def sap_of(reader: Reader, factors: tuple[str, ...]) -> float:
    """`sap` of a reader that is there already."""
    return _gap(np.stack([reader.alone(f) for f in factors], axis=1))


def modularity(information: np.ndarray) -> float:
    """meanᵢ[1 − Σ_{k≠k*} I²ᵢₖ/((K−1) I²ᵢₖ*)] of `information` (D, K ≥ 2); a channel without information counts 0."""
    squared = information**2
    largest = squared.max(1)
    rest = squared.sum(1) - largest
    share = rest / (np.where(largest > 0, largest, 1) * (squared.shape[1] - 1))
    return float(np.where(largest > 0, 1 - share, 0).mean())


def _gap(scores: np.ndarray) -> float:
    """Mean over columns of the largest less the second largest."""
    top = np.sort(scores, axis=0)
    return float((top[-1] - top[-2]).mean())

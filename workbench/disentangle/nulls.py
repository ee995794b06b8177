"""What a number is held against: random splits and rotations of the same encoder, its principal components, a random encoder."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from workbench.disentangle.data import FactorData, Split

NULLS = 20
Better = Literal["higher", "lower"]
Pair = tuple[np.ndarray, np.ndarray]
NUMBERS = ("value", "low", "high", "chance", "null_mean", "null_low", "null_high", "p", "pca", "random_encoder")


def random_splits(channels: np.ndarray, first: int, seed: int, count: int = NULLS) -> list[Pair]:
    """`count` random splits of `channels` into `first` of them and the rest."""
    rng = np.random.default_rng([seed, 101])
    drawn = [rng.permutation(channels) for _ in range(count)]
    return [(np.sort(order[:first]), np.sort(order[first:])) for order in drawn]


def random_rotations(width: int, seed: int, count: int = NULLS) -> list[np.ndarray]:
    """`count` orthogonal matrices (width, width), uniformly drawn."""
    rng = np.random.default_rng([seed, 102])
    drawn = [np.linalg.qr(rng.normal(size=(width, width))) for _ in range(count)]
    return [np.asarray(q * np.sign(np.diag(r)), np.float32) for q, r in drawn]


def rotated(data: FactorData, rotation: np.ndarray) -> FactorData:
    """The same clips with channels mixed by `rotation` (D, D), every value of a channel alike: same information, other axes."""

    def turn(split: Split) -> Split:
        return Split(np.einsum("ndt,de->net", split.channels, rotation, optimize=True), split.labels)

    return replace(data, train=turn(data.train), val=turn(data.val), test=turn(data.test))


def principal(data: FactorData, channels: np.ndarray) -> FactorData:
    """The same clips with `channels` replaced by their principal components on training clips, largest variance first.

    Width-matched PCA is then the split of the components: as many leading ones as the first block is wide, and the rest.
    """
    x = data.train.channels[:, channels].astype(np.float64)
    x = x - x.mean(0)
    covariance = np.einsum("ndt,net->de", x, x, optimize=True)
    axes = np.linalg.eigh(covariance)[1][:, ::-1]
    rotation = np.eye(data.width, dtype=np.float32)
    rotation[np.ix_(channels, channels)] = axes
    return rotated(data, rotation)


def beside(value: float, nulls: np.ndarray, better: Better) -> dict[str, Any]:
    """Null mean, 95 % range of the nulls, their number, and p = (1 + #nulls at least as good)/(1 + #nulls)."""
    good = nulls >= value if better == "higher" else nulls <= value
    low, high = np.quantile(nulls, [0.025, 0.975])
    return {
        "null_mean": float(nulls.mean()),
        "null_low": float(low),
        "null_high": float(high),
        "nulls": len(nulls),
        "p": float((1 + good.sum()) / (1 + len(nulls))),
    }


def joined(*notes: str) -> str:
    """Notes that are not empty, each once, with semicolons between."""
    return "; ".join(dict.fromkeys(note for note in notes if note))

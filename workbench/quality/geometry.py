"""Where a space lies: alignment and uniformity on the unit sphere, spread of the channels, distance from a Gaussian."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from torch import Tensor

TEMPERATURE = 2.0
ROWS = 2048  # rows of the table of pairs that are made at a time
SLICES = 1024
TOGETHER = 32  # directions


def unit(x: np.ndarray) -> np.ndarray:
    """Rows of `x` at length 1: float64. A row of zeros has no direction and raises."""
    x = np.asarray(x, np.float64)
    length = np.linalg.norm(x, axis=-1, keepdims=True)
    if not (length > 0).all():
        raise WorkbenchError(
            f"{int((length == 0).sum())} rows are zero and have no direction. The encoder has collapsed."
        )
    return x / length


def alignment(views: np.ndarray) -> np.ndarray:
    """E‖x − y‖² over pairs of views of each clip, on unit vectors: `views` (views, n, D) -> (n,); 0 where views agree.

    Wang and Isola (ICML 2020). The mean over pairs of v unit vectors is 2·(v² − |Σx|²)/(v(v−1)).
    """
    count = len(views)
    if count < 2:
        raise WorkbenchError("Alignment needs at least two views of each clip.")
    joint = np.square(unit(views).sum(0)).sum(-1)
    distance: np.ndarray = np.clip(2 * (count**2 - joint) / (count * (count - 1)), 0, None)
    return distance


def pair_sums(x: np.ndarray, groups: list[np.ndarray]) -> np.ndarray:
    """Σ e^(−2|x−y|²) over ordered pairs of different rows of `x` (n, D) put on the sphere, by group of each: (G, G)."""
    x = unit(x)
    result = np.zeros((len(groups), len(groups)))
    for g, rows in enumerate(groups):
        for start in range(0, len(rows), ROWS):
            part = x[rows[start : start + ROWS]]
            for h, columns in enumerate(groups):
                result[g, h] += np.exp(-2 * TEMPERATURE * (1 - part @ x[columns].T)).sum()
    # A row paired with itself gives 1.
    return result - np.diag([float(len(rows)) for rows in groups])


def uniformity(x: np.ndarray) -> float:
    """log E e^(−2|x−y|²) over pairs of different rows of `x` (n, D) on the sphere: 0 when all alike, −4 at best in high D.

    The logarithm of the mean over pairs, streamed by rows. Wang and Isola (ICML 2020).
    """
    n = len(x)
    if n < 2:
        raise WorkbenchError(f"Uniformity needs at least two clips; there are {n}.")
    return float(np.log(pair_sums(x, [np.arange(n)])[0, 0] / (n * (n - 1))))


def mean_pair(tokens: Tensor) -> Tensor:
    """E e^(−2|x−y|²) over pairs of different rows of `tokens` (n, D), on their device: 0-d; its log is the uniformity."""
    import torch.nn.functional as F

    x = F.normalize(tokens.float(), dim=-1)
    n = len(x)
    return ((-2 * TEMPERATURE * (1 - x @ x.T)).exp().sum() - n) / (n * (n - 1))


def channel_std(covariance: np.ndarray) -> float:
    """Mean over channels of the standard deviation: `covariance` (D, D)."""
    return float(np.sqrt(np.clip(np.diag(covariance), 0, None)).mean())


def hinge(covariance: np.ndarray) -> float:
    """Mean over channels of relu(1 − √(variance + 1e-4)), the variance term of VICReg (arXiv 2105.04906): 0 at best."""
    return float(np.clip(1 - np.sqrt(np.clip(np.diag(covariance), 0, None) + 1e-4), 0, None).mean())


def sigreg(x: np.ndarray, seed: int, slices: int = SLICES) -> float:
    """N·mean over random directions of ∫ |φ̂(t) − e^(−t²/2)|² e^(−t²/2) dt on [−3, 3], of rows `x` (N, D) as they are.

    About 1 for independent rows of a standard Gaussian at any N; at least 0.4·N when collapsed. The same statistic and
    normalisation as the objective `sigreg` (`epps_pulley`); libraries differ by the factor N.
    """
    import torch

    from workbench.objectives.gaussian import epps_pulley

    rows = torch.from_numpy(np.asarray(x, np.float32))
    directions = torch.from_numpy(
        np.random.default_rng([seed, 13]).normal(size=(rows.shape[1], slices)).astype(np.float32)
    )
    directions /= directions.norm(dim=0)
    # A few directions at a time stay in the processor's cache: several times faster than all at once.
    return float(torch.cat([epps_pulley(rows @ part) for part in directions.split(TOGETHER, 1)]).mean())

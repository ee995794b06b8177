"""The difference of two models on the same clips, and tests of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.errors import WorkbenchError
from workbench.stats.intervals import DRAWS, Interval, seed_interval, two_level_bootstrap

EXACT_FLIPS = 16


@dataclass(frozen=True)
class PairedDifference:
    """Accuracy of model a less that of model b, on the same clips and matched seeds; all in shares of 1."""

    interval: Interval
    deltas: tuple[float, ...]
    clips: int
    p: float
    test: str
    floor: float
    over_seeds: Interval | None

    @property
    def seeds(self) -> int:
        """Number of matched seeds."""
        return len(self.deltas)

    @property
    def one_seed(self) -> bool:
        """Whether nothing is known about the spread over seeds."""
        return self.seeds == 1


def paired_difference(
    a: np.ndarray, b: np.ndarray, confidence: float = 0.95, draws: int = DRAWS, rng: int = 0
) -> PairedDifference:
    """Accuracy of model a less that of model b on the same clips.

    `a`, `b`: boolean (seeds, clips), whether each clip was answered rightly; row i of both is from one seed.
    """
    a, b = np.atleast_2d(np.asarray(a, bool)), np.atleast_2d(np.asarray(b, bool))
    if a.shape != b.shape:
        raise WorkbenchError(
            f"The answers to be paired have shapes {a.shape} and {b.shape}; both must be (seeds, clips) alike."
        )
    delta = a.astype(np.int8) - b.astype(np.int8)
    interval = two_level_bootstrap(delta, confidence, draws, rng)
    deltas = tuple(float(x) for x in delta.mean(1))
    if len(deltas) == 1:
        return PairedDifference(interval, deltas, a.shape[1], mcnemar(a[0], b[0]), "McNemar, exact", 0.0, None)
    over_seeds = seed_interval(deltas, confidence)
    return PairedDifference(
        interval, deltas, a.shape[1], sign_flip(deltas), "sign flip", sign_flip_floor(len(deltas)), over_seeds
    )


def sign_flip(deltas: Sequence[float]) -> float:
    """Two-sided p that the differences are symmetric about 0: all sign flips up to 16 seeds, then sampled ones."""
    x = np.asarray(deltas, float)
    n = len(x)
    if n <= EXACT_FLIPS:
        signs = 1 - 2 * ((np.arange(2**n)[:, None] >> np.arange(n)) & 1)
    else:
        signs = np.vstack([np.ones(n), np.random.default_rng(0).choice([-1, 1], (100_000, n))])
    tolerance = 1e-12 * max(1.0, float(np.abs(x).sum()))
    return float((np.abs(signs @ x) >= abs(x.sum()) - tolerance).mean())


def sign_flip_floor(seeds: int) -> float:
    """The smallest p that the sign-flip test can give: 2/2ⁿ."""
    return min(1.0, 2.0 ** (1 - seeds))


def mcnemar(a: np.ndarray, b: np.ndarray) -> float:
    """Two-sided p of McNemar's exact test: right and wrong answers `a`, `b` of two models to the same clips."""
    from statsmodels.stats.contingency_tables import mcnemar as test

    a, b = np.asarray(a, bool), np.asarray(b, bool)
    table = [[int((a & b).sum()), int((a & ~b).sum())], [int((~a & b).sum()), int((~a & ~b).sum())]]
    if table[0][1] + table[1][0] == 0:
        return 1.0
    return float(test(table, exact=True).pvalue)


def holm(p: Sequence[float]) -> np.ndarray:
    """Holm's step-down adjustment of p values (Holm 1979); NaN stays NaN and does not count as a test.

    Not by statsmodels, whose `multipletests` collects garbage at every call: half a second beside torch.
    """
    values = np.asarray(p, float)
    adjusted = np.full(len(values), np.nan)
    known = np.flatnonzero(~np.isnan(values))
    order = known[np.argsort(values[known], kind="stable")]
    steps = values[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(order) else []
    return adjusted

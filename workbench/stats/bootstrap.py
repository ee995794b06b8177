"""Bootstrap intervals of statistics other than an accuracy, and of accuracies over clips that are not independent."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workbench.errors import WorkbenchError
from workbench.stats.intervals import BLOCK, DRAWS, Interval, check_confidence

Statistic = Callable[..., np.ndarray]


def bca(
    *samples: np.ndarray,
    statistic: Statistic = np.mean,
    confidence: float = 0.95,
    draws: int = DRAWS,
    rng: int = 0,
    of: str = "clips",
) -> Interval:
    """BCa interval of a statistic over clips (Efron 1987, by `scipy.stats.bootstrap`).

    `samples`: one or more arrays (n,) of the same clips, resampled together; `statistic(*samples, axis=…)` reduces that
    axis. `of` names what is resampled. Where every draw gives the same number, the interval is that point.
    """
    import warnings

    from scipy import stats

    check_confidence(confidence)
    arrays = [_finite(x, "The values to be resampled") for x in samples]
    n = len(arrays[0])
    if n < 2 or any(len(x) != n for x in arrays):
        lengths = ", ".join(str(len(x)) for x in arrays)
        raise WorkbenchError(f"A bootstrap needs samples of equal length, of two {of} or more; these have {lengths}.")
    estimate = float(statistic(*arrays, axis=-1))
    with warnings.catch_warnings(), np.errstate(invalid="ignore", divide="ignore"):
        warnings.simplefilter("ignore", stats.DegenerateDataWarning)
        found = stats.bootstrap(
            arrays,
            statistic,
            n_resamples=draws,
            batch=max(1, BLOCK // n),
            paired=True,
            vectorized=True,
            confidence_level=confidence,
            method="BCa",
            rng=rng,
        )
    low, high = (float(end) for end in found.confidence_interval)
    if np.ptp(found.bootstrap_distribution) < 1e-12:  # BCa divides by the spread of the draws
        return Interval(estimate, estimate, estimate, confidence, f"no spread over {n} {of}")
    return Interval(estimate, low, high, confidence, f"BCa over {n} {of}")


def cluster_bootstrap(
    values: np.ndarray, clusters: np.ndarray, confidence: float = 0.95, draws: int = DRAWS, rng: int = 0
) -> Interval:
    """BCa interval of the mean of `values` (clips,), resampling source videos: `clusters` (clips,) names that of each clip.

    Clips of one video are alike, so clips drawn one by one would make the interval too narrow (Field and Welsh 2007).
    """
    values, clusters = _finite(values, "The values to be resampled"), np.asarray(clusters)
    if clusters.shape != values.shape:
        raise WorkbenchError(f"{len(values)} values with {len(clusters)} source videos; each clip has one.")
    names, inverse = np.unique(clusters, return_inverse=True)
    if len(names) < 2:
        raise WorkbenchError("All clips are of one source video: no interval over videos can be made of one.")
    sums, counts = np.bincount(inverse, values), np.bincount(inverse).astype(float)
    return bca(sums, counts, statistic=_ratio, confidence=confidence, draws=draws, rng=rng, of="source videos")


def interquartile_mean(scores: np.ndarray, confidence: float = 0.95, draws: int = DRAWS, rng: int = 0) -> Interval:
    """Mean of the middle half of all scores (seeds, benchmarks), with a stratified bootstrap interval, as rliable gives it.

    Each draw resamples the seeds of every benchmark by itself; percentile interval (Agarwal et al. 2021). With one seed
    there is nothing to resample, and the ends are NaN.
    """
    from scipy import stats

    check_confidence(confidence)
    scores = np.atleast_2d(np.asarray(scores, float))
    if scores.ndim != 2 or scores.size == 0 or not np.isfinite(scores).all():
        raise WorkbenchError(
            f"Scores of shape {scores.shape}: finite ones (seeds, benchmarks) are needed, one at least."
        )
    seeds, benchmarks = scores.shape
    estimate = float(stats.trim_mean(scores, 0.25, axis=None))
    if seeds == 1:
        return Interval(estimate, np.nan, np.nan, confidence, "one seed: no interval")
    generator = np.random.default_rng(rng)
    means = np.empty(draws)
    step = max(1, BLOCK // scores.size)
    for start in range(0, draws, step):
        chosen = generator.integers(0, seeds, (min(step, draws - start), seeds, benchmarks))
        drawn = scores[chosen, np.arange(benchmarks)].reshape(len(chosen), -1)
        means[start : start + len(chosen)] = stats.trim_mean(drawn, 0.25, axis=1)
    return _percentiles(estimate, means, confidence, f"stratified bootstrap over {seeds} seeds")


def spearman_interval(
    x: np.ndarray, y: np.ndarray, confidence: float = 0.95, draws: int = DRAWS, rng: int = 0
) -> Interval:
    """Spearman's rank correlation of `x` and `y` (n,) with the percentile interval of drawing pairs anew.

    Draws in which one of the two is constant have no correlation and are left out. Raises below four pairs, and where `x`
    or `y` is constant.
    """
    x, y = _finite(x, "The first of the two"), _finite(y, "The second of the two")
    check_confidence(confidence)
    if len(x) != len(y) or len(x) < 4:
        raise WorkbenchError(f"A rank correlation of {len(x)} and {len(y)} values: four pairs are needed at least.")
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        raise WorkbenchError("A rank correlation with a constant: all values of one of the two are equal.")
    rows = np.random.default_rng(rng).integers(0, len(x), (draws, len(x)))
    drawn = _rank_correlation(x[rows], y[rows])
    estimate = float(_rank_correlation(x[None], y[None])[0])
    return _percentiles(estimate, drawn[np.isfinite(drawn)], confidence, f"bootstrap over {len(x)} pairs")


def _rank_correlation(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Pearson's correlation of the ranks along the last axis; NaN where one of the two is constant."""
    from scipy.stats import rankdata

    a, b = (rankdata(z, axis=-1) for z in (x, y))
    a, b = a - a.mean(-1, keepdims=True), b - b.mean(-1, keepdims=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: np.ndarray = (a * b).sum(-1) / np.sqrt((a * a).sum(-1) * (b * b).sum(-1))
    return found


def _ratio(sums: np.ndarray, counts: np.ndarray, axis: int = -1) -> np.ndarray:
    found: np.ndarray = sums.sum(axis) / counts.sum(axis)
    return found


def _percentiles(estimate: float, draws: np.ndarray, confidence: float, method: str) -> Interval:
    tail = (1 - confidence) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Interval(estimate, float(low), float(high), confidence, method)


def _finite(values: np.ndarray, what: str) -> np.ndarray:
    values = np.asarray(values, float)
    if values.ndim != 1 or not np.isfinite(values).all():
        raise WorkbenchError(f"{what} must be finite numbers in one row; the shape is {values.shape}.")
    return values

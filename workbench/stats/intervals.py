"""Intervals of one model's numbers over clips and seeds, and their form."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.errors import WorkbenchError

DRAWS = 10_000
BCA_SEEDS = 6
BLOCK = 4_000_000  # resampled counts held at once


@dataclass(frozen=True)
class Interval:
    """An estimate with the ends of its interval, and how the interval was made. Ends are NaN where there is none."""

    estimate: float
    low: float
    high: float
    confidence: float
    method: str


def check_confidence(confidence: float) -> None:
    """Raise where `confidence` is no share between 0 and 1."""
    if not 0 < confidence < 1:
        raise WorkbenchError(f"A confidence of {confidence} is not between 0 and 1. The usual one is 0.95.")


def wilson(correct: float, n: float, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson score interval of a share, `correct` out of `n`; effective numbers need not be whole."""
    from statsmodels.stats.proportion import proportion_confint

    check_confidence(confidence)
    if n < 1 or not 0 <= correct <= n:
        raise WorkbenchError(f"{correct} correct out of {n} is not a share. Give 0 <= correct <= n and n >= 1.")
    low, high = proportion_confint(correct, n, alpha=1 - confidence, method="wilson")
    # Rounding can leave the end of 0 of n or n of n on the wrong side of the share itself.
    return min(float(low), correct / n), max(float(high), correct / n)


def newcombe(correct: int, n: int, other: int, of: int, confidence: float = 0.95) -> Interval:
    """Interval of the difference of two shares, `correct` of `n` less `other` of `of`, of which no single answers are known.

    From the two Wilson intervals (Newcombe 1998, method 10). It takes the clips of the two for independent: where both saw the
    same ones, their answers agree more often than chance and the interval is on the wide side.
    """
    a, b = correct / n, other / of
    (low_a, high_a), (low_b, high_b) = wilson(correct, n, confidence), wilson(other, of, confidence)
    low = a - b - math.hypot(a - low_a, high_b - b)
    high = a - b + math.hypot(high_a - a, b - low_b)
    return Interval(a - b, low, high, confidence, "Newcombe over clips, not paired")


def two_level_bootstrap(
    values: np.ndarray, confidence: float = 0.95, draws: int = DRAWS, rng: int | np.random.Generator = 0
) -> Interval:
    """Percentile interval of the mean of `values` (seeds, clips), resampling seeds and clips together.

    With one seed only clips are resampled, and `method` says so.
    """
    values = np.atleast_2d(np.asarray(values, np.float64))
    check_confidence(confidence)
    if values.size == 0:
        raise WorkbenchError("There is nothing to resample: no seed or no clip was given.")
    means = _resampled_means(values, draws, np.random.default_rng(rng))
    tail = (1 - confidence) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    seeds = len(values)
    method = "bootstrap over clips, one seed" if seeds == 1 else f"bootstrap over {seeds} seeds and clips"
    return Interval(float(values.mean()), float(low), float(high), confidence, method)


def _resampled_means(values: np.ndarray, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Means of `draws` resamples of `values` (seeds, clips).

    Clips with equal columns are exchangeable, so resampling clips is a multinomial draw over the distinct columns: at
    most 3^seeds of them for differences of right and wrong, instead of thousands of clips.
    """
    seeds, clips = values.shape
    columns, counts = np.unique(values.T, axis=0, return_counts=True)
    drawn = max(seeds - 1, 1)
    means = np.empty(draws)
    step = max(1, BLOCK // len(columns))
    for start in range(0, draws, step):
        size = min(step, draws - start)
        of_clips = rng.multinomial(clips, counts / clips, size=size) / clips
        of_seeds = rng.multinomial(drawn, np.full(seeds, 1 / seeds), size=size) / drawn
        means[start : start + size] = np.einsum("dk,ks,ds->d", of_clips, columns, of_seeds, optimize=True)
    return means


def mean_accuracy(correct: np.ndarray, confidence: float = 0.95, rng: int = 0) -> Interval:
    """Mean accuracy of `correct` (seeds, clips), boolean: Wilson with one seed, else the two-level bootstrap."""
    correct = np.atleast_2d(np.asarray(correct, bool))
    if len(correct) == 1:
        low, high = wilson(int(correct.sum()), correct.size, confidence)
        return Interval(float(correct.mean()), low, high, confidence, "Wilson over clips, one seed")
    return two_level_bootstrap(correct, confidence, rng=rng)


def seed_interval(deltas: Sequence[float], confidence: float = 0.95) -> Interval:
    """Interval of the mean of the seeds' differences, over seeds alone: Student's t, from six seeds on BCa."""
    check_confidence(confidence)
    x = np.asarray(deltas, float)
    if len(x) < 2:
        raise WorkbenchError("An interval over seeds needs at least two seeds.")
    mean, spread = float(x.mean()), float(x.std(ddof=1))
    if spread < 1e-12:
        return Interval(mean, mean, mean, confidence, f"no spread over {len(x)} seeds")
    if len(x) >= BCA_SEEDS:
        from scipy import stats

        found = stats.bootstrap((x,), np.mean, confidence_level=confidence, n_resamples=DRAWS, method="BCa", rng=0)
        low, high = found.confidence_interval
        return Interval(mean, float(low), float(high), confidence, f"BCa over {len(x)} seeds")
    from scipy.special import stdtrit  # Student's quantiles, without the second that importing scipy.stats takes

    half = float(stdtrit(len(x) - 1, (1 + confidence) / 2)) * spread / math.sqrt(len(x))
    return Interval(mean, mean - half, mean + half, confidence, f"Student's t over {len(x)} seeds")

"""Known answers, a coverage simulation, and edges of the intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from workbench import stats
from workbench.errors import WorkbenchError
from workbench.stats import intervals


def test_wilson_gives_the_textbook_interval() -> None:
    low, high = stats.wilson(27, 40)  # z² = 3.8415: centre (27 + 1.9207) / (40 + 3.8415)
    z2 = scipy_stats.norm.ppf(0.975) ** 2
    half = math.sqrt(z2) / (40 + z2) * math.sqrt(27 * 13 / 40 + z2 / 4)
    assert (low, high) == pytest.approx(((27 + z2 / 2) / (40 + z2) - half, (27 + z2 / 2) / (40 + z2) + half))


@pytest.mark.parametrize("correct", [0, 7, 12])
def test_wilson_agrees_with_scipy_and_stays_within_one(correct: int) -> None:
    low, high = stats.wilson(correct, 12, 0.9)
    other = scipy_stats.binomtest(correct, 12).proportion_ci(0.9, method="wilson")
    assert (low, high) == pytest.approx((other.low, other.high), abs=1e-12)
    assert 0 <= low <= correct / 12 <= high <= 1


@pytest.mark.parametrize(("correct", "n", "confidence"), [(-1, 5, 0.95), (6, 5, 0.95), (0, 0, 0.95), (1, 5, 95.0)])
def test_wilson_refuses_what_is_not_a_share(correct: int, n: int, confidence: float) -> None:
    with pytest.raises(WorkbenchError):
        stats.wilson(correct, n, confidence)


def test_two_level_variance_is_that_of_the_plain_loop() -> None:
    """Drawing distinct columns is the same as drawing clips one by one."""
    rng = np.random.default_rng(2)
    values = (rng.random((3, 60)) < np.array([[0.3], [0.5], [0.7]])).astype(float)
    means = [values[rng.integers(0, 3, 2)][:, rng.integers(0, 60, 60)].mean() for _ in range(8000)]
    fast = intervals._resampled_means(values, 8000, np.random.default_rng(3))
    assert fast.mean() == pytest.approx(np.mean(means), abs=0.01)
    assert fast.std() == pytest.approx(np.std(means), rel=0.05)


def test_seed_spread_is_not_understated() -> None:
    """Where clips do not matter, the variance of the draws is s²/n with s² the unbiased variance over seeds."""
    values = np.repeat(np.array([[0.0], [1.0], [5.0]]), 50, axis=1)
    means = intervals._resampled_means(values, 40_000, np.random.default_rng(0))
    assert means.var() == pytest.approx(np.var([0, 1, 5], ddof=1) / 3, rel=0.03)


def test_interval_covers_the_truth() -> None:
    """Seeds differ and so do clips: the 95 % interval holds the true difference in at least nine cases of ten."""
    rng = np.random.default_rng(4)
    hits, trials = 0, 120
    for _ in range(trials):
        hard = rng.normal(0, 0.15, 400)
        shift = rng.normal(0.1, 0.03, (3, 1))
        a = rng.random((3, 400)) < np.clip(0.5 + hard + shift, 0, 1)
        b = rng.random((3, 400)) < np.clip(0.5 + hard, 0, 1)
        found = stats.two_level_bootstrap(a.astype(int) - b, draws=800, rng=rng)
        hits += found.low <= 0.1 <= found.high
    assert hits / trials >= 0.9


def test_seed_interval_is_students_t_below_six_seeds() -> None:
    x = [0.02, 0.05, 0.03]
    low, high = scipy_stats.ttest_1samp(x, 0).confidence_interval(0.95)
    found = stats.seed_interval(x)
    assert (found.low, found.high) == pytest.approx((low, high))
    assert "Student" in found.method


def test_seed_interval_is_bca_from_six_seeds() -> None:
    found = stats.seed_interval([0.02, 0.05, 0.03, 0.01, 0.09, 0.04])
    assert found.method == "BCa over 6 seeds"
    assert 0.01 < found.low < found.estimate < found.high < 0.09


def test_seed_interval_without_spread_is_a_point_and_one_seed_is_refused() -> None:
    assert stats.seed_interval([0.1] * 6).low == pytest.approx(0.1)
    with pytest.raises(WorkbenchError, match="two seeds"):
        stats.seed_interval([0.1])


def test_mean_accuracy_is_wilson_with_one_seed() -> None:
    correct = np.arange(50) < 20
    found = stats.mean_accuracy(correct)
    assert (found.low, found.high) == stats.wilson(20, 50) and "one seed" in found.method
    assert stats.mean_accuracy(np.stack([correct, ~correct])).estimate == pytest.approx(0.5)


def test_newcombe_is_that_of_statsmodels() -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    for a, n, b, of in ((27, 40, 11, 40), (171, 1970, 165, 1970), (0, 40, 0, 40), (40, 40, 0, 50)):
        found = stats.newcombe(a, n, b, of, 0.9)
        expected = confint_proportions_2indep(a, n, b, of, method="newcomb", compare="diff", alpha=0.1)
        assert (found.low, found.high) == pytest.approx(expected, abs=1e-9)
        assert found.estimate == pytest.approx(a / n - b / of) and found.low <= found.estimate <= found.high

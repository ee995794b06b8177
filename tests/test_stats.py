"""Known answers, a coverage simulation, and edges of the statistics."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from scipy import stats as scipy_stats

from workbench import stats
from workbench.errors import WorkbenchError


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


def test_one_seed_bootstrap_agrees_with_the_normal_interval() -> None:
    rng = np.random.default_rng(1)
    a, b = rng.random(4000) < 0.6, rng.random(4000) < 0.5
    found = stats.paired_difference(a, b)
    delta = a.astype(float) - b
    half = 1.96 * delta.std() / math.sqrt(len(delta))
    assert found.one_seed and found.over_seeds is None
    assert found.interval.method == "bootstrap over clips, one seed"
    assert found.interval.estimate == pytest.approx(delta.mean())
    assert found.interval.low == pytest.approx(delta.mean() - half, abs=0.001)
    assert found.interval.high == pytest.approx(delta.mean() + half, abs=0.001)


def test_two_level_variance_is_that_of_the_plain_loop() -> None:
    """Drawing distinct columns is the same as drawing clips one by one."""
    rng = np.random.default_rng(2)
    values = (rng.random((3, 60)) < np.array([[0.3], [0.5], [0.7]])).astype(float)
    means = [values[rng.integers(0, 3, 2)][:, rng.integers(0, 60, 60)].mean() for _ in range(8000)]
    fast = stats._resampled_means(values, 8000, np.random.default_rng(3))
    assert fast.mean() == pytest.approx(np.mean(means), abs=0.01)
    assert fast.std() == pytest.approx(np.std(means), rel=0.05)


def test_seed_spread_is_not_understated() -> None:
    """Where clips do not matter, the variance of the draws is s²/n with s² the unbiased variance over seeds."""
    values = np.repeat(np.array([[0.0], [1.0], [5.0]]), 50, axis=1)
    means = stats._resampled_means(values, 40_000, np.random.default_rng(0))
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


def test_models_without_a_difference_are_not_told_apart() -> None:
    rng = np.random.default_rng(5)
    a, b = rng.random((3, 500)) < 0.4, rng.random((3, 500)) < 0.4
    found = stats.paired_difference(a, b).interval
    assert found.low < 0 < found.high


def test_identical_answers_give_zero_and_p_one() -> None:
    a = np.random.default_rng(6).random((3, 100)) < 0.5
    found = stats.paired_difference(a, a)
    assert (found.interval.low, found.interval.high, found.p) == (0, 0, 1)
    assert stats.paired_difference(a[0], a[0]).p == 1


def test_result_is_the_same_on_every_call() -> None:
    rng = np.random.default_rng(7)
    a, b = rng.random((3, 200)) < 0.5, rng.random((3, 200)) < 0.4
    assert stats.paired_difference(a, b) == stats.paired_difference(a, b)


def test_shapes_must_match() -> None:
    with pytest.raises(WorkbenchError, match="shapes"):
        stats.paired_difference(np.ones((2, 5), bool), np.ones((3, 5), bool))


def test_three_seeds_of_three_thousand_clips_take_under_half_a_second() -> None:
    rng = np.random.default_rng(8)
    a, b = rng.random((3, 3000)) < 0.5, rng.random((3, 3000)) < 0.4
    stats.paired_difference(a[:, :10], b[:, :10])  # imports
    started = time.process_time()
    stats.paired_difference(a, b)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("n", [2, 3, 6])
def test_sign_flip_reaches_its_floor_when_all_seeds_agree(n: int) -> None:
    assert stats.sign_flip(np.linspace(0.01, 0.05, n)) == stats.sign_flip_floor(n) == 2 / 2**n


def test_sign_flip_agrees_with_scipy() -> None:
    x = np.array([0.03, -0.01, 0.02, 0.05, -0.002, 0.04, 0.01])
    other = scipy_stats.permutation_test((x,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert stats.sign_flip(x) == pytest.approx(other.pvalue)


def test_sign_flip_of_many_seeds_is_sampled() -> None:
    x = np.random.default_rng(9).normal(0.2, 1, 20)
    exact = scipy_stats.permutation_test((x,), np.mean, permutation_type="samples", n_resamples=200_000, rng=1).pvalue
    assert stats.sign_flip(x) == pytest.approx(exact, abs=0.01)


def test_mcnemar_is_the_binomial_test_on_discordant_clips() -> None:
    a = np.array([1] * 14 + [0] * 4 + [1] * 30 + [0] * 20, bool)
    b = np.array([0] * 14 + [1] * 4 + [1] * 30 + [0] * 20, bool)
    assert stats.mcnemar(a, b) == pytest.approx(scipy_stats.binomtest(4, 18).pvalue)


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


def test_holm_known_answer_and_nan() -> None:
    assert stats.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    found = stats.holm([0.01, math.nan, 0.04])
    assert found[[0, 2]] == pytest.approx([0.02, 0.04]) and math.isnan(found[1])
    assert len(stats.holm([])) == 0


def test_mean_accuracy_is_wilson_with_one_seed() -> None:
    correct = np.arange(50) < 20
    found = stats.mean_accuracy(correct)
    assert (found.low, found.high) == stats.wilson(20, 50) and "one seed" in found.method
    assert stats.mean_accuracy(np.stack([correct, ~correct])).estimate == pytest.approx(0.5)

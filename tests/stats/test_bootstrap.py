"""Known answers, equivalences and agreement with scipy of the bootstrap intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from workbench import stats
from workbench.errors import WorkbenchError


def test_bca_of_a_mean_agrees_with_scipy_and_with_the_normal_interval() -> None:
    x = np.random.default_rng(0).exponential(1, 400)
    found = stats.bca(x, draws=3000)
    other = scipy_stats.bootstrap((x,), np.mean, n_resamples=3000, method="BCa", rng=0).confidence_interval
    assert found.estimate == pytest.approx(x.mean()) and found.method == "BCa over 400 clips"
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=0.01)
    half = 1.96 * x.std() / 20
    assert (found.low, found.high) == pytest.approx((x.mean() - half, x.mean() + half), abs=0.03)
    assert found.high - x.mean() > x.mean() - found.low  # skewed to the right, and so is BCa's interval


def test_bca_resamples_paired_samples_together() -> None:
    x = np.random.default_rng(1).normal(size=200)

    def difference(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
        return np.asarray(a.mean(axis) - b.mean(axis))

    found = stats.bca(x + 1, x, statistic=difference, draws=500)
    assert (found.low, found.high) == pytest.approx((1, 1))


def test_bca_of_a_constant_is_a_point() -> None:
    found = stats.bca(np.full(30, 0.25), draws=200)
    assert (found.estimate, found.low, found.high) == (0.25, 0.25, 0.25) and "no spread" in found.method


@pytest.mark.parametrize("samples", [([1.0],), ([1.0, 2.0], [1.0]), ([1.0, math.nan],), ([[1.0], [2.0]],)])
def test_bca_refuses_what_cannot_be_resampled(samples: tuple[list[float], ...]) -> None:
    with pytest.raises(WorkbenchError):
        stats.bca(*(np.array(x) for x in samples))


def test_every_clip_its_own_video_is_the_bootstrap_over_clips() -> None:
    right = (np.random.default_rng(2).random(300) < 0.4).astype(float)
    clips, videos = stats.bca(right, draws=2000), stats.cluster_bootstrap(right, np.arange(300), draws=2000)
    assert (videos.estimate, videos.low, videos.high) == pytest.approx((clips.estimate, clips.low, clips.high))


def test_copies_of_a_clip_add_nothing_where_they_share_a_video() -> None:
    right = (np.random.default_rng(3).random(100) < 0.4).astype(float)
    once = stats.cluster_bootstrap(right, np.arange(100), draws=2000)
    often = stats.cluster_bootstrap(np.repeat(right, 9), np.repeat(np.arange(100), 9), draws=2000)
    naive = stats.bca(np.repeat(right, 9), draws=2000)
    assert (often.low, often.high) == pytest.approx((once.low, once.high))
    assert often.high - often.low > 2.5 * (naive.high - naive.low)


def test_videos_of_unequal_length_weigh_by_their_clips() -> None:
    found = stats.cluster_bootstrap(np.array([1, 1, 1, 0.0]), np.array(["a", "a", "a", "b"]), draws=200)
    assert found.estimate == 0.75


def test_one_video_and_missing_videos_are_refused() -> None:
    with pytest.raises(WorkbenchError, match="one source video"):
        stats.cluster_bootstrap(np.ones(4), np.zeros(4))
    with pytest.raises(WorkbenchError, match="each clip"):
        stats.cluster_bootstrap(np.ones(4), np.zeros(3))


def test_interquartile_mean_drops_a_quarter_at_either_end() -> None:
    scores = np.array([[-9.0, 1, 2], [3, 4, 99], [2, 3, -5], [50, 60, 1]])  # the middle six: 1, 2, 2, 3, 3, 4
    found = stats.interquartile_mean(scores, draws=500)
    assert found.estimate == pytest.approx(15 / 6) and found.low <= 15 / 6 <= found.high
    assert found.estimate == stats.interquartile_mean(scores.ravel()[::-1].reshape(3, 4), draws=500).estimate


def test_interquartile_mean_interval_is_that_of_the_plain_loop() -> None:
    scores = np.random.default_rng(4).normal(size=(5, 4)) + np.arange(4)
    rng, means = np.random.default_rng(5), []
    for _ in range(4000):
        drawn = np.stack([scores[rng.integers(0, 5, 5), task] for task in range(4)], 1)
        means.append(np.sort(drawn.ravel())[5:15].mean())
    found = stats.interquartile_mean(scores, draws=4000)
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(means, [0.025, 0.975])), abs=0.06)


def test_interquartile_mean_strata_are_kept_apart() -> None:
    """Benchmarks differ, seeds do not: nothing varies, whatever is drawn."""
    found = stats.interquartile_mean(np.tile([0.1, 0.4, 0.6, 0.9], (5, 1)), draws=300)
    assert (found.low, found.high) == pytest.approx((0.5, 0.5))


def test_interquartile_mean_of_one_seed_has_no_interval_and_says_so() -> None:
    found = stats.interquartile_mean(np.array([0.0, 0.2, 0.4, 1.0]))
    assert found.estimate == pytest.approx(0.3) and math.isnan(found.low) and "one seed" in found.method
    with pytest.raises(WorkbenchError, match="finite"):
        stats.interquartile_mean(np.array([0.1, math.nan]))


def test_spearman_agrees_with_scipy_with_ties_and_is_invariant_to_monotone_changes() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=40).round(1)
    y = x + rng.normal(size=40)
    found = stats.spearman_interval(x, y, draws=1000)
    assert found.estimate == pytest.approx(scipy_stats.spearmanr(x, y).statistic)
    assert found == stats.spearman_interval(np.exp(x), y**3, draws=1000)
    other = scipy_stats.bootstrap(
        (x, y), lambda a, b: scipy_stats.spearmanr(a, b).statistic, paired=True, vectorized=False,
        n_resamples=1000, method="percentile", rng=1,
    ).confidence_interval  # fmt: skip
    assert (found.low, found.high) == pytest.approx((other.low, other.high), abs=0.05)


def test_spearman_of_an_order_is_one_and_of_its_reverse_minus_one() -> None:
    x = np.arange(12.0)
    up, down = stats.spearman_interval(x, x**2, draws=300), stats.spearman_interval(x, -x, draws=300)
    assert (up.estimate, up.low, up.high) == pytest.approx((1, 1, 1))
    assert (down.estimate, down.low, down.high) == pytest.approx((-1, -1, -1))


@pytest.mark.parametrize(("x", "y"), [([1, 2, 3], [1, 2, 3]), ([1, 1, 1, 1], [1, 2, 3, 4]), ([1, 2, 3, 4], [1, 2, 3])])
def test_spearman_refuses_what_has_no_order(x: list[float], y: list[float]) -> None:
    with pytest.raises(WorkbenchError):
        stats.spearman_interval(np.array(x), np.array(y))


def test_equal_seeds_give_equal_intervals() -> None:
    x = np.random.default_rng(7).random(50)
    assert stats.bca(x, draws=300) == stats.bca(x, draws=300)
    assert stats.interquartile_mean(x.reshape(10, 5), draws=300) == stats.interquartile_mean(
        x.reshape(10, 5), draws=300
    )

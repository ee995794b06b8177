"""Draws of videos: against the bootstrap of the statistics package and against medians drawn literally."""

from __future__ import annotations

import numpy as np
import pytest

from workbench import stats
from workbench.retrieval.ranks import Ranks
from workbench.retrieval.resampling import Resampled


def test_means_agree_with_the_cluster_bootstrap() -> None:
    rng = np.random.default_rng(0)
    video = np.concatenate([np.arange(150), rng.integers(0, 150, 350)])
    values = rng.random(500) < rng.random(150)[video]
    resampled = Resampled(150)
    low, high = resampled.interval(resampled.means(values[None].astype(float), video)[0])
    other = stats.cluster_bootstrap(values, video)
    assert (low, high) == (pytest.approx(other.low, abs=0.01), pytest.approx(other.high, abs=0.01))


def test_what_does_not_vary_has_no_spread() -> None:
    resampled = Resampled(50)
    draws = resampled.means(np.full((1, 50), 0.1), np.arange(50))
    assert resampled.interval(draws[0]) == (0.1, 0.1)


@pytest.mark.parametrize("captions", [1, 3])
def test_the_interval_of_a_median_is_that_of_literal_draws(captions) -> None:
    rng = np.random.default_rng(1)
    videos, draws = 60, 500
    video = np.repeat(np.arange(videos), captions)
    above = rng.geometric(0.05, len(video)) - 1
    ones = np.ones_like(above)
    resampled = Resampled(videos, draws)
    again = np.random.default_rng(0)
    lower, upper = [], []
    for _ in range(draws):
        times = np.bincount(again.integers(0, videos, videos), minlength=videos)
        drawn = np.sort(np.repeat(above + 1, times[video]))
        lower.append(drawn[(len(drawn) - 1) // 2])
        upper.append(drawn[len(drawn) // 2])
    low, high = resampled.median_interval(Ranks(above, 0 * ones, ones, 1000), video)
    assert low == np.quantile(lower, 0.025, method="inverted_cdf")
    assert high == np.quantile(upper, 0.975, method="inverted_cdf")


def test_the_median_of_equal_scores_has_its_pool_as_rank() -> None:
    ranks = Ranks.of_chance(np.ones(80, np.int64), 1000)
    assert ranks.median() == 500.5
    assert Resampled(80).median_interval(ranks, np.arange(80)) == (500, 501)


def test_two_thousand_draws_take_under_a_second() -> None:
    import time

    started = time.process_time()
    Resampled(3000)
    assert time.process_time() - started < 1

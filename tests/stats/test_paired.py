"""Known answers and edges of the differences and tests."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from scipy import stats as scipy_stats

from workbench import stats
from workbench.errors import WorkbenchError


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


def test_holm_known_answer_and_nan() -> None:
    assert stats.holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    found = stats.holm([0.01, math.nan, 0.04])
    assert found[[0, 2]] == pytest.approx([0.02, 0.04]) and math.isnan(found[1])
    assert len(stats.holm([])) == 0


def test_holm_is_that_of_statsmodels() -> None:
    from statsmodels.stats.multitest import multipletests

    rng = np.random.default_rng(0)
    for size in (1, 2, 7, 12):
        p = np.round(rng.random(size) ** 3, 2)  # with ties
        assert stats.holm(p) == pytest.approx(multipletests(p, method="holm")[1])

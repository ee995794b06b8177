"""What holds of every interval and test, whatever the numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench import stats

few = settings(max_examples=50, deadline=None)
fewer = settings(max_examples=15, deadline=None)
shares = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
numbers = st.integers(-1000, 1000).map(lambda x: x / 100)
whole = st.integers(-20, 20).map(float)  # sums of them are exact, so that draws tie with the estimate alike
deltas = st.lists(numbers, min_size=2, max_size=5)
ps = st.lists(st.floats(0, 1), min_size=1, max_size=12)
scales = st.sampled_from([0.25, 0.5, 2.0, 8.0])  # powers of two round nothing
answers = st.tuples(st.integers(1, 4), st.integers(2, 30)).flatmap(
    lambda shape: st.tuples(arrays(bool, shape), arrays(bool, shape))
)


@given(shares, st.floats(0.5, 0.99))
@few
def test_wilson_holds_the_share_and_mirrors(share: tuple[int, int], confidence: float) -> None:
    k, n = share
    low, high = stats.wilson(k, n, confidence)
    assert -1e-12 <= low <= k / n <= high <= 1 + 1e-12
    assert stats.wilson(n - k, n, confidence) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(shares, st.integers(2, 20))
@few
def test_wilson_shrinks_with_clips_and_grows_with_confidence(share: tuple[int, int], times: int) -> None:
    k, n = share

    def width(k: int, n: int, confidence: float = 0.95) -> float:
        low, high = stats.wilson(k, n, confidence)
        return high - low

    assert width(k * times, n * times) < width(k, n) < width(k, n, 0.99)


@given(shares, shares)
@few
def test_newcombe_is_antisymmetric_and_holds_the_difference(one: tuple[int, int], other: tuple[int, int]) -> None:
    found, back = stats.newcombe(*one, *other), stats.newcombe(*other, *one)
    assert (found.low, found.high) == pytest.approx((-back.high, -back.low), abs=1e-12)
    assert -1 - 1e-9 <= found.low <= found.estimate <= found.high <= 1 + 1e-9


@given(deltas, scales, st.integers(-8, 8))
@few
def test_the_interval_over_seeds_moves_with_the_numbers(x: list[float], scale: float, shift: int) -> None:
    found, moved = stats.seed_interval(x), stats.seed_interval([scale * one + shift for one in x])
    assert found.low <= found.estimate <= found.high
    expected = [scale * one + shift for one in (found.low, found.estimate, found.high)]
    assert [moved.low, moved.estimate, moved.high] == pytest.approx(expected, abs=1e-6)


@given(deltas, st.permutations(range(5)))
@few
def test_the_interval_over_seeds_knows_no_order_and_mirrors(x: list[float], order: list[int]) -> None:
    found, turned = stats.seed_interval(x), stats.seed_interval([-x[i] for i in order if i < len(x)])
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low), abs=1e-9)


@given(st.lists(numbers, min_size=2, max_size=2))
@few
def test_the_interval_over_seeds_shrinks_with_seeds_of_the_same_spread(x: list[float]) -> None:
    assume(x[0] != x[1])
    two, four = stats.seed_interval(x), stats.seed_interval(x * 2)
    assert four.estimate == pytest.approx(two.estimate, abs=1e-9) and four.high - four.low < two.high - two.low


@given(arrays(float, st.tuples(st.integers(1, 4), st.integers(1, 12)), elements=numbers), scales, st.integers(-8, 8))
@fewer
def test_the_bootstrap_holds_the_mean_and_moves_with_the_numbers(x: np.ndarray, scale: float, shift: int) -> None:
    found, moved = (stats.two_level_bootstrap(one, draws=400) for one in (x, scale * x + shift))
    assert found.estimate == pytest.approx(x.mean()) and found.low - 1e-9 <= found.estimate <= found.high + 1e-9
    assert x.min() - 1e-9 <= found.low and found.high <= x.max() + 1e-9
    expected = [scale * one + shift for one in (found.low, found.high)]
    assert [moved.low, moved.high] == pytest.approx(expected, abs=1e-6)


@given(arrays(float, st.integers(6, 30), elements=whole), scales, st.integers(-8, 8))
@fewer
def test_bca_moves_with_the_numbers(x: np.ndarray, scale: float, shift: int) -> None:
    assume(np.ptp(x) > 0)
    found, moved = (stats.bca(one, draws=200) for one in (x, scale * x + shift))
    assert x.min() <= found.low <= found.high <= x.max()
    expected = [scale * one + shift for one in (found.low, found.estimate, found.high)]
    assert [moved.low, moved.estimate, moved.high] == pytest.approx(expected, abs=1e-6)


@given(st.integers(5, 40), st.integers(0, 50))
@fewer
def test_four_times_the_clips_make_a_narrower_bootstrap(clips: int, seed: int) -> None:
    right = np.random.default_rng(seed).random((1, clips)) < 0.5
    assume(0.2 < right.mean() < 0.8)
    one, four = (stats.two_level_bootstrap(x, draws=1000) for x in (right, np.tile(right, (1, 4))))
    assert four.high - four.low < one.high - one.low and four.estimate == pytest.approx(one.estimate)


@given(answers)
@fewer
def test_a_paired_difference_is_antisymmetric_and_none_to_itself(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = drawn
    found, back = stats.paired_difference(a, b, draws=300), stats.paired_difference(b, a, draws=300)
    assert found.interval.estimate == pytest.approx(-back.interval.estimate)
    assert found.deltas == pytest.approx([-one for one in back.deltas]) and found.p == pytest.approx(back.p)
    assert max(found.floor, 0) <= found.p <= 1 and found.p > 0
    if found.over_seeds and back.over_seeds:
        assert (found.over_seeds.low, found.over_seeds.high) == pytest.approx(
            (-back.over_seeds.high, -back.over_seeds.low)
        )
    same = stats.paired_difference(a, a, draws=300)
    assert (same.interval.low, same.interval.high, same.p) == (0, 0, 1)


@given(st.lists(numbers, min_size=1, max_size=8), scales, st.permutations(range(8)))
@few
def test_sign_flip_is_a_p_that_knows_no_order_sign_or_scale(x: list[float], scale: float, order: list[int]) -> None:
    p = stats.sign_flip(x)
    assert 0 < stats.sign_flip_floor(len(x)) <= p <= 1
    assert stats.sign_flip([-scale * x[i] for i in order if i < len(x)]) == p
    assert p == 1 or any(x)


@given(answers, st.integers(0, 20))
@few
def test_mcnemar_is_symmetric_and_looks_at_discordant_clips_alone(
    drawn: tuple[np.ndarray, np.ndarray], alike: int
) -> None:
    a, b = (one[0] for one in drawn)
    p = stats.mcnemar(a, b)
    assert 0 < p <= 1 and stats.mcnemar(b, a) == pytest.approx(p)
    more = np.arange(alike) % 2 == 0
    assert stats.mcnemar(np.append(a, more), np.append(b, more)) == pytest.approx(p)


@given(ps, st.data())
@few
def test_holm_raises_p_keeps_their_order_and_knows_no_other(p: list[float], data: st.DataObject) -> None:
    found = stats.holm(p)
    assert (found >= p).all() and (found <= np.minimum(1, np.multiply(p, len(p)))).all() and (found <= 1).all()
    assert (np.diff(found[np.argsort(p, kind="stable")]) >= 0).all()
    order = data.draw(st.permutations(range(len(p))))
    assert stats.holm([p[i] for i in order]) == pytest.approx(found[order])
    assert stats.holm([*p, math.nan])[:-1] == pytest.approx(found)
    assert (stats.holm([*p, 0.5])[:-1] >= found).all()  # one more test makes none of them smaller


@given(arrays(float, st.tuples(st.integers(1, 5), st.integers(1, 5)), elements=numbers), scales, st.integers(-8, 8))
@fewer
def test_the_interquartile_mean_lies_within_and_moves_with_the_scores(x: np.ndarray, scale: float, shift: int) -> None:
    found, moved = (stats.interquartile_mean(one, draws=200) for one in (x, scale * x + shift))
    assert x.min() - 1e-9 <= found.estimate <= x.max() + 1e-9
    assert moved.estimate == pytest.approx(scale * found.estimate + shift, abs=1e-6)
    assert stats.interquartile_mean(x[::-1, ::-1], draws=200).estimate == pytest.approx(found.estimate)


@given(st.lists(st.tuples(numbers, numbers), min_size=4, max_size=20))
@fewer
def test_a_rank_correlation_is_symmetric_and_turns_with_either_side(pairs: list[tuple[float, float]]) -> None:
    x, y = np.array(pairs).T
    assume(np.ptp(x) > 0 and np.ptp(y) > 0)
    found = stats.spearman_interval(x, y, draws=100)
    assert -1 - 1e-9 <= found.low <= found.high <= 1 + 1e-9
    assert stats.spearman_interval(y, x, draws=100).estimate == pytest.approx(found.estimate)
    assert stats.spearman_interval(-x, y, draws=100).estimate == pytest.approx(-found.estimate)
    assert stats.spearman_interval(x, x, draws=100).estimate == pytest.approx(1)

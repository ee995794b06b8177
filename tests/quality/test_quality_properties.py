"""What holds of ranks, CKA and neighbourhoods of any space: ranges, and that scale, turns and order of channels mean nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.comparing.neighbours import chance_overlap, chance_shared, jaccard, neighbourhoods
from workbench.quality.cka import debiased_cka
from workbench.quality.rank import effective_rank, lidar, rankme
from workbench.retrieval.ranks import Ranks, ranks
from workbench.retrieval.scores import MatrixScores
from workbench.retrieval.truth import as_truth

few = settings(max_examples=40, deadline=None)
seeds = st.integers(0, 10_000)
sizes = st.tuples(st.integers(8, 30), st.integers(2, 6))


def space(seed: int, size: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=size)


def rotation(seed: int, width: int) -> np.ndarray:
    return np.linalg.qr(space(seed, (width, width)))[0]


@given(seeds, sizes, st.floats(0.01, 100))
@few
def test_ranks_lie_between_one_and_the_channels_and_know_no_turn_or_scale(
    seed: int, size: tuple[int, int], scale: float
) -> None:
    x, turn = space(seed, size), rotation(seed, size[1])
    views = np.stack([x, x + 0.1 * space(seed + 1, size)])
    assert 1 - 1e-3 <= rankme(x) <= size[1] + 1e-3
    assert rankme(scale * x @ turn) == pytest.approx(rankme(x), rel=1e-6)
    assert 1 - 1e-3 <= lidar(views) <= size[1] + 1e-3
    assert lidar(views @ turn) == pytest.approx(lidar(views), rel=1e-6)


@given(st.integers(1, 50), st.integers(0, 20))
@few
def test_the_effective_rank_of_equal_values_is_their_number(n: int, zeros: int) -> None:
    assert effective_rank(np.append(np.ones(n), np.zeros(zeros))) == pytest.approx(n, rel=1e-3)


@given(seeds, sizes, st.integers(2, 6), st.floats(0.01, 100))
@few
def test_cka_is_symmetric_one_with_itself_and_knows_no_turn_shift_or_scale(
    seed: int, size: tuple[int, int], width: int, scale: float
) -> None:
    x, y = space(seed, size), space(seed + 1, (size[0], width))
    value = debiased_cka(x, y)
    assert value <= 1 + 1e-6 and debiased_cka(y, x) == pytest.approx(value)
    assert debiased_cka(x, scale * x @ rotation(seed, size[1]) + 3) == pytest.approx(1)
    assert debiased_cka(scale * x @ rotation(seed, size[1]) + 3, y) == pytest.approx(value, abs=1e-6)
    rows = np.random.default_rng(seed).permutation(size[0])
    assert debiased_cka(x[rows], y[rows]) == pytest.approx(value, abs=1e-6)


@given(seeds, sizes, st.integers(1, 7))
@few
def test_a_space_agrees_with_itself_whatever_the_order_and_unit_of_its_channels(
    seed: int, size: tuple[int, int], k: int
) -> None:
    x = space(seed, size).astype(np.float32)
    order = np.random.default_rng(seed).permutation(size[1])
    found = neighbourhoods([x, x, 4 * x[:, order] + 8], k)
    assert (found.overlap(0, 1) == 1).all() and found.agreement(0, 1).overlap.estimate == 1
    assert found.overlap(0, 2).mean() > 0.8  # rounding may turn two that are almost equally near
    assert found.places[0, 1] == pytest.approx((k + 1) / 2)
    assert (found.nearest != np.arange(size[0])[None, :, None]).all()
    assert found.shared(np.zeros(size[0]), 0) == pytest.approx(1)


@given(st.integers(1, 8), st.data())
@few
def test_jaccard_is_a_symmetric_share_of_sets(k: int, data: st.DataObject) -> None:
    sets = st.lists(st.permutations(range(12)).map(lambda order: order[:k]), min_size=3, max_size=3)
    a, b = (np.array(data.draw(sets)) for _ in range(2))
    value = jaccard(a, b)
    assert ((value >= 0) & (value <= 1)).all() and np.array_equal(jaccard(b, a), value)
    assert np.array_equal(jaccard(a[:, ::-1], b), value) and (jaccard(a, a[:, ::-1]) == 1).all()


@given(st.integers(2, 40), st.data())
@few
def test_chance_is_a_share_and_one_where_there_is_no_choice(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(1, n - 1))
    assert 0 < chance_overlap(n, k) <= 1 + 1e-9 and chance_overlap(n, n - 1) == pytest.approx(1)
    values = np.array(data.draw(st.lists(st.integers(0, 3), min_size=n, max_size=n)))
    assert 0 <= chance_shared(values) <= 1 and chance_shared(np.zeros(n)) == 1


@given(seeds, st.integers(1, 12))
@few
def test_recalls_grow_with_k_up_to_one_and_ranks_stay_in_the_pool(seed: int, n: int) -> None:
    scores = np.random.default_rng(seed).integers(0, 4, (n, n)).astype(float)
    for found in ranks(MatrixScores(scores), as_truth(None, n, n)):
        recalls = np.array([found.within(k) for k in range(1, n + 1)])
        assert (np.diff(recalls, axis=0) >= -1e-12).all() and recalls[-1] == pytest.approx(1)
        assert ((found.expected() >= 1) & (found.expected() <= n)).all() and 1 <= found.median() <= n
    (own, _) = ranks(MatrixScores(np.eye(n)), as_truth(None, n, n))
    assert own.within(1) == pytest.approx(1) and own.median() == 1


@given(st.integers(1, 10), st.integers(0, 30))
@few
def test_recalls_of_chance_are_the_share_of_the_pool(true: int, false: int) -> None:
    pool = true + false
    chance = Ranks.of_chance(np.array([true]), pool)
    assert chance.within(1) == pytest.approx(true / pool)
    if true == 1:
        assert [chance.within(k)[0] for k in range(1, pool + 1)] == pytest.approx(
            [k / pool for k in range(1, pool + 1)]
        )

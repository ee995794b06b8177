"""Neighbourhood agreement: planted groups, equality with what is written out, chance, blocks, ties."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.widgets.planted import planted_source
from workbench.comparing import neighbourhoods
from workbench.comparing.neighbours import chance_overlap, chance_shared, jaccard
from workbench.errors import WorkbenchError


def features(n: int = 50, d: int = 6, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, d)).astype(np.float32)


def test_the_same_space_agrees_wholly_however_it_is_scaled_and_moved() -> None:
    one = features()
    found = neighbourhoods([one, one * 3 + 7], 5)
    np.testing.assert_array_equal(found.nearest[0], found.nearest[1])
    agreement = found.agreement(0, 1)
    assert agreement.overlap.estimate == agreement.overlap.low == agreement.overlap.high == 1
    np.testing.assert_allclose(found.places[0, 1], 3)  # the mean of places 1 to 5


def test_neighbours_are_those_of_the_explorer() -> None:
    source = planted_source(40, features=features(40))
    found = neighbourhoods([source.features, features(40, seed=1)], 7, block=9)
    for row in (0, 8, 9, 39):
        assert found.nearest[0, row].tolist() == source.nearest(row, 7)[0].tolist()


def test_blocks_do_not_change_the_result() -> None:
    both = [features(), features(seed=1)]
    one, other = neighbourhoods(both, 6, block=7), neighbourhoods(both, 6, block=1000)
    np.testing.assert_array_equal(one.nearest, other.nearest)
    np.testing.assert_allclose(one.places, other.places)


def test_equals_are_taken_in_the_order_of_rows() -> None:
    one = np.tile(np.array([[1, 0], [-1, 0], [0, 1], [0, -1]], np.float32), (6, 1))
    found = neighbourhoods([one, one], 3)
    assert found.nearest[0, 0].tolist() == [4, 8, 12] and found.nearest[0, 4].tolist() == [0, 8, 12]


def test_overlap_and_places_written_out() -> None:
    a, b = features(30), features(30, seed=2)
    found = neighbourhoods([a, b], 4)
    sources = [planted_source(30, features=x) for x in (a, b)]
    for row in (0, 11, 29):
        of_a, of_b = (source.nearest(row, 4)[0].tolist() for source in sources)
        common = len({*of_a} & {*of_b})
        assert found.overlap(0, 1)[row] == found.overlap(1, 0)[row] == common / (8 - common)
        order = sources[1].nearest(row, 29)[0].tolist()
        assert found.places[0, 1, row] == pytest.approx(np.mean([order.index(other) + 1 for other in of_a]))


def test_most_changed_are_the_clips_that_were_moved() -> None:
    one = planted_source(40).features
    other = one.copy()
    other[[3, 17]] = one[[0, 2]]  # clips of two groups moved into others
    found = neighbourhoods([one, other], 9)
    assert set(found.most_changed(2).tolist()) == {3, 17}
    assert found.overlap(0, 1)[[3, 17]].max() == 0
    far = found.places[0, 1] + found.places[1, 0]
    order = found.most_changed(40)
    keys = [(found.mean_overlap[row], -far[row]) for row in order]
    assert keys == sorted(keys)


def test_chance_is_what_random_neighbourhoods_have() -> None:
    n, k = 40, 6
    rng = np.random.default_rng(0)
    drawn = [np.stack([rng.permutation(n - 1)[:k] for _ in range(4000)]) for _ in range(2)]
    assert chance_overlap(n, k) == pytest.approx(jaccard(*drawn).mean(), abs=0.004)
    assert chance_overlap(16, 15) == 1
    space = neighbourhoods([features(2000, 20), features(2000, 20, 9)], 15)
    agreement = space.agreement(0, 1)
    assert agreement.overlap.low - 0.001 < agreement.chance < agreement.overlap.high + 0.001


def test_neighbours_of_planted_groups_share_the_group_and_chance_is_counted() -> None:
    source = planted_source(40)
    found = neighbourhoods([source.features, features(40)], 5)
    group = source.table["group"].to_numpy()
    assert (found.shared(group, 0) == 1).all() and found.shared(group, 1).mean() < 0.6
    pairs = [group[i] == group[j] for i in range(40) for j in range(40) if i != j]
    assert chance_shared(group) == pytest.approx(np.mean(pairs))


def test_three_models_have_three_pairs() -> None:
    found = neighbourhoods([features(), features(), features(seed=1)], 5)
    assert found.pairs == [(0, 1), (0, 2), (1, 2)]
    np.testing.assert_allclose(found.mean_overlap, (1 + 2 * found.overlap(0, 2)) / 3)


def test_ten_thousand_clips_in_blocks_take_little_memory() -> None:
    import tracemalloc

    both = [features(10_000, 32), features(10_000, 32, 1)]
    tracemalloc.start()
    started = time.monotonic()
    found = neighbourhoods(both)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.n == 10_000 and time.monotonic() - started < 120
    assert peak < 250 * 2**20  # all cosines of both at once would be 800 MB


@pytest.mark.parametrize(
    ("spaces", "k", "said"),
    [
        ([features()], 5, "2 models or more"),
        ([features(), features(49)], 5, r"not 2 on \[49, 50\] clips"),
        ([features(), features()], 50, "give 1 to 49"),
    ],
)
def test_what_cannot_be_compared_says_why(spaces: list[np.ndarray], k: int, said: str) -> None:
    with pytest.raises(WorkbenchError, match=said):
        neighbourhoods(spaces, k)

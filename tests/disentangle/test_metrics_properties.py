"""What holds of DCI, MIG, SAP, modularity and R², whatever the numbers: ranges, and that names and order of codes mean nothing."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.disentangle.dci import block_importance, completeness, disentanglement
from workbench.disentangle.discriminant import score
from workbench.disentangle.information import BINS, binned, entropy, mig, modularity, mutual_information, sap_of
from workbench.probes.ridge import r_squared

few = settings(max_examples=50, deadline=None)
shape = st.tuples(st.integers(2, 8), st.integers(2, 5))
tables = arrays(float, shape, elements=st.integers(0, 100).map(float))  # channels, factors
codes = st.tuples(st.integers(2, 40), st.integers(1, 4)).flatmap(
    lambda size: st.tuples(
        arrays(float, size, elements=st.integers(-50, 50).map(float)),
        arrays(np.int64, size[0], elements=st.integers(0, 3)),
    )
)


def turned(table: np.ndarray, data: st.DataObject) -> np.ndarray:
    """The same with channels and factors in another order."""
    rows, columns = (data.draw(st.permutations(range(n))) for n in table.shape)
    return np.asarray(table[rows][:, columns])


@given(tables, st.data())
@few
def test_dci_is_a_share_that_knows_no_order_and_no_scale(r: np.ndarray, data: st.DataObject) -> None:
    for measure in (disentanglement, completeness):
        value = measure(r)
        assert -1e-6 <= value <= 1 + 1e-6
        assert measure(turned(r, data)) == pytest.approx(value, abs=1e-9)
        assert measure(r * 16) == pytest.approx(value, abs=1e-6)
    assert completeness(r) == pytest.approx(disentanglement(r.T))


@given(st.integers(2, 8), st.permutations(range(8)))
@few
def test_dci_of_one_channel_a_factor_is_one_and_of_equal_shares_none(n: int, order: list[int]) -> None:
    one = np.eye(n)[[i for i in order if i < n]]
    assert disentanglement(one) == pytest.approx(1, abs=1e-6) and completeness(one) == pytest.approx(1, abs=1e-6)
    assert disentanglement(np.ones((n, 3))) == pytest.approx(0, abs=1e-6)


@given(tables, st.data())
@few
def test_blocks_share_all_importance_between_them(r: np.ndarray, data: st.DataObject) -> None:
    first = np.array(data.draw(st.lists(st.booleans(), min_size=len(r), max_size=len(r))))
    assert block_importance(r, first, ~first).sum(0) == pytest.approx(r.sum(0))


@given(codes, st.permutations(range(4)), st.sampled_from([0.5, 2.0, 8.0]), st.integers(-8, 8))
@few
def test_information_is_bounded_by_entropy_and_knows_no_names(
    drawn: tuple[np.ndarray, np.ndarray], names: list[int], scale: float, shift: int
) -> None:
    x, labels = drawn
    bins = binned(x)
    assert bins.min() >= 0 and bins.max() < BINS
    assert np.array_equal(binned(scale * x + shift), bins)
    found = mutual_information(bins, labels, 4)
    most = [min(entropy(column), entropy(labels)) for column in bins.T]
    assert (found >= -1e-6).all() and (found <= np.array(most) + 1e-6).all()
    assert mutual_information(bins, np.array(names)[labels], 4) == pytest.approx(found, abs=1e-6)
    assert mutual_information(labels[:, None], labels, 4) == pytest.approx([entropy(labels)], abs=1e-6)


@given(tables, st.data())
@few
def test_gaps_and_modularity_are_shares_that_know_no_order(table: np.ndarray, data: st.DataObject) -> None:
    information = table / 100
    other = turned(information, data)

    def sap(scores: np.ndarray) -> float:
        return sap_of(
            SimpleNamespace(alone=lambda factor: scores[:, int(factor)]), tuple(map(str, range(scores.shape[1])))
        )  # type: ignore[arg-type]

    for measure in (lambda x: mig(x, np.ones(x.shape[1])), modularity, sap):
        assert -1e-9 <= measure(information) <= 1 + 1e-9
        assert measure(other) == pytest.approx(measure(information))
    assert modularity(information * 8) == pytest.approx(modularity(information))


@given(st.integers(2, 6), st.integers(2, 5))
@few
def test_a_channel_for_each_factor_is_modular_and_copies_have_no_gap(channels: int, factors: int) -> None:
    assert modularity(np.eye(factors)) == 1 and mig(np.eye(factors), np.ones(factors)) == 1
    copies = np.ones((channels, factors))
    assert mig(copies, np.ones(factors)) == 0 and modularity(copies) == pytest.approx(0)


@given(arrays(float, st.integers(3, 30), elements=st.integers(-50, 50).map(float)), st.data())
@few
def test_r_squared_is_a_share_one_where_all_is_predicted_and_knows_no_unit(
    truth: np.ndarray, data: st.DataObject
) -> None:
    assume(np.ptp(truth) > 0)
    predicted = data.draw(arrays(float, truth.shape, elements=st.integers(-50, 50).map(float)))
    value = r_squared(truth, predicted)
    assert 0 <= value <= 1 and r_squared(truth, truth) == 1
    assert r_squared(truth, np.full_like(truth, truth.mean())) == pytest.approx(0, abs=1e-9)
    assert r_squared(4 * truth - 3, 4 * predicted - 3) == pytest.approx(value, abs=1e-9)


@given(st.floats(0, 1), st.floats(0.01, 0.9))
@few
def test_the_score_is_none_at_chance_and_one_where_all_is_read(accuracy: float, chance: float) -> None:
    assert score(chance, chance) == 0 and score(1.0, chance) == pytest.approx(1)
    assert (score(accuracy, chance) > 0) == (accuracy > chance)

"""Mutual information with known answers, and a null that finds what depends and passes what does not."""

import numpy as np
import pandas as pd
import pytest

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.gates.independence import from_table, independence, mutual_information, to_table
from workbench.gates.measure import GATES

MANY = DataSettings(train_clips=4000, distractors=1)


def test_information_of_known_tables():
    code = np.repeat(np.arange(4), 50)
    assert mutual_information(code, code) == pytest.approx(2.0)  # bits
    assert mutual_information(code, code // 2) == pytest.approx(1.0)
    assert mutual_information(code, np.tile(np.arange(5), 40)) == pytest.approx(0.0, abs=1e-12)


def test_a_dependence_is_found_and_named():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 5, 1000), rng.random(1000)
    table = pd.DataFrame({"a": a, "b": b, "c": np.where(rng.random(1000) < 0.3, a, rng.integers(0, 5, 1000))})
    found = independence(table)
    assert found.p < 0.01 and set(found.pairs.iloc[0][["a", "b"]]) == {"a", "c"}


def test_the_table_of_pairs_holds_all_that_was_found():
    table = BENCHMARKS["motion48"].table(DataSettings(train_clips=100), "train")
    tested = {name: independence(table, draws=10, seed=seed) for seed, name in enumerate(("one", "other"))}
    found = from_table(to_table(tested))
    assert list(found) == ["one", "other"]
    for name, was in tested.items():
        assert (found[name].p, found[name].n, found[name].largest) == (was.p, was.n, was.largest)
        pd.testing.assert_frame_equal(found[name].pairs, was.pairs.reset_index(drop=True))


@pytest.mark.parametrize("name", list(GATES))
def test_factors_of_the_benchmarks_are_independent(name):
    """The largest of all pairs is within the permutation null of the largest."""
    found = independence(BENCHMARKS[name].table(MANY, "train"))
    assert found.p > 0.05, found.pairs.head(3)
    assert len(found.pairs) > 100

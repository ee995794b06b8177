"""Over-representation, against Fisher's exact test of scipy and by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact

from workbench.errors import UnknownName, WorkbenchError
from workbench.exploring.selection import over_represented


def test_p_is_fishers_and_lines_are_sorted_by_it() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"a": rng.integers(0, 3, 60), "b": rng.integers(0, 2, 60)})
    rows = np.flatnonzero((table["a"] == 1) | (rng.random(60) < 0.2))
    found = over_represented(table, rows, ["a", "b"])
    chosen = np.isin(np.arange(60), rows)
    for line in found.itertuples():
        is_value = (table[line.column] == line.value).to_numpy()
        counts = [
            [(is_value & chosen).sum(), (~is_value & chosen).sum()],
            [(is_value & ~chosen).sum(), (~is_value & ~chosen).sum()],
        ]
        assert np.isclose(line.p, fisher_exact(counts, "greater").pvalue)
        assert line.count == counts[0][0] and np.isclose(line.share, counts[0][0] / len(rows))
    assert (found["column"].iloc[0], found["value"].iloc[0]) == ("a", 1) and found["p"].is_monotonic_increasing
    assert (found["share"] > found["rest"]).all() and (found["p_holm"] >= found["p"]).all()


def test_what_cannot_be_compared_says_so() -> None:
    table = pd.DataFrame({"a": [0, 1, 1], "same": [2, 2, 2]})
    assert "two points" in over_represented(table, [0], ["a"]).attrs["note"]
    assert "no rest" in over_represented(table, [0, 1, 2], ["a"]).attrs["note"]
    assert over_represented(table, [1, 2], ["same"]).attrs["note"].startswith("No value")
    assert over_represented(table, [1, 2], ["a", "same"])["column"].tolist() == ["a"]


def test_holm_counts_the_values_that_the_selection_lacks() -> None:
    table = pd.DataFrame({"a": ["x"] * 6 + ["y"] * 6 + ["z"] * 6 + ["w"] * 6})
    found = over_represented(table, range(6), ["a"])
    assert found["value"].tolist() == ["x"] and found["ratio"].tolist() == [np.inf]
    p = 1 / 134596  # one of the 24-choose-6 selections
    np.testing.assert_allclose([found["p"][0], found["p_holm"][0]], [p, 4 * p])


def test_an_unknown_column_and_row_are_named() -> None:
    table = pd.DataFrame({"a": [0, 1, 1]})
    with pytest.raises(UnknownName, match=r"column 'b'.* Known: a"):
        over_represented(table, [0, 1], ["b"])
    for row in (3, -1):
        with pytest.raises(WorkbenchError, match=f"no row {row} in a table of 3"):
            over_represented(table, [0, row], ["a"])

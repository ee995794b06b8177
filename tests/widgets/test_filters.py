"""Filters: a point is shown where all columns agree, and what is hidden is selected no longer."""

from __future__ import annotations

import numpy as np

from tests.widgets.planted import planted_explorer, planted_source
from workbench.widgets.filters import Filters
from workbench.widgets.plot import POINTS


def shown(explorer) -> np.ndarray:
    return np.isfinite(explorer.plot.figure.data[POINTS].x)


def test_classes_and_a_range_are_kept_together() -> None:
    source = planted_source()
    filters = Filters(lambda: None)
    filters.fill(source)
    assert filters.mask() is None and filters.shown() == ""
    filters.set({"group": ["left", "down"], "speed": [0.25, 0.75]})
    table = source.table
    want = table["group"].isin([0, 3]) & table["speed"].between(0.25, 0.75)
    np.testing.assert_array_equal(filters.mask(), want)
    assert filters.words() == "group left, down; speed 0.25 to 0.75"
    assert filters.shown().startswith(f"{int(want.sum())} are shown")


def test_choosing_in_the_panel_hides_points_and_their_selection() -> None:
    explorer = planted_explorer()
    explorer.select([100, 101, 102, 104])
    explorer.filters.column.value = "group"
    assert list(explorer.filters.values.options) == ["<i>up</i>", "down", "left", "right"]
    explorer.filters.values.value = ("left",)
    np.testing.assert_array_equal(shown(explorer), planted_source().table["group"] == 0)
    assert explorer.selected == [100, 104] and "10 are shown: group left" in explorer.message
    explorer.step()
    assert explorer.clip == 100
    explorer.filters.clear.click()
    assert shown(explorer).all() and explorer.filters.state == {}


def test_a_range_in_the_panel() -> None:
    explorer = planted_explorer()
    speed = planted_source().table["speed"]
    explorer.filters.column.value = "speed"
    low, high = explorer.filters.range.min, explorer.filters.range.max
    assert np.isclose(low, speed.min()) and np.isclose(high, speed.max())
    middle = (low + high) / 2
    explorer.filters.range.value = (low, middle)
    np.testing.assert_array_equal(shown(explorer), speed <= explorer.filters.range.value[1])
    explorer.filters.range.value = (low, high)
    assert explorer.filters.state == {}


def test_an_unknown_column_is_named_with_the_known() -> None:
    explorer = planted_explorer()
    explorer.filter(colour=["red"])
    assert "Unknown column 'colour'" in explorer.message and "group" in explorer.message
    explorer.filter(group=["left"])
    assert shown(explorer).sum() == 10
    explorer.filter()
    assert shown(explorer).all()


def test_a_class_of_the_legend_selects_what_is_shown_of_it() -> None:
    explorer = planted_explorer()
    explorer.filter(size=["1"])
    explorer.pick(0)
    table = planted_source().table
    assert explorer.selected == table.loc[(table["group"] == 0) & (table["size"] == 1), "clip"].tolist()


def test_filters_on_what_another_benchmark_has_not_are_dropped() -> None:
    source = planted_source()
    filters = Filters(lambda: None)
    filters.fill(source)
    filters.set({"group": ["left"], "size": ["2"]})
    filters.fill(planted_source(table=source.table.drop(columns="group"), factors={"size": 3}))
    assert filters.state == {"size": ["2"]}

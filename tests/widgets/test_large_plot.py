"""The plot of many points, without a page: what it tells of the mouse, and that all points are in view."""

from __future__ import annotations

import numpy as np
import pytest

from tests.widgets.planted import planted_source
from workbench.widgets.colours import PALETTE, colouring
from workbench.widgets.large_plot import LargePlot

Heard = list[tuple[str, object]]


@pytest.fixture
def heard() -> Heard:
    return []


@pytest.fixture
def plot(heard: Heard) -> LargePlot:
    found = LargePlot(
        lambda row: heard.append(("click", row)),
        lambda rows: heard.append(("drag", rows)),
        lambda: heard.append(("deselect", None)),
    )
    source = planted_source()
    found.show(source.features[:, :2] * (1, 3), source, ("a", "b"), colouring(source, "group"))
    return found


def test_one_point_is_a_click_several_are_a_lasso_none_is_a_click_beside_them(plot: LargePlot, heard: Heard) -> None:
    for rows in ([7], [3, 4, 5], []):
        plot.scatter.widget.selection = np.array(rows)
    assert heard == [("click", 7), ("drag", [3, 4, 5]), ("deselect", None)]


def test_what_the_kernel_selects_is_not_told_as_if_a_person_had(plot: LargePlot, heard: Heard) -> None:
    plot.select([1, 2])
    assert list(plot.scatter.widget.selection) == [1, 2] and heard == []


def test_all_points_are_in_view_on_axes_of_equal_length(plot: LargePlot) -> None:
    for name, values in zip("xy", plot.coordinates.T, strict=True):
        low, high = getattr(plot.scatter.widget, f"{name}_scale_domain")
        assert low < values.min() and values.max() < high
        assert high - low == pytest.approx(1.3 * np.ptp(plot.coordinates, axis=0).max())


def test_classes_have_the_colours_of_the_legend_and_hidden_points_are_left_out(plot: LargePlot) -> None:
    source = planted_source()
    drawn = ["#" + "".join(f"{round(255 * part):02X}" for part in colour[:3]) for colour in plot.scatter.widget.color]
    assert drawn == list(PALETTE)
    plot.move(plot.coordinates, source.table["group"].to_numpy() == 2)
    assert list(plot.scatter.widget.filter) == list(range(2, 40, 4))


def test_a_click_and_a_drag_do_what_they_do_in_the_smaller_plot(plot: LargePlot) -> None:
    assert plot.scatter.widget.mouse_mode == "lasso"

"""The scatter plot: its traces, marks and state, without a page."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
import pytest
from ipywidgets.widgets.widget import _remove_buffers
from plotly.validator_cache import ValidatorCache

from tests.widgets.planted import planted_source
from workbench.widgets.colours import SYMBOLS, colouring
from workbench.widgets.figure import SYMBOL_NUMBERS
from workbench.widgets.plot import GL_POINTS, LOOKED_AT, NEIGHBOURS, POINTS, ScatterPlot, hover_texts


@pytest.fixture
def heard() -> list[tuple[str, object]]:
    return []


@pytest.fixture
def shown(heard: list[tuple[str, object]]) -> Callable[..., ScatterPlot]:
    def show(n: int = 40) -> ScatterPlot:
        plot = ScatterPlot(
            lambda row: heard.append(("click", row)),
            lambda rows: heard.append(("drag", rows)),
            lambda: heard.append(("deselect", None)),
        )
        source = planted_source(n)
        plot.show(source.features[:, :2], source, ("one", "two"), colouring(source, "group"))
        return plot

    return show


def test_every_clip_is_a_point_at_its_row(shown: Callable[..., ScatterPlot]) -> None:
    plot = shown()
    points = plot.figure.data[POINTS]
    np.testing.assert_array_equal(np.c_[points.x, points.y], planted_source().features[:, :2])
    assert len(points.marker.symbol) == len(points.text) == 40
    assert plot.figure.layout.xaxis.title.text == "one" and plot.figure.layout.yaxis.scaleanchor == "x"


def test_few_points_are_svg_and_many_webgl(shown: Callable[..., ScatterPlot]) -> None:
    assert isinstance(shown(40).figure.data[POINTS], go.Scatter)
    many = shown(GL_POINTS)
    assert isinstance(many.figure.data[POINTS], go.Scattergl)
    few = planted_source(40)
    many.show(few.features[:, :2], few, ("", ""), colouring(few, "group"))
    assert isinstance(many.figure.data[POINTS], go.Scatter) and len(many.widget.children) == 2


def test_the_figure_is_kept_while_the_kind_of_trace_stays(shown: Callable[..., ScatterPlot]) -> None:
    plot = shown(40)
    figure, other = plot.figure, planted_source(60)
    plot.show(other.features[:, :2], other, ("", ""), colouring(other, "size"))
    assert plot.figure is figure and len(figure.data[POINTS].x) == 60


def test_rings_mark_the_clip_and_number_its_neighbours(shown: Callable[..., ScatterPlot]) -> None:
    plot = shown()
    plot.mark(3, [7, 11])
    at = planted_source().features[:, :2]
    rings = plot.figure.data[NEIGHBOURS]
    np.testing.assert_array_equal(np.c_[rings.x, rings.y], at[[7, 11]])
    assert list(rings.text) == ["1", "2"]
    assert plot.figure.data[LOOKED_AT].x.tolist() == [at[3, 0]]
    plot.mark(None)
    assert len(plot.figure.data[LOOKED_AT].x) == len(plot.figure.data[NEIGHBOURS].x) == 0


def test_selection_dims_the_rest_and_is_forgotten_with_new_points(shown: Callable[..., ScatterPlot]) -> None:
    plot = shown()
    plot.select([1, 2])
    assert list(plot.figure.data[POINTS].selectedpoints) == [1, 2]
    plot.select(None)
    assert plot.figure.data[POINTS].selectedpoints is None
    plot.select([4])
    source = planted_source()
    plot.show(source.features[:, 1:3], source, ("", ""), colouring(source, "group"))
    assert plot.figure.data[POINTS].selectedpoints is None


def test_zoom_is_given_back_and_restored(shown: Callable[..., ScatterPlot]) -> None:
    plot = shown()
    assert plot.zoom() is None
    plot.set_zoom({"x": [1, 2.5], "y": [-3, 4]})
    assert plot.zoom() == {"x": [1.0, 2.5], "y": [-3.0, 4.0]}
    plot.colour(colouring(planted_source(), "size"))
    assert plot.zoom() == {"x": [1.0, 2.5], "y": [-3.0, 4.0]}
    plot.set_zoom(None)
    assert plot.zoom() is None
    plot.relay._handle_custom_msg({"event": "zoom", "ranges": {"x": [0, 1], "y": [2, 3]}}, [])
    assert plot.zoom() == {"x": [0.0, 1.0], "y": [2.0, 3.0]}
    source = planted_source()
    plot.show(source.features[:, 1:3], source, ("", ""), colouring(source, "group"))
    assert plot.zoom() is None


def test_a_reloaded_page_gets_the_figure_as_it_is_now(shown: Callable[..., ScatterPlot]) -> None:
    plot = shown()
    plot.mark(3)
    plot.colour(colouring(planted_source(), "speed"))
    state = plot.figure.get_state()
    assert state["_widget_data"][POINTS]["marker"]["symbol"] == [SYMBOL_NUMBERS["circle"]] * 40
    assert state["_widget_layout"]["xaxis"]["title"]["text"] == "one"
    looked_at = state["_widget_data"][LOOKED_AT]["x"]
    values = np.frombuffer(looked_at["buffer"], looked_at["dtype"])
    assert values.tolist() == [planted_source().features[3, 0]]


def test_the_figure_can_be_sent_after_a_lasso(shown: Callable[..., ScatterPlot]) -> None:
    """plotly's page tells of an outline with undefined parts. A figure that cannot be sent leaves a reloaded page waiting."""
    figure = shown().figure
    outline = {"type": "path", "path": "M0,0L1,1L0,1Z", "line": {"width": "_undefined_"}, "name": "_undefined_"}
    told = {"relayout_data": {"selections": [outline]}, "source_view_id": "page"}
    figure.set_state({"_js2py_relayout": told})
    style = {"style_data": {"selectedpoints": [["_undefined_", 1]]}, "style_traces": [POINTS], "source_view_id": "page"}
    figure.set_state({"_js2py_restyle": style | {"trace_edit_id": 0, "layout_edit_id": 0}})
    state, _, _ = _remove_buffers(figure.get_state())
    json.dumps(state)


def test_a_reloaded_page_gets_no_outline_that_would_select_again(shown: Callable[..., ScatterPlot]) -> None:
    figure = shown().figure
    figure.layout.selections = [{"type": "path", "path": "M0,0L1,1L0,1Z", "xref": "x", "yref": "y"}]
    assert "selections" in figure._layout and "selections" not in figure.get_state()["_widget_layout"]


def test_messages_of_the_page_arrive(shown: Callable[..., ScatterPlot], heard: list[tuple[str, object]]) -> None:
    plot = shown()
    for message in (
        {"event": "click", "row": 5},
        {"event": "drag", "rows": [1, 2]},
        {"event": "deselect"},
        {"event": "?"},
    ):
        plot.relay._handle_custom_msg(message, [])
    assert heard == [("click", 5), ("drag", [1, 2]), ("deselect", None)]


def test_the_hover_box_cannot_be_given_markup() -> None:
    text = hover_texts(planted_source())[2]
    assert text.startswith("<b>Clip 102</b>") and "&lt;i&gt;up&lt;/i&gt;" in text and "<i>" not in text


def test_no_button_sends_the_data_away(shown: Callable[..., ScatterPlot]) -> None:
    assert shown().figure._config["showSendToCloud"] is False


def test_symbols_have_the_numbers_that_plotly_gives_them():
    known = ValidatorCache.get_validator("scattergl.marker", "symbol").values
    assert set(SYMBOL_NUMBERS) == set(SYMBOLS)
    assert {name: known[known.index(name) - 2] for name in SYMBOLS} == SYMBOL_NUMBERS  # 0, "0", "circle", 100, …

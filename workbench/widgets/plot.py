"""The scatter plot: one trace of points whose index is the clip's row, and two of rings that mark clips."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np
import plotly.graph_objects as go

from workbench.widgets.colours import Colouring
from workbench.widgets.source import Source
from workbench.widgets.view import View

GL_POINTS = 2000  # below, SVG draws as fast and needs no WebGL
HEIGHT = 520
INK = "#888888"  # legible on a white and on a dark page; static/explorer.css replaces it by the theme's own colour
POINTS, NEIGHBOURS, LOOKED_AT = range(3)


class Figure(go.FigureWidget):
    """A FigureWidget that a reloaded page draws as it is now: plotly's own hands out the figure as it was made."""

    def get_state(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """State for the page, with the current data and layout in the place of the first."""
        state = super().get_state(*args, **kwargs)
        for name, current in (("_widget_data", "_data"), ("_widget_layout", "_layout")):
            if name in state and hasattr(self, current):  # not yet where the widget is just being made
                to_json = self.trait_metadata(name, "to_json", self._trait_to_json)
                # Not of a copy: a copy of plotly's mark for "undefined", which a lasso leaves in the data, is no mark any more.
                state[name] = to_json(getattr(self, current), self)
        # The page may tell of an outline after it was taken away here; a page drawn with it would select its points again.
        if isinstance(layout := state.get("_widget_layout"), dict):
            layout.pop("selections", None)
        return state


class ScatterPlot:
    """Points of a source. Calls `on_click(row)`, `on_drag(rows)` for what a lasso or box holds, and `on_deselect()`."""

    def __init__(
        self,
        on_click: Callable[..., None],
        on_drag: Callable[..., None],
        on_deselect: Callable[..., None],
        height: int = HEIGHT,
    ) -> None:
        self.height = height
        self.relay = View("relay")
        self.relay.on(click=on_click, drag=on_drag, deselect=on_deselect, zoom=self._zoomed)
        self._zoom: dict[str, list[float]] | None = None
        self.figure: Figure | None = None
        self.coordinates = np.empty((0, 2), np.float32)
        self.widget = widgets.Box(layout=widgets.Layout(width="100%", min_height=f"{height}px", display="block"))

    def show(self, coordinates: np.ndarray, source: Source, titles: tuple[str, str], colours: Colouring) -> None:
        """Draw all points anew, whole in view. `titles` are those of the axes."""
        kind = go.Scattergl if len(coordinates) >= GL_POINTS else go.Scatter
        if self.figure is None or not isinstance(self.figure.data[POINTS], kind):
            self._make(kind)
        self.coordinates = coordinates
        assert self.figure is not None
        with self.figure.batch_update():
            points = self.figure.data[POINTS]
            points.x, points.y = coordinates[:, 0], coordinates[:, 1]
            points.text = hover_texts(source)
            points.marker.size = marker_size(len(coordinates))
            points.selectedpoints = None
            points.marker.update(colours.marker())
            for axis, title in ((self.figure.layout.xaxis, titles[0]), (self.figure.layout.yaxis, titles[1])):
                axis.title.text, axis.range, axis.autorange = title, None, True
        self._zoom = None
        self._rings(None, ())

    def clear(self) -> None:
        """Take the figure away."""
        if self.figure is not None:
            self.figure.close()
        self.figure, self.widget.children = None, ()
        self.coordinates = np.empty((0, 2), np.float32)

    def colour(self, colours: Colouring) -> None:
        """Recolour the points; zoom and selection stay."""
        if self.figure is not None:
            with self.figure.batch_update():
                self.figure.data[POINTS].marker.update(colours.marker())

    def mark(self, row: int | None, neighbours: Sequence[int] = ()) -> None:
        """Ring the clip that is looked at, and number its neighbours."""
        if self.figure is not None:
            self._rings(row, neighbours)

    def select(self, rows: Sequence[int] | None, dragged: bool = False) -> None:
        """Dim all points but `rows`; None dims none. `dragged`: a lasso or box said so, and its outline is taken away."""
        if self.figure is None:
            return
        value = None if rows is None else list(rows)
        self.figure.data[POINTS].selectedpoints = value
        if dragged:
            # A drag that starts on an outline starts no other. Taking it away, the page dims all points, of which this side
            # knows nothing: what is selected is sent again even where it is the same here.
            self.figure.layout.selections = []
            self.figure._send_relayout_msg({"selections": []})
            self.figure._send_restyle_msg({"selectedpoints": [value]}, [POINTS])

    def zoom(self) -> dict[str, list[float]] | None:
        """The ranges of the axes that a person chose, {"x": [low, high], "y": [low, high]}; None where all is in view."""
        return self._zoom

    def set_zoom(self, ranges: dict[str, list[float]] | None) -> None:
        """Go to ranges that `zoom` gave."""
        self._zoomed(ranges)
        if self.figure is not None:
            with self.figure.batch_update():
                for name, axis in (("x", self.figure.layout.xaxis), ("y", self.figure.layout.yaxis)):
                    axis.autorange = ranges is None
                    axis.range = ranges[name] if ranges else None

    def _zoomed(self, ranges: dict[str, list[float]] | None) -> None:
        self._zoom = {name: [float(end) for end in ranges[name]] for name in "xy"} if ranges else None

    def _rings(self, row: int | None, neighbours: Sequence[int]) -> None:
        """Move the rings. One batch a trace: in a batch over several, plotly's page drops what only one of them sets."""
        assert self.figure is not None
        for trace, rows in ((NEIGHBOURS, list(neighbours)), (LOOKED_AT, [] if row is None else [row])):
            at = self.coordinates[rows].reshape(-1, 2)
            with self.figure.batch_update():
                ring = self.figure.data[trace]
                ring.x, ring.y = at[:, 0], at[:, 1]
                ring.text = [str(rank) for rank in range(1, len(rows) + 1)] if trace == NEIGHBOURS else None

    def _make(self, kind: type) -> None:
        """A new, empty figure, used as long as the kind of trace stays: a page has room for few WebGL figures."""
        self.clear()
        ring = {"symbol": "circle-open", "size": 15, "color": INK, "line": {"width": 1.5}}
        extra = {
            "hoverinfo": "skip",
            "showlegend": False,
            "unselected": {"marker": {"opacity": 1}, "textfont": {"color": INK}},
        }
        self.figure = Figure(
            data=[
                kind(mode="markers", hovertemplate="%{text}<extra></extra>", unselected={"marker": {"opacity": 0.12}}),
                go.Scatter(mode="markers+text", marker=ring, textposition="top right", textfont={"size": 11}, **extra),
                go.Scatter(mode="markers", marker={**ring, "size": 21, "line": {"width": 3}}, **extra),
            ],
            layout=figure_layout() | {"height": self.height},
        )
        self.figure._config = {
            "displaylogo": False,
            "showSendToCloud": False,  # a button that sends the data to a company
            "scrollZoom": True,
            "responsive": True,
            "displayModeBar": True,
            "modeBarButtonsToRemove": ["autoScale2d", "toImage"],
        }
        self.widget.children = (self.figure, self.relay)


def figure_layout() -> dict[str, Any]:
    """A transparent ground, which fits a light and a dark page; equal scales, so that distances can be compared."""
    clear = "rgba(0,0,0,0)"
    axis = {"showticklabels": False, "zeroline": False, "gridcolor": "rgba(136,136,136,0.22)", "ticks": ""}
    return {
        "template": "none",
        "height": HEIGHT,
        "autosize": True,
        "margin": {"l": 28, "r": 8, "t": 32, "b": 30},
        "paper_bgcolor": clear,
        "plot_bgcolor": clear,
        "font": {"color": INK, "size": 12},
        "showlegend": False,
        "hovermode": "closest",
        "hoverdistance": 12,
        "dragmode": "lasso",
        "hoverlabel": {
            "align": "left",
            "bgcolor": "#333333",
            "bordercolor": "#333333",
            "font": {"color": "#ffffff", "size": 11},
        },
        "modebar": {"bgcolor": clear, "color": INK, "activecolor": "#0072B2", "orientation": "h"},
        "newselection": {"line": {"color": INK, "width": 1.5, "dash": "dot"}},
        "xaxis": {**axis, "title": {"standoff": 6}},
        "yaxis": {**axis, "title": {"standoff": 6}, "scaleanchor": "x"},
    }


def marker_size(count: int) -> int:
    """Pixels of a point: smaller where there are many."""
    return 9 if count < 400 else 7 if count < 2500 else 5


def hover_texts(source: Source) -> list[str]:
    """What the hover box says of each clip; escaped, since plotly reads a little HTML."""
    columns = source.parts[:6]
    lines = [
        [f"{html.escape(c)}: {html.escape(source.words(c, v))}" for v in source.table[c].tolist()] for c in columns
    ]
    return ["<br>".join((f"<b>clip {clip}</b>", *facts)) for clip, *facts in zip(source.ids, *lines, strict=True)]

"""The scatter plot: one trace of points whose index is the point's row, and rings that mark some of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets
import numpy as np
import plotly.graph_objects as go

from workbench.widgets.colours import Colouring
from workbench.widgets.figure import (
    CONFIG,
    HEIGHT,
    INK,
    SYMBOL_NUMBERS,
    SYMBOLS_3D,
    Figure,
    figure_layout,
    hover_texts,
    marker_size,
)
from workbench.widgets.source import Source
from workbench.widgets.view import View

GL_POINTS = 2000  # below, SVG draws as fast and needs no WebGL
POINTS, NEIGHBOURS, LOOKED_AT, SELECTED = range(4)


class ScatterPlot:
    """Points of a source in two or three dimensions.

    Calls `on_click(row)`, `on_drag(rows)` for what a lasso or box holds, and `on_deselect()`. In three dimensions there is no
    lasso, and selected points are ringed.
    """

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
        self._zoom: dict[str, Any] | None = None
        self.figure: Figure | None = None
        self._last: Figure | None = None  # closed when the next one goes: its page may still be sending
        self.coordinates = np.empty((0, 2), np.float32)
        self.widget = widgets.Box(layout=widgets.Layout(width="100%", min_height=f"{height}px", display="block"))

    @property
    def dims(self) -> int:
        """2 or 3."""
        return self.coordinates.shape[1]

    def show(
        self,
        coordinates: np.ndarray,
        source: Source,
        titles: Sequence[str],
        colours: Colouring,
        visible: np.ndarray | None = None,
    ) -> None:
        """Draw all points anew, whole in view. `titles` are those of the axes; points that are not `visible` (n,) are left out."""
        solid = coordinates.shape[1] == 3
        kind = go.Scatter3d if solid else go.Scattergl if len(coordinates) >= GL_POINTS else go.Scatter
        if self.figure is None or not isinstance(self.figure.data[POINTS], kind):
            self._make(kind)
        assert self.figure is not None
        with self.figure.batch_update():
            points = self.figure.data[POINTS]
            points.text = hover_texts(source)
            points.marker.size = marker_size(len(coordinates)) - 2 * solid
            points.marker.update(self._marker(colours))
            if not solid:
                points.selectedpoints = None
            self._place(coordinates, visible)
            layout = self.figure.layout
            axes = (
                (layout.scene.xaxis, layout.scene.yaxis, layout.scene.zaxis) if solid else (layout.xaxis, layout.yaxis)
            )
            for axis, title in zip(axes, titles, strict=True):
                axis.title.text = title
        self._zoom = None
        self.set_zoom(None)
        self._rings(None, ())

    def move(self, coordinates: np.ndarray, visible: np.ndarray | None = None) -> None:
        """Put the same points elsewhere; colours, selection and zoom stay."""
        if self.figure is not None:
            with self.figure.batch_update():
                self._place(coordinates, visible)

    def clear(self) -> None:
        """Take the figure away."""
        if self.figure is not None:
            if self._last is not None:
                self._last.close()
            self._last = self.figure
        self.figure, self.widget.children = None, ()
        self.coordinates = np.empty((0, 2), np.float32)

    def colour(self, colours: Colouring) -> None:
        """Recolour the points; zoom and selection stay."""
        if self.figure is not None:
            with self.figure.batch_update():
                self.figure.data[POINTS].marker.update(self._marker(colours))

    def mark(self, row: int | None, neighbours: Sequence[int] = ()) -> None:
        """Ring the point that is looked at, and number its neighbours."""
        if self.figure is not None:
            self._rings(row, neighbours)

    def select(self, rows: Sequence[int] | None, dragged: bool = False) -> None:
        """Dim all points but `rows`; None dims none. `dragged`: a lasso or box said so, and its outline is taken away."""
        if self.figure is None:
            return
        if self.dims == 3:
            self._ring(SELECTED, rows or ())
            return
        value = None if rows is None else list(rows)
        if not dragged:
            self.figure.data[POINTS].selectedpoints = value
            return
        # A drag that starts on an outline starts no other. Taking it away, the page dims all points, of which this side
        # knows nothing: what is selected is sent even where it is the same here, in one message, so that points are drawn once.
        chosen = {"selectedpoints": [value]}
        self.figure._perform_plotly_restyle(chosen, [POINTS])  # here, and nothing is sent
        self.figure._send_update_msg(chosen, {"selections": []}, [POINTS])

    def zoom(self) -> dict[str, Any] | None:
        """What a person brought into view: {"x": [low, high], "y": [low, high]}, {"camera": …} in 3-D; None where all is."""
        return self._zoom

    def set_zoom(self, view: dict[str, Any] | None) -> None:
        """Go to what `zoom` gave; a view of the other number of dimensions is all of it."""
        if view is not None and ("camera" in view) != (self.dims == 3):
            view = None
        self._zoomed(view)
        if self.figure is None:
            return
        with self.figure.batch_update():
            if self.dims == 3:
                self.figure.layout.scene.camera = (view or {}).get("camera")
                return
            for name, axis in (("x", self.figure.layout.xaxis), ("y", self.figure.layout.yaxis)):
                axis.autorange = view is None
                axis.range = view[name] if view else None

    def _zoomed(self, ranges: dict[str, Any] | None) -> None:
        if ranges and "camera" not in ranges:
            ranges = {name: [float(end) for end in ranges[name]] for name in "xy"}
        self._zoom = ranges or None

    def _marker(self, colours: Colouring) -> dict[str, Any]:
        marker = colours.marker()
        if self.figure is not None and isinstance(self.figure.data[POINTS], go.Scatter3d):
            marker["symbol"] = [symbol if symbol in SYMBOLS_3D else "circle" for symbol in marker["symbol"]]
        else:
            marker["symbol"] = [SYMBOL_NUMBERS[symbol] for symbol in marker["symbol"]]
        return marker

    def _place(self, coordinates: np.ndarray, visible: np.ndarray | None) -> None:
        """New coordinates of the points, within a batch; hidden ones are nowhere."""
        assert self.figure is not None
        shown = coordinates if visible is None else np.where(visible[:, None], coordinates, np.nan)
        self.coordinates = np.asarray(shown, np.float32)
        for name, values in zip("xyz", self.coordinates.T, strict=False):
            self.figure.data[POINTS][name] = values

    def _rings(self, row: int | None, neighbours: Sequence[int]) -> None:
        self._ring(NEIGHBOURS, neighbours)
        self._ring(LOOKED_AT, [] if row is None else [row])

    def _ring(self, trace: int, rows: Sequence[int]) -> None:
        """Move some rings. One batch a trace: in a batch over several, plotly's page drops what only one of them sets."""
        assert self.figure is not None
        at = self.coordinates[list(rows)].reshape(-1, self.dims)
        with self.figure.batch_update():
            ring = self.figure.data[trace]
            for name, values in zip("xyz", at.T, strict=False):
                ring[name] = values
            if trace == NEIGHBOURS:
                ring.text = [str(rank) for rank in range(1, len(rows) + 1)]

    def _make(self, kind: type) -> None:
        """A new, empty figure, used as long as the kind of trace stays: a page has room for few WebGL figures."""
        self.clear()
        self.figure = new_figure(kind, self.height)
        self.widget.children = (self.figure, self.relay)


def new_figure(kind: type, height: int = HEIGHT) -> Figure:
    """An empty figure of a `height` in pixels: points of a `kind` of trace, and rings around neighbours, what is looked at and what is selected."""
    solid = kind is go.Scatter3d
    ring = {"symbol": "circle-open", "size": 15, "color": INK, "line": {"width": 1.5}}
    extra: dict[str, Any] = {"hoverinfo": "skip", "showlegend": False}
    points: dict[str, Any] = {"mode": "markers", "hovertemplate": "%{text}<extra></extra>"}
    if not solid:
        extra["unselected"] = {"marker": {"opacity": 1}, "textfont": {"color": INK}}
        points["unselected"] = {"marker": {"opacity": 0.12}}
    rings = go.Scatter3d if solid else go.Scatter
    figure = Figure(
        data=[
            kind(**points),
            rings(mode="markers+text", marker=ring, textposition="top right", textfont={"size": 11}, **extra),
            rings(mode="markers", marker={**ring, "size": 21, "line": {"width": 3}}, **extra),
            rings(mode="markers", marker={**ring, "size": 11}, **extra),
        ],
        layout=figure_layout(solid) | {"height": height},
    )
    figure._config = CONFIG
    return figure

"""The scatter plot for more points than plotly draws well: jupyter-scatter, to a million and more."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ipywidgets as widgets
import numpy as np
import pandas as pd

from workbench.widgets.colours import PALETTE, SCALE, Colouring
from workbench.widgets.figure import HEIGHT
from workbench.widgets.source import Source

MOST_PLOTLY = 50_000  # points; above, plotly's page takes seconds to draw and to select
ROOM = 1.3  # of the axes, as a multiple of what the points take
SHADES = 128  # of a scale


class LargePlot:
    """What `ScatterPlot` is, in two dimensions: points without words and symbols, and no rings but the mark of a hovered point.

    A click on a point reaches `on_click(row)`, a lasso `on_drag(rows)`, a click beside all points `on_deselect()`.
    """

    dims = 2

    def __init__(
        self, on_click: Callable[..., None], on_drag: Callable[..., None], on_deselect: Callable[..., None]
    ) -> None:
        self._clicked, self._dragged, self._deselected = on_click, on_drag, on_deselect
        self._silent = False
        self.scatter: Any = None
        self.coordinates = np.empty((0, 2), np.float32)
        self.widget = widgets.Box(layout=widgets.Layout(width="100%", min_height=f"{HEIGHT}px", display="block"))

    def show(
        self,
        coordinates: np.ndarray,
        source: Source,
        titles: Sequence[str],
        colours: Colouring,
        visible: np.ndarray | None = None,
    ) -> None:
        """Draw all points anew. Points that are not `visible` (n,) are left out."""
        import jscatter

        self.coordinates = np.asarray(coordinates, np.float32)
        data = pd.DataFrame(self.coordinates, columns=list(titles))
        # White, on which all colours can be told apart: the theme of the page is not known here.
        options = {"height": HEIGHT, "lasso_initiator": True, "axes_labels": True, "background_color": "#ffffff"}
        self.scatter = jscatter.Scatter(data=data, x=titles[0], y=titles[1], **options, **_in_view(self.coordinates))
        self.scatter.mouse(mode="lasso")  # as in the smaller plot: who drags selects
        self.colour(colours)
        self.scatter.widget.observe(self._selection, names=["selection"])
        self.widget.children = (self.scatter.widget,)
        self._filter(visible)

    def move(self, coordinates: np.ndarray, visible: np.ndarray | None = None) -> None:
        """Put the same points elsewhere."""
        self.coordinates = np.asarray(coordinates, np.float32)
        if self.scatter is not None:
            self.scatter.xy(*self.coordinates.T)
            self._filter(visible)

    def clear(self) -> None:
        """Take the plot away."""
        if self.scatter is not None:
            self.scatter.widget.close()
        self.scatter, self.widget.children = None, ()
        self.coordinates = np.empty((0, 2), np.float32)

    def colour(self, colours: Colouring) -> None:
        """Recolour the points; view and selection stay."""
        if self.scatter is None:
            return
        if colours.entries:
            names = [str(i) for i in range(len(PALETTE))]
            codes = pd.Categorical.from_codes(colours.codes.astype(np.int64), categories=pd.Index(names))
            self.scatter.color(by=pd.Series(codes), map=dict(zip(names, PALETTE, strict=True)))
        else:
            self.scatter.color(by=colours.codes, map=shades(), norm=(colours.low, colours.high))

    def mark(self, row: int | None, neighbours: Sequence[int] = ()) -> None:
        """Mark the point that is looked at."""
        if self.scatter is not None:
            self.scatter.widget.hovering = row

    def select(self, rows: Sequence[int] | None, dragged: bool = False) -> None:
        """Bring `rows` forward; None brings none forward."""
        if self.scatter is not None and not dragged:
            with self._silently():
                self.scatter.selection(list(rows or ()))

    def zoom(self) -> dict[str, Any] | None:
        """The view that a person chose."""
        view = None if self.scatter is None else self.scatter.widget.camera_view
        return {"view": [float(value) for value in view]} if view is not None and len(view) else None

    def set_zoom(self, view: dict[str, Any] | None) -> None:
        """Go to what `zoom` gave; a view of another plot is all of it."""
        if self.scatter is None:
            return
        if view and "view" in view:
            self.scatter.widget.camera_view = np.asarray(view["view"], np.float32)
        else:
            self.scatter.widget.reset_view()

    def _filter(self, visible: np.ndarray | None) -> None:
        self.scatter.filter(None if visible is None else np.flatnonzero(visible))

    def _selection(self, change: Any) -> None:
        if self._silent:
            return
        rows = [] if change["new"] is None else [int(row) for row in change["new"]]
        if len(rows) == 1:
            self._clicked(rows[0])
        elif rows:
            self._dragged(rows)
        else:
            self._deselected()

    @contextmanager
    def _silently(self) -> Iterator[None]:
        self._silent = True
        try:
            yield
        finally:
            self._silent = False


def _in_view(coordinates: np.ndarray) -> dict[str, tuple[float, float]]:
    """Domains of both axes, equally long, so that distances can be compared, and with room for a plot that is narrower than high."""
    low, high = np.nanmin(coordinates, axis=0), np.nanmax(coordinates, axis=0)
    half = ROOM * float((high - low).max()) / 2 or 1.0
    middle = (low + high) / 2
    return {f"{name}_scale": (float(at - half), float(at + half)) for name, at in zip("xy", middle, strict=True)}


def shades() -> list[str]:
    """`SCALE` as `SHADES` colours, so that a scale has no steps."""
    known = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in SCALE], np.float64)
    at = np.linspace(0, len(known) - 1, SHADES)
    found = np.stack([np.interp(at, np.arange(len(known)), known[:, part]) for part in range(3)], axis=1)
    return ["#{:02X}{:02X}{:02X}".format(*map(round, colour)) for colour in found]

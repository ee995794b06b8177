"""The maps of the comparer: one scatter plot a model, laid over the first, and linked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import ipywidgets as widgets
import numpy as np

from workbench.comparing.align import Alignment, align
from workbench.errors import WorkbenchError
from workbench.projection import is_cached, project
from workbench.widgets.catalogue import Note
from workbench.widgets.colours import Colouring
from workbench.widgets.compare_source import LETTERS, Compared
from workbench.widgets.compare_view import CompareView
from workbench.widgets.layout import TITLES
from workbench.widgets.messages import axis_titles
from workbench.widgets.plot import ScatterPlot
from workbench.widgets.source import Source

HEIGHT = 400  # pixels of a map


class Panel:
    """One model's heading and map."""

    def __init__(self, plot: ScatterPlot) -> None:
        self.plot = plot
        self.heading = CompareView("heading")
        plot.widget.add_class("wbx-plot")
        self.widget = widgets.VBox([self.heading, plot.widget], layout=widgets.Layout(min_width="0"))


class Maps:
    """Calls `on_click(row)`, `on_drag(place, rows)` for what a lasso in the map at `place` holds, and `on_deselect()`.

    `alignments`: how each map lies over the first that could be drawn; None for that one, and for a model without a map.
    """

    def __init__(
        self, on_click: Callable[..., None], on_drag: Callable[..., None], on_deselect: Callable[..., None]
    ) -> None:
        self._hear = on_click, on_drag, on_deselect
        self.panels: list[Panel] = []
        self.alignments: list[Alignment | None] = []
        self.widget = widgets.Box()

    def show(self, compared: Compared, method: str, colours: Colouring, note: Note) -> None:
        """Project every model, lay the maps over the first, and draw them. A model that cannot be projected says why above its map."""
        self._make(len(compared.models))
        reference: np.ndarray | None = None
        self.alignments = []
        for place, (panel, source) in enumerate(zip(self.panels, compared.sources, strict=True)):
            head = {"letter": LETTERS[place], "name": compared.models[place].name}
            try:
                coordinates = _coordinates(source, method, note)
                fit = None if reference is None else align(reference, coordinates)
            except WorkbenchError as error:
                panel.plot.clear()
                panel.heading.show(**head, note=str(error))
                self.alignments.append(None)
                continue
            self.alignments.append(fit)
            titles = axis_titles(source.features, coordinates, method) if fit is None else ("", "")
            reference = coordinates if reference is None else reference
            panel.heading.show(**head, note=fit_words(source, fit))
            panel.plot.show(coordinates if fit is None else fit.points, source, titles, colours)

    def colour(self, colours: Colouring) -> None:
        """Recolour all points; zoom and selection stay."""
        for panel in self.panels:
            panel.plot.colour(colours)

    def mark(self, row: int | None, neighbours: Sequence[Sequence[int]] = ()) -> None:
        """Ring a clip in all maps, and number its neighbours: of each model its own."""
        for place, panel in enumerate(self.panels):
            panel.plot.mark(row, neighbours[place] if neighbours else ())

    def select(self, rows: Sequence[int], dragged_in: int | None = None) -> None:
        """Dim all other points in all maps, none where `rows` is empty; the outline of a lasso goes away in the map it was drawn in."""
        for place, panel in enumerate(self.panels):
            panel.plot.select(list(rows) or None, dragged=place == dragged_in)

    def zoom(self) -> list[Any]:
        """The ranges of each map."""
        return [panel.plot.zoom() for panel in self.panels]

    def set_zoom(self, ranges: Sequence[Any]) -> None:
        """Go to ranges that `zoom` gave."""
        for panel, one in zip(self.panels, ranges, strict=False):
            panel.plot.set_zoom(one)

    def clear(self) -> None:
        """Take the maps away."""
        for panel in self.panels:
            panel.plot.clear()
        self.panels, self.alignments, self.widget.children = [], [], ()

    def _make(self, count: int) -> None:
        """As many maps as models; those that are there are kept, since a page has room for few WebGL figures."""
        if len(self.panels) == count:
            return
        self.clear()
        click, drag, deselect = self._hear
        self.panels = [Panel(ScatterPlot(click, partial(drag, place), deselect, HEIGHT)) for place in range(count)]
        self.widget.children = tuple(panel.widget for panel in self.panels)


def _coordinates(source: Source, method: str, note: Note) -> np.ndarray:
    if not is_cached(source.features, method):
        note(f"Computing {TITLES.get(method, method)} of {len(source.ids):,} clips by {source.run}.")
    return project(source.features, method)


def fit_words(source: Source, fit: Alignment | None) -> str:
    """What stands above a map: its encoder, and how well it lies over the first."""
    encoder = f"{source.encoder} encoder, " if source.encoder else ""
    width = f"{encoder}{source.features.shape[1]} channels"
    if fit is None:
        return f"{width}; the others are turned, mirrored and scaled onto this map"
    return f"{width}; laid over the first map, {fit.residual:.0%} of the spread does not fit ({fit.null:.0%} with clips paired at random)"

"""A source on a map: what is looked at, selected, filtered and coloured, whoever opened it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.data.shifts.base import SEVERITIES
from workbench.errors import WorkbenchError
from workbench.projection import PROJECTIONS
from workbench.widgets.ahead import Ahead
from workbench.widgets.colours import Colouring, colouring
from workbench.widgets.content import START, clip_content, clips_around, legend_content
from workbench.widgets.export import export_page, figure_of
from workbench.widgets.filters import Filters
from workbench.widgets.inside import inside_content
from workbench.widgets.large_plot import MOST_PLOTLY, LargePlot
from workbench.widgets.layout import AS_COLOUR, Controls
from workbench.widgets.looking import Looking
from workbench.widgets.messages import describe, guarded
from workbench.widgets.opening import laid_out
from workbench.widgets.over_steps import Step
from workbench.widgets.player import ClipCache
from workbench.widgets.plot import ScatterPlot
from workbench.widgets.selections import Selections
from workbench.widgets.source import Source
from workbench.widgets.view import View

if TYPE_CHECKING:
    import plotly.graph_objects as go


class Stage(Looking):
    """Map, legend, clip panel, selection and filters of one source at a time; its methods do what the mouse does."""

    def __init__(self, neighbours: int) -> None:
        super().__init__()
        self.neighbours = neighbours
        self.source: Source | None = None
        self.inside = False
        self._places: np.ndarray = np.empty((0, 2), np.float32)
        self._titles: tuple[str, ...] = ()
        self._cache, self._ahead = ClipCache(), Ahead()
        self.legend, self.panel = View("legend"), View("clip", empty=START)
        self.plot: ScatterPlot | LargePlot = ScatterPlot(self._clicked, self._dragged, lambda: self.select([]))
        self.controls = Controls(list(PROJECTIONS), SEVERITIES)
        self.selections = Selections(self.look, self.select, self.say)
        self.filters = Filters(self._filtered)
        self.panel.on(look=self.look, step=self.step, back=self.back, inside=self.look_inside)
        self.legend.on(pick=self.pick)

    @property
    def selected(self) -> list[int]:
        """Numbers of the selected points."""
        return list(self.selections.ids)

    @property
    def selection(self) -> pd.DataFrame:
        """Table rows of the selected points: number, path, label and every factor; no rows where none is selected."""
        return self.selections.frame

    @property
    def figure(self) -> go.Figure:
        """The map as a figure of plotly, to be written as HTML or as a picture."""
        source, colours = self._drawn()
        return figure_of(source, self.plot.coordinates, colours, self._titles)

    @guarded
    def look_inside(self, on: bool) -> None:
        """Show, or no longer, the patch features of the clip that is looked at and where the predictor is wrong."""
        self.inside = on
        if self.clip is not None:
            self._show_clip(self._clips().row(self.clip))

    @guarded
    def select(self, clips: Iterable[int]) -> None:
        """Select points by number; none clears the selection."""
        source = self._clips()
        rows = sorted({source.row(int(clip)) for clip in clips})
        self.plot.select(rows or None)
        self._take(rows)

    @guarded
    def filter(self, **kept: Sequence[Any]) -> None:
        """Show some points only: values by column, `filter(texture=["bricks"], speed=[1, 2])`; without columns all are shown."""
        self._clips()
        self.filters.set({name: list(values) for name, values in kept.items()})
        self._filtered()

    @guarded
    def export(self, path: str | Path) -> None:
        """Write the map as one page of HTML whose clips move on a click, without kernel and network."""
        source, colours = self._drawn()
        self.say("Writing the page: its clips are read and packed.", "busy")
        said = f"{describe(source)} {self.filters.shown()}"
        where = export_page(path, source, self.plot.coordinates, colours, self._titles, self.selections.rows(), said)
        self.say(f"Written: {where}, {where.stat().st_size / 2**20:.1f} MiB.")

    @guarded
    def _draw(self) -> None:
        """Project and draw everything."""
        source = self._clips()
        self.colours = self._colouring()
        try:
            self._places, self._titles = laid_out(source, self.controls, lambda text: self.say(text, "busy"))
        except WorkbenchError as error:
            self._nothing(str(error), keep_source=True)
            return
        self._fit_plot(len(source.ids) > MOST_PLOTLY)
        self.plot.show(self._places, source, self._titles, self.colours, self.filters.mask())
        self._show_clip(None if self.clip is None else source.row(self.clip))
        rows = self.selections.rows()
        self.plot.select(rows or None)
        self._take(rows)
        self.say(f"{describe(source)} {self.filters.shown()}".strip())

    def _fit_plot(self, large: bool) -> None:
        """The kind of plot that so many points need."""
        if isinstance(self.plot, LargePlot) != large:
            box = self.plot.widget
            self.plot.clear()
            self.plot = (LargePlot if large else ScatterPlot)(self._clicked, self._dragged, lambda: self.select([]))
            self.plot.widget = box

    @guarded
    def _go(self, step: Step) -> None:
        """Show a step of training on its own map."""
        self.source = step.source
        self._places = step.coordinates
        self.plot.move(step.coordinates, self.filters.mask())
        self._show_clip(None if self.clip is None else step.source.row(self.clip))
        self.say(f"{describe(step.source)} At step {step.step:,}.")

    @guarded
    def _filtered(self) -> None:
        """Show the points that the filters leave; those that were selected and are hidden now are selected no longer."""
        source, mask = self._clips(), self.filters.mask()
        self.plot.move(self._places, mask)
        rows = [row for row in self.selections.rows() if mask is None or mask[row]]
        self.plot.select(rows or None)
        self._take(rows)  # which moves the rings too, and keeps the view
        self.say(f"{describe(source)} {self.filters.shown()}".strip())

    @guarded
    def _recolour(self) -> None:
        self.colours = self._colouring()
        self.plot.colour(self.colours)
        self._show_legend()

    def _colouring(self) -> Colouring:
        shape = self.controls.shape.value
        return colouring(self._clips(), self.controls.colour.value, None if shape == AS_COLOUR else shape)

    def _show_clip(self, row: int | None) -> None:
        source = self._clips()
        if row is None:
            self.clip = None
            self.plot.mark(None)
            self.panel.show(empty=START)
            return
        self.clip = int(source.ids[row])
        ring = self._ring()
        among = "selected" if self.selections.ids else f"{source.noun}s"
        here = self.clip in ring
        position = f"{ring.index(self.clip) + 1:,} of {len(ring):,} {among}" if here else "not in the selection"
        content = clip_content(
            source, row, self._cache, neighbours=self.neighbours, position=position, can_back=bool(self._before)
        )
        content["inside"] = inside_content(source, row, self._cache) if self.inside else None
        self.panel.show(**content)
        self.plot.mark(row, [source.row(other["id"]) for other in content["neighbours"]])
        if here and len(source.ids) <= MOST_PLOTLY:  # of more, finding neighbours takes too long to do unasked
            after = source.row(ring[(ring.index(self.clip) + 1) % len(ring)])
            self._ahead.plan(lambda: clips_around(source, after, self._cache, self.neighbours))

    def _take(self, rows: Sequence[int]) -> None:
        """Make `rows` the selection; the plot shows it already."""
        source = self._clips()
        self.selections.show(source, rows)
        self._show_legend()
        if self.clip is not None and self.panel.content.get("clip"):
            self._show_clip(source.row(self.clip))  # "3 of 40 selected" has changed
        self._keep()

    def _show_legend(self) -> None:
        if self.colours is not None:
            rows = set(self.selections.rows())
            values = [entry.value for entry in self.colours.entries]
            picked = {value for value in values if rows == set(self._class(value))} if rows else set()
            self.legend.show(**legend_content(self.colours, picked))

    @guarded
    def _clicked(self, row: int) -> None:
        self.look(int(self._clips().ids[row]))

    @guarded
    def _dragged(self, rows: list[int]) -> None:
        rows = sorted(rows)
        self._take(rows)  # first, as drawing all points again takes the page longer
        self.plot.select(rows or None, dragged=True)
        self.say(describe(self._clips()) if rows else "There are no points inside: nothing is selected.")

    def _nothing(self, text: str, keep_source: bool = False) -> None:
        """Show no points, and why."""
        if not keep_source:
            self.source = self.colours = self.clip = None
            self._before = []
            self.panel.show(empty="")
            self.selections.show(None)
        self.plot.clear()
        self.legend.show()
        self.say(text, "problem")

    def _clips(self) -> Source:
        if self.source is None:
            raise WorkbenchError(self.message or "Nothing is open yet. Choose a run.")
        return self.source

    def _drawn(self) -> tuple[Source, Colouring]:
        source = self._clips()
        if self.colours is None or not len(self.plot.coordinates):
            raise WorkbenchError(f"Nothing is drawn. {self.message}")
        return source, self.colours

    def _class(self, value: int) -> list[int]:
        """Rows of a class of the colour that are shown."""
        if self.colours is None:
            return []
        mask = self.filters.mask()
        here = self.colours.groups == value
        return np.flatnonzero(here if mask is None else here & mask).tolist()

    def _ring(self) -> list[int]:
        """What the arrow keys go through."""
        mask, ids = self.filters.mask(), self._clips().ids
        return self.selections.ids or (ids if mask is None else ids[mask]).tolist()

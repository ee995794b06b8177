"""The explorer: a run's embedding of a benchmark as a map whose points are moving clips."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.errors import UnknownName, WorkbenchError
from workbench.projection import PROJECTIONS, is_cached, project
from workbench.widgets.colours import Colouring, colouring
from workbench.widgets.content import START, clip_content, legend_content, table_content
from workbench.widgets.layout import TITLES, Controls, arrange
from workbench.widgets.messages import axis_titles, describe, guarded, no_runs_message
from workbench.widgets.player import ClipCache
from workbench.widgets.plot import ScatterPlot
from workbench.widgets.source import Catalogue, RunCatalogue, Source
from workbench.widgets.view import View

if TYPE_CHECKING:
    from workbench.runs import Run

STATE_FORMAT = 1
MOST_STEPS_BACK = 100


def explore(run: Run | str | None = None, benchmark: str | None = None, split: str = "test") -> Explorer:
    """Open the explorer on a run (or its name) and a benchmark; else on the first finished run and its usual benchmark.

    In a notebook the last expression of a cell shows it. What it cannot show, it says in its status line.
    """
    name = run if run is None or isinstance(run, str) else run.name
    return Explorer(RunCatalogue(), run=name, benchmark=benchmark, split=split)


class Explorer:
    """`widget` is what is shown; `look`, `select` and the other methods do what the mouse does.

    Nothing is loaded before it is shown or asked for something.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        run: str | None = None,
        benchmark: str | None = None,
        split: str = "test",
        neighbours: int = 8,
    ) -> None:
        self.catalogue, self.split, self.neighbours = catalogue, split, neighbours
        self.source: Source | None = None
        self.colours: Colouring | None = None
        self.clip: int | None = None
        self.message = ""
        self._selected: list[int] = []
        self._before: list[int] = []
        self._wanted: dict[str, Any] = {"run": run, "benchmark": benchmark}  # of a view that is not yet open
        self._opened = False
        self._cache = ClipCache()
        self.status, self.legend, self.table = View("status"), View("legend"), View("table")
        self.panel = View("clip", empty=START)
        self.plot = ScatterPlot(self._clicked, self._dragged, lambda: self.select([]))
        self.controls = Controls(list(PROJECTIONS))
        self.widget = arrange(self.controls, self.status, self.plot.widget, self.legend, self.panel, self.table)
        self._connect()

    def _connect(self) -> None:
        observe = self.controls.observe
        observe(self.controls.run, self._open_run)
        observe(self.controls.benchmark, self._open_source)
        observe(self.controls.projection, self._draw)
        observe(self.controls.colour, self._recolour)
        self.controls.refresh.on_click(lambda _: self.open())
        self.panel.on(look=self.look, step=self.step, back=self.back)
        self.table.on(look=self.look, clear=lambda: self.select([]))
        self.legend.on(pick=self.pick)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.widget)
        if not self._opened:
            self.open()

    # What a person asks for

    @property
    def selected(self) -> list[int]:
        """Numbers of the selected clips."""
        return list(self._selected)

    @property
    def selection(self) -> pd.DataFrame:
        """Table rows of the selected clips: number, path, label and every factor; no rows where none is selected."""
        if self.source is None:
            return pd.DataFrame()
        return self.source.table.iloc[self._rows()].reset_index(drop=True)

    @guarded
    def look(self, clip: int) -> None:
        """Show a clip, its factors and its nearest neighbours."""
        row = self._ready().row(int(clip))
        if self.clip is not None and self.clip != clip:
            self._before = [*self._before[-MOST_STEPS_BACK:], self.clip]
        self._show_clip(row)

    @guarded
    def back(self) -> None:
        """Show the clip that was looked at before."""
        if self._before:
            self._show_clip(self._ready().row(self._before.pop()))

    @guarded
    def step(self, by: int = 1) -> None:
        """Show the next clip of the selection, or of all where none is selected; the first follows the last."""
        ring = self._ring()
        place = ring.index(self.clip) + by if self.clip in ring else (0 if by > 0 else -1)
        self.look(ring[place % len(ring)])

    @guarded
    def select(self, clips: Iterable[int]) -> None:
        """Select clips by number; none clears the selection."""
        source = self._ready()
        rows = sorted({source.row(int(clip)) for clip in clips})
        self.plot.select(rows or None)
        self._take(rows)

    @guarded
    def pick(self, value: int) -> None:
        """Select all clips of one class of the colour; the same class again clears the selection."""
        source = self._ready()
        clips = source.ids[self._class(value)].tolist()
        self.select([] if clips == self._selected else clips)

    @guarded
    def open(self) -> None:
        """Look for runs, and open what is wanted, else what the menus say, else the first run."""
        self._opened = True
        runs = self.catalogue.runs()
        names = [name for _, name in runs]
        wanted = self._wanted.pop("run", None) or self.controls.run.value
        self.controls.fill(self.controls.run, runs, wanted)
        if not runs:
            self._nothing(no_runs_message())
        elif wanted is not None and wanted not in names:
            self._nothing(str(UnknownName("run", wanted, names)))
        else:
            self._open_run()

    def state(self) -> dict[str, Any]:
        """The view as plain values for JSON: what is chosen, looked at, selected and zoomed to."""
        chosen = {name: getattr(self.controls, name).value for name in ("run", "benchmark", "projection", "colour")}
        return {
            "format": STATE_FORMAT,
            **chosen,
            "split": self.split,
            "clip": self.clip,
            "selected": self.selected,
            "zoom": self.plot.zoom(),
        }

    @guarded
    def restore(self, state: dict[str, Any]) -> None:
        """Go to a view that `state` gave. What is not there any more is left out, and said."""
        if state.get("format") != STATE_FORMAT:
            raise WorkbenchError(
                f"This view has format {state.get('format')}; this version reads format {STATE_FORMAT}."
            )
        self._wanted, self.split = dict(state), state.get("split", self.split)
        self.source = None
        self.open()

    # What follows from it, in the order of opening

    @guarded
    def _open_run(self) -> None:
        run = self.controls.run.value
        known = self.catalogue.benchmarks(run)
        wanted = self._wanted.pop("benchmark", None)
        if wanted and wanted not in known:
            known = [*known, wanted]  # an imported set; an unknown name is refused where it is opened
        self.controls.fill(self.controls.benchmark, known, wanted or self.controls.benchmark.value)
        self._open_source()

    @guarded
    def _open_source(self) -> None:
        run, benchmark = self.controls.run.value, self.controls.benchmark.value
        old, wanted = self.source, self._wanted
        try:
            source = self.catalogue.open(run, benchmark, self.split, lambda text: self.say(text, "busy"))
        except WorkbenchError as error:
            self._nothing(str(error))
            return
        # Another run on the same clips keeps what was looked at and selected, so that the two can be compared.
        if old is None or old.clips_key != source.clips_key:
            self.clip, self._selected, self._before = None, [], []
        clip, selected = wanted.pop("clip", self.clip), wanted.pop("selected", self._selected)
        self.source = source
        self.clip = clip if clip in source else None
        self._selected = [clip for clip in selected if clip in source]
        self._before = [clip for clip in self._before if clip in source]
        self.controls.fill(
            self.controls.colour,
            [*source.discrete, *source.continuous],
            wanted.pop("colour", self.controls.colour.value),
        )
        if (method := wanted.pop("projection", None)) in PROJECTIONS:
            self.controls.fill(self.controls.projection, self.controls.projection.options, method)
        self._draw()
        self.plot.set_zoom(wanted.pop("zoom", None))
        if gone := len(selected) - len(self._selected):
            self.say(f"{gone} of the selected clips are not in {benchmark} any more.")

    @guarded
    def _draw(self) -> None:
        """Project and draw everything."""
        source, method = self._ready(), self.controls.projection.value
        self.colours = colouring(source, self.controls.colour.value)
        name = TITLES.get(method, method)
        try:
            if not is_cached(source.features, method):
                first = (
                    " The first time in a session this takes up to a minute; then it is kept."
                    if method == "umap"
                    else ""
                )
                self.say(f"Computing {name} of {len(source.ids):,} clips.{first}", "busy")
            coordinates = project(source.features, method)
        except WorkbenchError as error:
            self._nothing(str(error), keep_source=True)
            return
        self.plot.show(coordinates, source, axis_titles(source.features, coordinates, method), self.colours)
        self._show_clip(None if self.clip is None else source.row(self.clip))
        self.plot.select(self._rows() or None)
        self._take(self._rows())
        self.say(describe(source))

    @guarded
    def _recolour(self) -> None:
        self.colours = colouring(self._ready(), self.controls.colour.value)
        self.plot.colour(self.colours)
        self._show_legend()

    def _show_clip(self, row: int | None) -> None:
        source = self._ready()
        if row is None:
            self.clip = None
            self.plot.mark(None)
            self.panel.show(empty=START)
            return
        self.clip = int(source.ids[row])
        ring = self._ring()
        among = "selected" if self._selected else "clips"
        position = (
            f"{ring.index(self.clip) + 1:,} of {len(ring):,} {among}" if self.clip in ring else "not in the selection"
        )
        content = clip_content(
            source, row, self._cache, neighbours=self.neighbours, position=position, can_back=bool(self._before)
        )
        self.panel.show(**content)
        self.plot.mark(row, [source.row(other["id"]) for other in content["neighbours"]])

    def _take(self, rows: Sequence[int]) -> None:
        """Make `rows` the selection; the plot shows it already."""
        source = self._ready()
        self._selected = source.ids[list(rows)].tolist()
        self.table.show(**table_content(source, list(rows)))
        self._show_legend()
        if self.clip is not None and self.panel.content.get("clip"):
            self._show_clip(source.row(self.clip))  # "3 of 40 selected" has changed

    def _show_legend(self) -> None:
        if self.colours is None:
            return
        rows = set(self._rows())
        picked = (
            {e.value for e in self.colours.entries if rows and rows == set(self._class(e.value))} if rows else set()
        )
        self.legend.show(**legend_content(self.colours, picked))

    @guarded
    def _clicked(self, row: int) -> None:
        self.look(int(self._ready().ids[row]))

    @guarded
    def _dragged(self, rows: list[int]) -> None:
        rows = sorted(rows)
        self.plot.select(rows or None, dragged=True)
        self._take(rows)
        self.say(describe(self._ready()) if rows else "There are no points inside: nothing is selected.")

    def say(self, text: str, level: str = "info") -> None:
        """Show a message: "info", "busy" or "problem"."""
        self.message = text
        self.status.show(level=level, text=text)

    def _nothing(self, text: str, keep_source: bool = False) -> None:
        """Show no points, and why."""
        if not keep_source:
            self.source = self.colours = self.clip = None
            self._selected, self._before = [], []
            self.panel.show(empty="")
            self.table.show()
        self.plot.clear()
        self.legend.show()
        self.say(text, "problem")

    def _ready(self) -> Source:
        if self.source is None and not self._opened:
            self.open()
        if self.source is None:
            raise WorkbenchError(self.message or "Nothing is open yet. Choose a run.")
        return self.source

    def _rows(self) -> list[int]:
        return [self._ready().row(clip) for clip in self._selected] if self._selected else []

    def _class(self, value: int) -> list[int]:
        return np.flatnonzero(self.colours.groups == value).tolist() if self.colours is not None else []

    def _ring(self) -> list[int]:
        return self._selected or self._ready().ids.tolist()

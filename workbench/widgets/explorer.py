"""The explorer: what an encoder gives for the clips of a benchmark, as a map whose points are moving clips."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import UnknownName, WorkbenchError
from workbench.widgets.catalogue import Catalogue, RunCatalogue, Wanted
from workbench.widgets.finding import Finding
from workbench.widgets.layout import Pages, arrange
from workbench.widgets.messages import guarded, no_runs_message
from workbench.widgets.opening import fill_drawing, fill_opening
from workbench.widgets.over_steps import OverSteps, steps_of
from workbench.widgets.saved import FORMAT, check_format, read_view, view_path, write_view
from workbench.widgets.source import Source
from workbench.widgets.stage import Stage
from workbench.widgets.views_panel import ViewsPanel

if TYPE_CHECKING:
    from workbench.runs import Run

CHOSEN = ("run", "benchmark", "space", "projection", "dims", "colour", "shape", "shift", "severity")


def explore(
    run: Run | str | None = None, benchmark: str | None = None, split: str = "test", view: str | Path | None = None
) -> Explorer:
    """Open the explorer on a run (or the name of any encoder) and a benchmark; else on the first finished run and its usual benchmark.

    With a `view` it opens as that view was left, and what is changed is kept under its name, so that it is there again after
    the kernel has restarted: a name under `views/`, or a file that ends with .json. A view that is not there yet is begun.
    In a notebook the last expression of a cell shows it. What it cannot show, it says in its status line.
    """
    name = run if run is None or isinstance(run, str) else run.name
    return Explorer(RunCatalogue(), run=name, benchmark=benchmark, split=split, view=view)


class Explorer(Stage):
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
        view: str | Path | None = None,
    ) -> None:
        super().__init__(neighbours)
        self.catalogue, self.split, self.view = catalogue, split, view
        self._wanted: dict[str, Any] = {"run": run, "benchmark": benchmark}  # of a view that is not yet open
        self._opened = False
        self.finding = Finding(self.look, self._clips, self.say, self._cache)
        self.steps = OverSteps(self.load_steps, self._go)
        self.views = ViewsPanel(self)
        self.pages = Pages(
            {
                "Selection": self.selections.widget,
                "Filter": self.filters.widget,
                "Find": self.finding.widget,
                "Over training": self.steps.widget,
                "View": self.views.widget,
            }
        )
        self.widget = arrange(self.controls, self.status, self.plot.widget, self.legend, self.panel, self.pages)
        self._connect()

    def _connect(self) -> None:
        controls = self.controls
        for names, changed in (
            (("run",), self._open_run),
            (("benchmark", "space", "shift"), self._open_source),
            (("severity",), self._severer),
            (("projection", "dims"), self._draw),
            (("colour", "shape"), self._recolour),
        ):
            for name in names:
                self._observe(getattr(controls, name), changed)
        for channel in controls.channels:
            self._observe(channel, self._draw)
        controls.refresh.on_click(lambda _: self.open())

    def _observe(self, control: Any, changed: Callable[[], None]) -> None:
        def tell() -> None:
            changed()
            self._keep()

        self.controls.observe(control, tell)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.widget)
        if not self._opened:
            self.open()

    @guarded
    def find(self, sentence: str) -> None:
        """Show the clips nearest to a sentence, by the run's text head."""
        self.finding.by_sentence(sentence)

    @guarded
    def find_video(self, path: str | Path) -> None:
        """Show the clips nearest to a video of one's own."""
        file = Path(path).expanduser()
        if not file.is_file():
            raise WorkbenchError(f"There is no file {file}.")
        self.finding.by_video(file.name, file.read_bytes())

    @guarded
    def load_steps(self) -> None:
        """Load every step that the run kept, for the slider over training."""
        self._clips()
        method, dims = self.controls.projection.value, self.controls.dims.value
        self.steps.show(steps_of(self.catalogue, self._wanting(), method, dims, lambda text: self.say(text, "busy")))
        self._go(self.steps.steps[-1])

    @guarded
    def open(self) -> None:
        """Look for runs, and open what is wanted, else what the menus say, else the first run."""
        if not self._opened and self.view is not None and view_path(self.view).is_file():
            self._wanted = read_view(self.view) | {k: v for k, v in self._wanted.items() if v is not None}
            self.split = self._wanted.get("split", self.split)
        self._opened = True
        runs = self.catalogue.runs()
        names = [name for _, name in runs]
        wanted = self._wanted.pop("run", None) or self.controls.run.value
        if wanted is not None and wanted not in names and self.catalogue.knows(wanted):
            runs, names = [(wanted, wanted), *runs], [wanted, *names]
        self.controls.fill(self.controls.run, runs, wanted)
        if not runs:
            self._nothing(no_runs_message())
        elif wanted is not None and wanted not in names:
            self._nothing(str(UnknownName("run", wanted, names)))
        else:
            self._open_run()

    def state(self) -> dict[str, Any]:
        """The view as plain values for JSON: what is chosen, looked at, filtered, selected and zoomed to."""
        return {
            "format": FORMAT,
            **{name: getattr(self.controls, name).value for name in CHOSEN},
            "channels": [channel.value for channel in self.controls.channels],
            "split": self.split,
            "clip": self.clip,
            "inside": self.inside,
            "filters": self.filters.state,
            "selected": self.selected,
            "selections": self.selections.saved,
            "zoom": self.plot.zoom(),
        }

    @guarded
    def restore(self, state: dict[str, Any]) -> None:
        """Go to a view that `state` gave. What is not there any more is left out, and said."""
        self._wanted = dict(check_format(state))
        self.split, self.source, self._opened = state.get("split", self.split), None, True
        self.open()

    @guarded
    def save(self, view: str | Path) -> None:
        """Save the view under a name (`views/NAME.json`) or in a file that ends with .json."""
        path = write_view(view, self.state())
        self.views.fill()
        self.say(f"The view is saved in {path}. `wb.explore(view={str(view)!r})` opens it again.")

    @guarded
    def load(self, view: str | Path) -> None:
        """Go to a saved view, by its name or its file."""
        self.restore(read_view(view))

    def _keep(self) -> None:
        """Write the view where it is kept under a name."""
        if self.view is not None and self.source is not None:
            write_view(self.view, self.state())

    @guarded
    def _open_run(self) -> None:
        fill_opening(self.controls, self.catalogue, self._wanted)
        self._open_source()

    def _severer(self) -> None:
        if self.controls.shift.value:
            self._open_source()

    @guarded
    def _open_source(self) -> None:
        self.steps.show([])
        self.finding.clear()
        try:
            source = self.catalogue.open(self._wanting(), lambda text: self.say(text, "busy"))
        except WorkbenchError as error:
            self._nothing(str(error))
            return
        gone = self._adopt(source)
        self._draw()
        self.plot.set_zoom(self._wanted.pop("zoom", None))
        if gone:
            self.say(f"{gone} of the selected {source.noun}s are not in {source.benchmark} any more.")

    def _adopt(self, source: Source) -> int:
        """Take a source in the place of the last one, and what was wanted of it; gives how many selected points are gone.

        Another run on the same clips keeps what was looked at and selected, so that the two can be compared.
        """
        old, wanted = self.source, self._wanted
        if old is None or old.clips_key != source.clips_key:
            self.clip, self.selections.ids, self._before = None, [], []
        clip, selected = wanted.pop("clip", self.clip), wanted.pop("selected", self.selections.ids)
        self.source = source
        self.clip = clip if clip in source else None
        here = [one for one in selected if one in source]
        self._before = [one for one in self._before if one in source]
        self.inside = bool(wanted.pop("inside", self.inside))
        fill_drawing(self.controls, source, wanted)
        self.filters.state = wanted.pop("filters", self.filters.state)
        self.filters.fill(source)
        if (saved := wanted.pop("selections", None)) is not None:
            self.selections.offer(saved)
        self.selections.show(source, [source.row(one) for one in here])
        return len(selected) - len(here)

    def _clips(self) -> Source:
        if self.source is None and not self._opened:
            self.open()
        return super()._clips()

    def _wanting(self) -> Wanted:
        chosen = {
            name: getattr(self.controls, name).value for name in ("run", "benchmark", "space", "shift", "severity")
        }
        return Wanted(split=self.split, **chosen)

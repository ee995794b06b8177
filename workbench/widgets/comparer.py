"""The comparer: two to four models side by side on the same clips, linked by hover, colour and selection."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.comparing.differs import what_differs
from workbench.comparing.model import Model
from workbench.comparing.neighbours import K, Neighbourhoods, neighbourhoods
from workbench.errors import WorkbenchError
from workbench.projection import PROJECTIONS
from workbench.widgets.colours import colouring
from workbench.widgets.compare_content import START, side_by_side
from workbench.widgets.compare_layout import CompareControls, arrange
from workbench.widgets.compare_maps import Maps
from workbench.widgets.compare_pages import PAGES, Shown
from workbench.widgets.compare_source import LETTERS, CompareCatalogue, Compared, EncoderCatalogue
from workbench.widgets.compare_view import CompareView
from workbench.widgets.content import legend_content, table_content
from workbench.widgets.looking import Looking
from workbench.widgets.messages import guarded
from workbench.widgets.player import ClipCache
from workbench.widgets.source import Source
from workbench.widgets.view import View

if TYPE_CHECKING:
    from workbench.encoders import FrozenEncoder

STATE_FORMAT = 1


def compare(models: Sequence[FrozenEncoder | str], benchmark: str | None = None, split: str = "test") -> Comparer:
    """Open the comparer on two to four models: names that `open_encoder` takes (RUN, RUN@teacher, random, hf:…), or open encoders.

    `benchmark`: by default the first that all of them were trained or are probed on. In a notebook the last expression of a cell
    shows it; nothing is loaded before. What it cannot show, it says in its status line.
    """
    return Comparer(EncoderCatalogue(models), benchmark=benchmark, split=split)


class Comparer(Looking):
    """`widget` is what is shown; `look`, `select`, `tab` and the other methods do what the mouse does."""

    def __init__(
        self,
        catalogue: CompareCatalogue,
        benchmark: str | None = None,
        split: str = "test",
        neighbours: int = 8,
        k: int = K,
    ) -> None:
        super().__init__()
        self.catalogue, self.split, self.neighbours, self.k = catalogue, split, neighbours, k
        self.compared: Compared | None = None
        self.near: Neighbourhoods | None = None
        self._selected: list[int] = []
        self._tab = next(iter(PAGES))
        self._models: tuple[Model, ...] = ()
        self._wanted: dict[str, Any] = {"benchmark": benchmark}  # of a view that is not yet open
        self._opened = False
        self._cache = ClipCache()
        self.maps = Maps(self._clicked, self._dragged, lambda: self.select([]))
        self.legend, self.table = View("legend"), View("table")
        self.differs, self.panel, self.link = (
            CompareView("differs"),
            CompareView("clip", empty=START),
            CompareView("link"),
        )
        self._id = f"wbc-{id(self):x}"
        self.tabs, self.page = CompareView("tabs"), CompareView("page", id=self._id)
        self.controls = CompareControls(list(PROJECTIONS))
        parts = {
            "differs": self.differs,
            "status": self.status,
            "legend": self.legend,
            "clip": self.panel,
            "tabs": self.tabs,
        }
        self.widget = arrange(
            self.controls, {**parts, "page": self.page, "table": self.table, "link": self.link}, self.maps.widget
        )
        self._connect()

    def _connect(self) -> None:
        observe = self.controls.observe

        observe(self.controls.benchmark, self._open_clips)
        observe(self.controls.projection, self._draw)
        observe(self.controls.colour, self._recolour)
        self.panel.on(look=self.look, step=self.step, back=self.back)
        self.page.on(look=self.look)
        self.table.on(look=self.look, clear=lambda: self.select([]))
        self.legend.on(pick=self.pick)
        self.tabs.on(tab=self.tab)

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
        """Table rows of the selected clips, with `overlap`: that of their neighbourhoods, mean over pairs of models."""
        if self.compared is None or self.near is None:
            return pd.DataFrame()
        rows = self._rows()
        return self._clips().table.iloc[rows].assign(overlap=self.near.mean_overlap[rows]).reset_index(drop=True)

    @guarded
    def select(self, clips: Iterable[int]) -> None:
        """Select clips by number in all maps; none clears the selection."""
        source = self._clips()
        self._take(sorted({source.row(int(clip)) for clip in clips}))

    @guarded
    def tab(self, key: str) -> None:
        """Show the page behind a tab."""
        PAGES[key]
        self._tab = key
        self._show_tabs()
        self._show_page()

    @guarded
    def open(self) -> None:
        """Open the models, then the clips that are wanted, else those of the menu, else the first that all models know."""
        self._opened = True
        try:
            models = self.catalogue.models()
            known = self.catalogue.benchmarks(models)
        except WorkbenchError as error:
            self._nothing(str(error))
            return
        wanted = self._wanted.pop("benchmark", None) or self.controls.benchmark.value
        if wanted and wanted not in known:
            known = [*known, wanted]  # an unknown name is refused where it is opened
        self.controls.fill(self.controls.benchmark, known, wanted)
        if not known:
            names = ", ".join(f"{m.name} on {m.encoder.config.data.source}" for m in models)
            self._nothing(f'The models share no benchmark: {names}. Name one: `wb.compare([…], benchmark="motion48")`.')
            return
        self._models = models
        self._open_clips()

    def state(self) -> dict[str, Any]:
        """The view as plain values for JSON: models, what is chosen, looked at, selected and zoomed to."""
        chosen = {name: getattr(self.controls, name).value for name in ("benchmark", "projection", "colour")}
        names = [model.name for model in self.compared.models] if self.compared else []
        more = {"split": self.split, "tab": self._tab, "clip": self.clip, "selected": self.selected}
        return {"format": STATE_FORMAT, "models": names, **chosen, **more, "zoom": self.maps.zoom()}

    @guarded
    def restore(self, state: dict[str, Any]) -> None:
        """Go to a view that `state` gave. Its models may be others than these; what is not there any more is left out, and said."""
        if state.get("format") != STATE_FORMAT:
            raise WorkbenchError(
                f"This view has format {state.get('format')}; this version reads format {STATE_FORMAT}."
            )
        names = state.get("models") or []
        if names and isinstance(self.catalogue, EncoderCatalogue):
            self.catalogue = EncoderCatalogue(names)
        self._wanted, self.split = dict(state), state.get("split", self.split)
        self.compared = None
        self.open()

    # What follows from it, in the order of opening

    @guarded
    def _open_clips(self) -> None:
        old, wanted = self.compared, self._wanted
        try:
            compared = self.catalogue.open(self._models, self.controls.benchmark.value, self.split, self._busy)
            self._busy(
                f"Looking for the {self.k} nearest of {len(compared.sources[0].ids):,} clips in {len(compared.models)} models."
            )
            near = neighbourhoods(
                [source.features for source in compared.sources], min(self.k, len(compared.sources[0].ids) - 1)
            )
        except WorkbenchError as error:
            self._nothing(str(error))
            return
        if old is None or old.sources[0].clips_key != compared.sources[0].clips_key:
            self.clip, self._selected, self._before = None, [], []
        self.compared, self.near = compared, near
        source = compared.sources[0]
        clip, selected = wanted.pop("clip", self.clip), wanted.pop("selected", self._selected)
        self.clip = clip if clip in source else None
        self._selected = [clip for clip in selected if clip in source]
        self.controls.fill(
            self.controls.colour,
            [*source.discrete, *source.continuous],
            wanted.pop("colour", self.controls.colour.value),
        )
        if (method := wanted.pop("projection", None)) in PROJECTIONS:
            self.controls.fill(self.controls.projection, self.controls.projection.options, method)
        if (tab := wanted.pop("tab", None)) in PAGES:
            self._tab = str(tab)
        others = compared.models[1:]
        self.differs.show(sentences=[what_differs(compared.models[0], other) for other in others])
        self._draw()
        self.maps.set_zoom(wanted.pop("zoom", None) or [])
        self._show_tabs()
        self._show_page()
        if gone := len(selected) - len(self._selected):
            self.say(f"{gone} of the selected clips are not in {source.benchmark} any more.")

    @guarded
    def _draw(self) -> None:
        """Project and draw everything."""
        compared = self._ready()
        self.colours = colouring(self._clips(), self.controls.colour.value)
        self.maps.show(compared, self.controls.projection.value, self.colours, self._busy)
        self._show_clip(None if self.clip is None else self._clips().row(self.clip))
        self._take(self._rows())
        self.say(self._describe())

    @guarded
    def _recolour(self) -> None:
        self.colours = colouring(self._clips(), self.controls.colour.value)
        self.maps.colour(self.colours)
        self._show_legend()

    def _show_clip(self, row: int | None) -> None:
        compared, near = self._ready(), self.near
        if row is None or near is None:
            self.clip = None
            self.maps.mark(None)
            self.panel.show(empty=START)
            return
        source = self._clips()
        self.clip = int(source.ids[row])
        ring = self._ring()
        among = "selected" if self._selected else "clips"
        position = (
            f"{ring.index(self.clip) + 1:,} of {len(ring):,} {among}" if self.clip in ring else "not in the selection"
        )
        content = side_by_side(
            compared, near, row, self._cache, neighbours=self.neighbours, position=position, can_back=bool(self._before)
        )
        self.panel.show(**content)
        self.maps.mark(row, [[other["row"] for other in model["neighbours"]] for model in content["models"]])

    def _take(self, rows: Sequence[int], dragged_in: int | None = None) -> None:
        """Make `rows` the selection in every map; in the one that was dragged in, its outline goes away."""
        source = self._clips()
        self.maps.select(rows, dragged_in)
        self._selected = source.ids[list(rows)].tolist()
        content = table_content(source, list(rows))
        self.table.show(**{**content, "note": str(content["note"]).replace("explorer.", "comparer.")})
        self._show_legend()
        if self.clip is not None and self.panel.content.get("clip"):
            self._show_clip(source.row(self.clip))  # "3 of 40 selected" has changed

    def _show_legend(self) -> None:
        if self.colours is None:
            return
        rows = set(self._rows())
        entries = self.colours.entries if rows else ()
        self.legend.show(
            **legend_content(self.colours, {e.value for e in entries if rows == set(self._class(e.value))})
        )

    def _show_tabs(self) -> None:
        self.tabs.show(
            panel=self._id, tabs=[{"key": key, "title": page.title} for key, page in PAGES.items()], chosen=self._tab
        )

    @guarded
    def _show_page(self) -> None:
        compared, page = self._ready(), PAGES[self._tab]
        if self.near is None:
            return
        said = self.message
        self._busy(f"{page.title}: reading what is stored.")
        head = {"id": self._id, "key": self._tab, "title": page.title}
        try:
            self.page.show(**head, blocks=page.of(Shown(compared, self.near, self._cache)))
        except WorkbenchError as error:
            self.page.show(**head, blocks=[{"type": "text", "text": str(error)}])
        self.say(said)

    @guarded
    def _clicked(self, row: int) -> None:
        self.look(int(self._clips().ids[row]))

    @guarded
    def _dragged(self, place: int, rows: list[int]) -> None:
        self._take(sorted(rows), dragged_in=place)
        self.say(self._describe() if rows else "There are no points inside: nothing is selected.")

    def _busy(self, text: str) -> None:
        self.say(text, "busy")

    def _describe(self) -> str:
        compared = self._ready()
        source = compared.sources[0]
        names = ", ".join(f"{LETTERS[i]} {model.name}" for i, model in enumerate(compared.models))
        return " ".join(
            (f"{names} on {len(source.ids):,} {source.split} clips of {source.benchmark}.", *compared.notes)
        )

    def _nothing(self, text: str) -> None:
        """Show no points, and why."""
        self.compared = self.near = self.colours = self.clip = None
        self._selected, self._before = [], []
        self.maps.clear()
        self.panel.show(empty="")
        self.page.show(id=self._id)
        for view in (self.differs, self.tabs, self.table, self.legend):
            view.show()
        self.say(text, "problem")

    def _ready(self) -> Compared:
        if self.compared is None and not self._opened:
            self.open()
        if self.compared is None:
            raise WorkbenchError(self.message or "Nothing is open yet.")
        return self.compared

    def _clips(self) -> Source:
        """Clips and table, which are the same for all models."""
        return self._ready().sources[0]

    def _rows(self) -> list[int]:
        return [self._clips().row(clip) for clip in self._selected] if self._selected else []

    def _class(self, value: int) -> list[int]:
        return (self.colours.groups == value).nonzero()[0].tolist() if self.colours is not None else []

    def _ring(self) -> list[int]:
        return self._selected or self._clips().ids.tolist()

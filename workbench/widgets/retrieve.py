"""The retriever: type a sentence, and see which clips each model finds, under any shift, and which of its words the model hears."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as widgets
import pandas as pd

from workbench.encoders import FrozenEncoder, open_encoder
from workbench.encoders.of_run import RunEncoder
from workbench.errors import WorkbenchError
from workbench.retrieval.pool import retrieval_pool
from workbench.retrieval.retrieve import Head
from workbench.retrieval.settings import Setting
from workbench.text.head import TextHead, fit_head, own_head
from workbench.widgets.hits import found_html, pairs_html, told
from workbench.widgets.layout import Quiet, menu
from workbench.widgets.messages import guarded
from workbench.widgets.player import ClipCache, clip_webp, data_uri
from workbench.widgets.search import CLEAN, Found, Model, Pair, Search, Sentence
from workbench.widgets.view import View

Note = Callable[[str], None]
Opener = Callable[[Note], Search]
MOST = 5  # severities
FITS = "The first time it is fitted on the frozen encoder, which takes a minute or two; then it is kept."
STATE_FORMAT = 1
NO_PAIRS = "Words are exchanged in captions of the pool: choose one from the menu."


def retriever(*encoders: FrozenEncoder | str, benchmark: str | None = None, head: Head | None = None) -> Retriever:
    """Open the retriever on one or two encoders, open or names that `open_encoder` takes.

    `benchmark`: by default what the first was trained on. `head`: "own", that of a run trained with captions, or "fitted" on the
    frozen encoder; by default its own where it has one. In a notebook the last expression of a cell shows it; nothing is loaded
    before. What it cannot show, it says in its status line. Raises for none or more than two encoders.
    """
    if not 1 <= len(encoders) <= 2:
        raise WorkbenchError(f"The retriever shows one or two encoders side by side, not {len(encoders)}.")
    if head not in (None, "own", "fitted"):
        raise WorkbenchError(f"head='{head}': give 'own' or 'fitted', or leave it out.")

    def opener(models: Sequence[FrozenEncoder | str], clips: str | None) -> Opener:
        return lambda note: open_search(models, clips, head, note)

    return Retriever(opener(encoders, benchmark), opener)


def open_search(
    encoders: Sequence[FrozenEncoder | str], benchmark: str | None, head: Head | None, note: Note
) -> Search:
    """The pool and the encoders with their heads, as `retriever` takes them; `note` is told what takes time.

    Raises for an encoder without a head of its own where one is asked for, and for encoders that do not take the same clips.
    """
    opened = [open_encoder(encoder) for encoder in encoders]
    heads = [_own(encoder, head) for encoder in opened]  # what can be wrong with them is said before clips are made
    data = opened[0].config.data
    source = benchmark or data.source
    note(f"Reading the test clips of {source}. The first time they are made and decoded.")
    pool = retrieval_pool(data, source)
    for encoder in opened:
        encoder.check(pool.clips)
    models = []
    for encoder, own in zip(opened, heads, strict=True):
        note(f"Opening the text head of {encoder.name}. {'' if own else FITS}".strip())
        models.append(Model(encoder, own or fit_head(encoder)))
    return Search(pool, models, data.sprites)


def _own(encoder: FrozenEncoder, head: Head | None) -> TextHead | None:
    """The head that an encoder was trained with, where it has one or is asked for it; None: one is to be fitted."""
    run = encoder.run if isinstance(encoder, RunEncoder) else None
    if head == "own" and run is None:
        raise WorkbenchError(
            f"The encoder '{encoder.name}' has no text head of its own. Leave out head, and one is fitted."
        )
    return own_head(run) if run and (head == "own" or (head is None and run.config.text)) else None


class Retriever:
    """`widget` is what is shown; `ask` and `shift` do what the page does; `best` and `words` are what it shows, as DataFrames."""

    def __init__(self, opener: Opener, other: Callable[[Sequence[str], str], Opener] | None = None) -> None:
        """`other` gives the opener of other models and their clips, for `restore`."""
        self._opener, self._other = opener, other
        self.search: Search | None = None
        self.sentence: Sentence | None = None
        self.setting = CLEAN
        self.found: list[Found] = []
        self.pairs: list[Pair] = []
        self.message = ""
        self._quiet = Quiet()
        self._cache = ClipCache()
        wide = {"width": "auto", "max_width": "900px", "margin": "2px 10px 2px 0"}
        self.text = widgets.Text(
            description="Sentence",
            placeholder="for example: a small red seven over bricks; then press Enter",
            continuous_update=False,
            style={"description_width": "initial"},
            layout=widgets.Layout(**wide),
        )
        self.caption = menu("Caption", "a true caption of a clip of the pool", "1 1 auto")
        self.caption.layout.max_width = "900px"
        self.shifts = menu("Shift", "of the clips or of the sentence", "0 1 260px")
        self.severity = widgets.IntSlider(
            description="Severity", min=0, max=MOST, continuous_update=False, style={"description_width": "initial"}
        )
        self.status, self.results, self.table = View("status"), widgets.HTML(), widgets.HTML()
        self.pause = View("pause")
        bar = widgets.Box(
            [self.shifts, self.severity, self.pause], layout=widgets.Layout(flex_flow="row wrap", align_items="center")
        )
        layout = widgets.Layout(width="100%", grid_gap="6px", padding="4px 8px 8px 4px")
        parts = [self.text, self.caption, bar, self.status, self.results, self.table]
        self.widget = widgets.VBox(parts, layout=layout)
        self.widget.add_class("wbx-explorer").add_class("wbx-retriever")  # the first has the colours of the page
        self._quiet.observe(self.text, lambda: self.ask(self.text.value))
        self._quiet.observe(self.caption, lambda: self.caption.value and self.ask(self.caption.value))
        for control in (self.shifts, self.severity):
            self._quiet.observe(control, lambda: self.shift(self.shifts.value or "", self.severity.value))

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.widget)
        self.open()

    @property
    def best(self) -> pd.DataFrame:
        """One row for each clip that is shown: model, rank (the first of equals), score, clip, whether true, its first caption."""
        self._ready()
        rows = [(one.model, h.first, h.score, h.clip, h.true, h.caption) for one in self.found for h in one.hits]
        return pd.DataFrame(rows, columns=["model", "rank", "score", "clip", "true", "caption"])

    @property
    def ranks(self) -> pd.DataFrame:
        """One row a model: expected rank of the best true clip, the same without the shift, and by chance."""
        self._ready()
        rows = [(one.model, one.rank, one.clean, one.chance) for one in self.found]
        return pd.DataFrame(rows, columns=["model", "rank", "clean", "chance"])

    @property
    def words(self) -> pd.DataFrame:
        """One row for each exchanged word and model: kind, the words, model, both cosines, and which caption is nearer."""
        self._ready()
        rows = [
            (pair.kind, pair.was, pair.becomes, one.model, *pair.cosines[i], pair.nearer(i))
            for pair in self.pairs
            for i, one in enumerate(self.found)
        ]
        return pd.DataFrame(rows, columns=["kind", "was", "becomes", "model", "true", "exchanged", "nearer"])

    @guarded
    def open(self) -> None:
        """Read the pool, open the encoders and their heads, and ask for the first caption."""
        if self.search is not None:
            return
        search = self._opener(lambda text: self.say(text, "busy"))
        captions = search.captions
        with self._quiet.silently():
            self.caption.options = [("choose a caption, or type above", ""), *((text, text) for text in captions)]
            self.shifts.options = [("none", ""), *((name, name) for name in search.shifts)]
            self.shifts.value = ""  # a menu that had no options has no choice either
        self.search = search
        self.ask(captions[0])

    @guarded
    def ask(self, text: str) -> None:
        """Search for a sentence."""
        search = self._ready()
        with self._quiet.silently():
            self.text.value = text
            known = [value for _, value in self.caption.options]
            self.caption.value = text if text in known else ""
        self._clear()
        self.sentence = None
        self.sentence = search.sentence(text)
        self._search()

    @guarded
    def shift(self, name: str, severity: int) -> None:
        """Search again under a shift of the clips or the captions; severity 0, or no name, is clean."""
        search = self._ready()
        if name and name not in search.shifts:
            raise WorkbenchError(f"The clips cannot have the shift '{name}'. Known: {', '.join(search.shifts)}.")
        if not 0 <= severity <= MOST:
            raise WorkbenchError(f"severity={severity}: give 0 (clean) to {MOST}.")
        with self._quiet.silently():
            self.shifts.value, self.severity.value = name, severity
        self.setting = Setting(name, severity) if name and severity else CLEAN
        self._clear()
        self._search()

    def state(self) -> dict[str, Any]:
        """The view as plain values for JSON: the sentence, the models and their clips, the shift and its severity."""
        search = self._ready()
        return {
            "format": STATE_FORMAT,
            "models": [model.name for model in search.models],
            "benchmark": search.pool.clips.name,
            "sentence": self.text.value,
            "shift": self.shifts.value or "",
            "severity": self.severity.value,
        }

    @guarded
    def restore(self, state: dict[str, Any]) -> None:
        """Go to a view that `state` gave, with its models. One of another format, or of models that are not there, is said."""
        if state.get("format") != STATE_FORMAT:
            raise WorkbenchError(
                f"This view has format {state.get('format')}; this version reads format {STATE_FORMAT}."
            )
        if missing := {"models", "benchmark", "sentence", "shift", "severity"} - state.keys():
            raise WorkbenchError(f"This view lacks {', '.join(sorted(missing))}; give what `state` gave.")
        models, benchmark = list(state["models"]), str(state["benchmark"])
        shown = self.search and ([model.name for model in self.search.models], self.search.pool.clips.name)
        if shown != (models, benchmark) and self._other is not None:
            self.search, self.sentence, self.setting = None, None, CLEAN
            self._clear()
            self._opener = self._other(models, benchmark)
        self._ready()
        self.ask(state["sentence"])
        self.shift(state["shift"], state["severity"])

    def say(self, text: str, level: str = "info") -> None:
        """Show a message: "info", "busy" or "problem"."""
        self.message = text
        self.status.show(level=level, text=text)

    def _search(self) -> None:
        search, sentence, setting = self._ready(), self.sentence, self.setting
        if sentence is None:
            raise WorkbenchError("There is nothing to search for: type a sentence, or choose a caption.")
        self.say(f"Searching {len(search.pool.clips):,} clips, {setting}. A new shift takes some seconds.", "busy")
        self.found, self.pairs = search.find(sentence, setting), search.pairs(sentence, setting)
        shift = str(setting) if setting != CLEAN else ""
        self.results.value = found_html(self.found, self._picture, len(search.pool.clips), shift)
        names = [model.name for model in search.models]
        if self.pairs and sentence.row is not None:
            clip = int(search.pool.clips.table["clip"].iloc[sentence.row])
            self.table.value = pairs_html(self.pairs, names, clip)
        else:
            self.table.value = f'<span class="wbr-dim">{NO_PAIRS}</span>'
        idle = ""
        if setting == CLEAN and self.shifts.value:
            idle = "Severity 0 is without the shift: move the slider."
        elif setting == CLEAN and self.severity.value:
            idle = "No shift is chosen, so the clips are clean."
        self.say(" ".join(filter(None, (*told(search.pool, sentence, self.found), idle))))

    def _picture(self, row: int) -> str:
        search, setting = self._ready(), self.setting
        key = (search.pool.clips.key, row, str(setting))
        return self._cache.get(key, lambda: data_uri(clip_webp(search.pixels(row, setting))))

    def _clear(self) -> None:
        self.found, self.pairs = [], []
        self.results.value = self.table.value = ""

    def _ready(self) -> Search:
        if self.search is None:
            self.open()
        if self.search is None:
            raise WorkbenchError(self.message)
        return self.search

"""Filters: which points are shown, by classes and ranges of the table's columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import numpy as np

from workbench.errors import UnknownName, WorkbenchError
from workbench.widgets.layout import Quiet, menu
from workbench.widgets.source import Source

NONE = "(none)"
MOST_VALUES = 500  # of a column in the list

State = dict[str, list[Any]]  # column: the words of its classes, or [low, high]


class Filters:
    """Keeps, column by column, the classes or the range that are shown; a point is shown where all columns agree.

    `changed()` is called after a person changed one. Columns are those of the source that `fill` was given last.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self.state: State = {}
        self._changed = changed
        self._source: Source | None = None
        self.column = menu("Filter by", "the column that a filter is about", "1 1 200px")
        self.values = widgets.SelectMultiple(
            rows=8, tooltip="Values that are shown: Ctrl or Shift for several", layout=widgets.Layout(width="320px")
        )
        self.range = widgets.FloatRangeSlider(
            description="from, to", layout=widgets.Layout(width="420px"), readout_format=".3g", continuous_update=False
        )
        self.clear = widgets.Button(description="Show all", tooltip="Take every filter away")
        self.said = widgets.HTML()
        self.quiet = Quiet()
        self.column.observe(lambda _: self._offer(), "value")
        self.values.observe(lambda _: self._chosen(list(self.values.value)), "value")
        self.range.observe(lambda _: self._chosen(list(self.range.value)), "value")
        self.clear.on_click(lambda _: self._cleared())
        self.widget = widgets.VBox(
            [widgets.HBox([self.column, self.clear]), self.values, self.range, self.said],
            layout=widgets.Layout(min_height="230px"),
        )

    def fill(self, source: Source) -> None:
        """Offer the columns of a source; filters on columns or values that it has not are dropped."""
        self._source = source
        self.state = {name: kept for name, kept in self.state.items() if self._fits(source, name, kept)}
        with self.quiet.silently():
            before = self.column.value
            options = [NONE, *source.discrete, *source.continuous, *source.predicted]
            self.column.options = list(dict.fromkeys(options))
            self.column.value = before if before in options else NONE
        self._offer()

    def set(self, state: State) -> None:
        """Filters by column, as `state` has them. An unknown column raises and lists the known."""
        source = self._ready()
        for name in state:
            if name not in source.table:
                raise UnknownName("column", name, self.column.options[1:])
        self.state = {name: list(kept) for name, kept in state.items() if self._fits(source, name, list(kept))}
        self._offer()

    def mask(self) -> np.ndarray | None:
        """Which points are shown (n,); None where all are."""
        if not self.state:
            return None
        source = self._ready()
        shown = np.ones(len(source.table), bool)
        for name, kept in self.state.items():
            if _is_range(source, name):
                values = source.table[name].to_numpy(np.float64)
                shown &= (values >= kept[0]) & (values <= kept[1])
            else:
                shown &= _words(source, name).isin(kept).to_numpy()
        return shown

    def words(self) -> str:
        """The filters in words; empty where there are none."""
        source = self._source
        parts = []
        for name, kept in self.state.items():
            if source is not None and _is_range(source, name):
                parts.append(f"{name} {kept[0]:.3g} to {kept[1]:.3g}")
            else:
                parts.append(f"{name} {', '.join(map(str, kept[:3]))}{', …' * (len(kept) > 3)}")
        return "; ".join(parts)

    def shown(self) -> str:
        """How many points the filters leave, in words; empty where there are none."""
        mask = self.mask()
        return "" if mask is None else f"{int(mask.sum()):,} are shown: {self.words()}."

    def _offer(self) -> None:
        """Show the values of the chosen column, and which of them are kept."""
        source, name = self._source, self.column.value
        chosen = name not in (None, NONE)
        if source is None:
            return
        ranged = chosen and _is_range(source, name)
        self.values.layout.display = None if chosen and not ranged else "none"
        self.range.layout.display = None if ranged else "none"
        with self.quiet.silently():
            if ranged:
                self._offer_range(name)
            elif chosen:
                known = sorted(set(_words(source, name)), key=_natural)
                if len(known) > MOST_VALUES:
                    self.values.options, self.values.layout.display = (), "none"
                    self.said.value = f"{len(known):,} values are too many to list: filter in the notebook."
                    return
                self.values.options = known
                self.values.value = tuple(word for word in self.state.get(name, ()) if word in known)
        self.said.value = f"Shown: {self.words()}" if self.state else "All points are shown."

    def _offer_range(self, name: str) -> None:
        values = self._ready().table[name].to_numpy(np.float64)
        known = values[np.isfinite(values)]
        low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
        self.range.min, self.range.max = min(low, self.range.max), max(high, low + 1e-9)
        self.range.min, self.range.step = low, (high - low) / 100 or 1e-9
        self.range.value = tuple(self.state.get(name, (low, high)))

    def _chosen(self, kept: list[Any]) -> None:
        if self.quiet.silent or self.column.value in (None, NONE):
            return
        name = self.column.value
        whole = _is_range(self._ready(), name) and kept == [self.range.min, self.range.max]
        self.state = {other: values for other, values in self.state.items() if other != name}
        if kept and not whole:
            self.state[name] = kept
        self.said.value = f"Shown: {self.words()}" if self.state else "All points are shown."
        self._changed()

    def _cleared(self) -> None:
        self.state = {}
        self._offer()
        self._changed()

    def _ready(self) -> Source:
        if self._source is None:
            raise WorkbenchError("Nothing is open yet, so there is nothing to filter.")
        return self._source

    @staticmethod
    def _fits(source: Source, name: str, kept: list[Any]) -> bool:
        if name not in source.table or not kept:
            return False
        return _is_range(source, name) or bool(set(kept) & set(_words(source, name)))


def _is_range(source: Source, name: str) -> bool:
    return name in source.continuous and source.table[name].dtype.kind in "fiu"


def _words(source: Source, name: str) -> Any:
    return source.table[name].map({value: source.words(name, value) for value in source.table[name].unique()})


def _natural(word: str) -> tuple[int, float, str]:
    """Numbers by their size, then words."""
    try:
        return 0, float(word), word
    except ValueError:
        return 1, 0.0, word

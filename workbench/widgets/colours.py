"""Colours and symbols of the points. Classes differ in both, so that neither is the only carrier of meaning."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from workbench.widgets.source import Source

# Six colours of Okabe and Ito (Color Universal Design, 2008), wine and grey. Their yellow and black are left out: one
# cannot be seen on a white page, the other not on a dark one. tests/widgets/test_colours.py measures the distances.
PALETTE = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#56B4E9", "#CC79A7", "#882255", "#7A7A7A")
SYMBOLS = (
    "circle",
    "square",
    "diamond",
    "cross",
    "triangle-up",
    "x",
    "triangle-down",
    "star",
    "pentagon",
    "triangle-left",
    "hexagon",
    "triangle-right",
    "bowtie",
)
# 8 colours and 13 symbols have no common factor: class i takes both in turn, and the first 104 pairs differ.
MOST_CLASSES = len(PALETTE) * len(SYMBOLS)
# Viridis without its ends, which vanish on a dark and on a white page.
SCALE = ("#443983", "#31688E", "#21918C", "#35B779", "#90D743", "#C8E020")
MISSING = "#9E9E9E"
PLAIN = "circle"


@dataclass(frozen=True)
class Entry:
    """One line of the legend."""

    value: int
    name: str
    count: int
    colour: str
    symbol: str


@dataclass(frozen=True)
class Colouring:
    """Colours of all points by one column: `codes` (n,) on a `scale` from `low` to `high`; `groups`: classes."""

    column: str
    codes: np.ndarray
    low: float
    high: float
    scale: list[tuple[float, str]]
    symbols: list[str]
    groups: np.ndarray
    entries: tuple[Entry, ...] = ()
    bounds: tuple[str, str] | None = None
    note: str = ""
    shape: str | None = None  # the column that gives the symbols, where it is another one
    shapes: tuple[tuple[str, str], ...] = ()  # symbol and name of its values

    def marker(self) -> dict[str, Any]:
        """Properties of plotly's marker."""
        return {
            "color": self.codes,
            "cmin": self.low,
            "cmax": self.high,
            "colorscale": self.scale,
            "symbol": self.symbols,
        }


def colouring(source: Source, column: str, shape: str | None = None) -> Colouring:
    """Colours by a column of the source's table: classes where it has few, a scale where it has many or numbers.

    `shape`: another column with classes, which then gives the symbols.
    """
    found = _coloured(source, column)
    if shape is None or shape == column:
        return found
    groups, names = _classes(source, shape, source.table[shape])
    note = f"{shape} has {len(names):,} values and there are {len(SYMBOLS)} shapes: they repeat."
    return replace(
        found,
        symbols=[SYMBOLS[group % len(SYMBOLS)] for group in groups],
        entries=tuple(replace(entry, symbol=PLAIN) for entry in found.entries),
        shape=shape,
        shapes=tuple((SYMBOLS[value % len(SYMBOLS)], name) for value, name in enumerate(names[: len(SYMBOLS)])),
        note=" ".join(filter(None, (found.note, note if len(names) > len(SYMBOLS) else ""))),
    )


def _coloured(source: Source, column: str) -> Colouring:
    values = source.table[column]
    if (
        column in source.discrete
        or column in source.factors
        or not pd.api.types.is_numeric_dtype(values)
        or pd.api.types.is_bool_dtype(values)
    ):
        groups, names = _classes(source, column, values)
        if len(names) <= MOST_CLASSES:
            return _by_class(column, groups, names)
        ordered = _by_value(column, groups.astype(np.float64))
        note = f"{column} has {len(names):,} values, too many to name: coloured in their order."
        return replace(ordered, bounds=(names[0], names[-1]), note=note)
    return _by_value(column, values.to_numpy(np.float64))


def _classes(source: Source, column: str, values: pd.Series) -> tuple[np.ndarray, list[str]]:
    """Class number of every row, and the classes' names. A factor keeps its numbers, hence its colours."""
    known = source.factors.get(source.predicted.get(column, column))
    if known is not None and pd.api.types.is_integer_dtype(values):
        groups = values.to_numpy(np.int64)
        count = max(known, int(groups.max(initial=0)) + 1)
        return groups, [source.words(column, value) for value in range(count)]
    words = values.map(lambda value: source.words(column, value)).astype(str)
    codes, names = pd.factorize(words, sort=True)
    return np.asarray(codes, np.int64), [str(name) for name in names]


def _by_class(column: str, groups: np.ndarray, names: list[str]) -> Colouring:
    count = np.bincount(groups, minlength=len(names))
    entries = tuple(
        Entry(value, name, int(count[value]), PALETTE[value % len(PALETTE)], SYMBOLS[value % len(SYMBOLS)])
        for value, name in enumerate(names)
        if count[value]
    )
    steps = [(step / len(PALETTE), colour) for i, colour in enumerate(PALETTE) for step in (i, i + 1)]
    return Colouring(
        column=column,
        codes=(groups % len(PALETTE)).astype(np.float32),
        low=-0.5,
        high=len(PALETTE) - 0.5,
        scale=steps,
        symbols=[SYMBOLS[group % len(SYMBOLS)] for group in groups],
        groups=groups,
        entries=entries,
        note=f"{column} is the same for every clip here." if len(entries) == 1 else "",
    )


def _by_value(column: str, values: np.ndarray) -> Colouring:
    known = np.isfinite(values)
    low, high = (float(values[known].min()), float(values[known].max())) if known.any() else (0.0, 0.0)
    span = (high - low) or 1.0
    # The lowest twentieth of the scale is for clips without a value.
    start = 0.0 if known.all() else 0.05
    stops = [(start + (1 - start) * i / (len(SCALE) - 1), colour) for i, colour in enumerate(SCALE)]
    floor = low - span * start / (1 - start)
    notes = []
    if not known.all():
        notes.append(f"{int((~known).sum()):,} clips have no {column} and are grey.")
        stops = [(0.0, MISSING), (start, MISSING), *stops]
    if known.any() and low == high:
        notes.append(f"{column} is the same for every clip here.")
    return Colouring(
        column=column,
        codes=np.where(known, values, floor).astype(np.float32),
        low=floor,
        high=low + span,
        scale=stops,
        symbols=[PLAIN] * len(values),
        groups=np.zeros(len(values), np.int64),
        bounds=(f"{low:.3g}", f"{high:.3g}"),
        note=" ".join(notes),
    )

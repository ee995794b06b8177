"""Tables of measured numbers as data: which row of the kept rows stands in which column, and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.audit import PASSED
from workbench.report.contents.common import NOT_RUN, first_row, not_run
from workbench.report.numbers import MINUS, percent
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table

if TYPE_CHECKING:
    from workbench.report.contents.kept import Kept

Show = Callable[[float], str]


def points(value: float) -> str:
    """A share as points with its sign."""
    return percent(value, signed=True)


def decimals(places: int) -> Show:
    """A number with so many decimals and a true minus sign."""

    def show(value: float) -> str:
        text = f"{value:.{places}f}"
        return ("0" + text[2:] if float(text) == 0 and text.startswith("-") else text).replace("-", MINUS)

    return show


two = decimals(2)


def of_hundred(value: float) -> str:
    """Per cent as kept, with one decimal."""
    return percent(value / 100)


def count(value: float) -> str:
    """A whole number."""
    return f"{value:,.0f}"


@dataclass(frozen=True)
class Measured:
    """A column: the values that its rows have (`where`), its headings, and how its numbers are written."""

    title: str
    where: dict[str, str] = field(default_factory=dict)
    show: Show = two
    group: str = ""


def grid(
    kept: Kept,
    name: str,
    title: str,
    columns: Sequence[Measured],
    *,
    lead: str,
    line: Sequence[str] = (),
    where: dict[str, str] | None = None,
    notes: Sequence[str] = (),
    beside: Sequence[str] = ("chance",),
    rows: pd.DataFrame | None = None,
    of: str = "clips",
) -> Table | Prose:
    """A section for each benchmark, a line for each encoder and value of the columns `line`, a column for each of `columns`.

    `rows` are by default all of `kept`; `where` holds for all columns; `of` says what is counted. `beside`: lines of chance or of the untrained twin ("random_encoder") at the end of each section.
    """
    rows = chosen(kept.rows if rows is None else rows, where or {})
    picked = [chosen(rows, one.where).assign(column=" ".join(filter(None, (one.group, one.title)))) for one in columns]
    frame = pd.concat(picked, ignore_index=True) if len(rows) else rows
    if frame.empty:
        return not_run(name, title, [kept.command.format(runs="RUN", name="NAME")])
    table: list[list[Cell]] = []
    for benchmark in dict.fromkeys(frame["benchmark"]):
        parts = [part[part["benchmark"] == benchmark] for part in picked]
        here = pd.concat(parts)
        counts = sorted({int(n) for n in here["n"].dropna()})
        table.append([Cell(f"{benchmark} · {' or '.join(f'{n:,}' for n in counts)} {of}")])
        for keys, mine in here.groupby([kept.encoder, *line], sort=False):
            label = kept.name_cell(str(keys[0]))
            first = Cell(label.text, " · ".join(filter(None, (*map(str, keys[1:]), label.sub))))
            table.append(
                [
                    first,
                    *(
                        _cell(part.loc[part.index.isin(mine.index)], one.show)
                        for part, one in zip(parts, columns, strict=True)
                    ),
                ]
            )
        table += [last for kind in beside for last in _beside(kept, parts, columns, kind)]
    heads = [Column("encoder", number=False), *(Column(one.title, one.group) for one in columns)]
    keep = [one for one in frame if frame[one].notna().any() and one not in ("versions", "run_of")]
    return Table(name, title, heads, table, frame[keep], [*notes, *_methods(frame)], lead)


def chosen(rows: pd.DataFrame, where: dict[str, str]) -> pd.DataFrame:
    """The rows that have these values; none where a column is not there."""
    for column, value in where.items():
        rows = rows[rows[column] == value] if column in rows else rows[:0]
    return rows


def audit_mark(row: Any) -> tuple[str, ...]:
    """What the audit of the row's run says, unless it passed."""
    if not isinstance(row.audit, str) or row.audit in ("", PASSED):
        return ()
    return (f"audit of {getattr(row, 'run', '') or row.encoder}: {row.audit}",)


def interval_words(row: Any, show: Show) -> str:
    """The ends of a row's interval; nothing where there is none."""
    return "" if pd.isna(row.low) else f"{show(row.low)} to {show(row.high)}"


def _cell(rows: pd.DataFrame, show: Show) -> Cell:
    if rows.empty:
        return Cell(NOT_RUN, look="missing")
    row: Any = first_row(rows)
    if pd.isna(row.value):
        return Cell("–", marks=(str(row.note),) if getattr(row, "note", "") else (), look="missing")
    return Cell(show(row.value), interval_words(row, show), audit_mark(row))


def _beside(kept: Kept, parts: Sequence[pd.DataFrame], columns: Sequence[Measured], kind: str) -> list[list[Cell]]:
    """A line of chance; or one of each untrained twin, with the encoders that it is the twin of."""
    if kind == "chance":
        values = [sorted({float(x) for x in part["chance"].dropna()}) if "chance" in part else [] for part in parts]
        if not any(values):
            return []
        return [
            [Cell("chance", look="missing"), *(_plain(found, one) for found, one in zip(values, columns, strict=True))]
        ]
    twins: dict[tuple[float | None, ...], list[str]] = {}
    encoders = dict.fromkeys(name for part in parts for name in part[kept.encoder])
    for encoder in encoders:
        found = [_twin(part[part[kept.encoder] == encoder]) for part in parts]
        if any(x is not None for x in found):
            twins.setdefault(tuple(found), []).append(kept.twin_name(str(encoder)))
    return [
        [
            Cell("untrained twin", " · ".join(dict.fromkeys(names)), look="missing wraps"),
            *(_plain([] if x is None else [x], one) for x, one in zip(found, columns, strict=True)),
        ]
        for found, names in twins.items()
    ]


def _twin(rows: pd.DataFrame) -> float | None:
    """The twin's number, of all channels where there are blocks."""
    if "block" in rows and (rows["block"] == "all").any():
        rows = rows[rows["block"] == "all"]
    found = rows["random_encoder"].dropna() if "random_encoder" in rows else rows["value"][:0]
    return float(found.iloc[0]) if len(found) else None


def _plain(values: Sequence[float], one: Measured) -> Cell:
    return Cell(" · ".join(dict.fromkeys(one.show(x) for x in values)) or "–", look="plain")


def _methods(frame: pd.DataFrame) -> list[str]:
    if "method" not in frame:
        return []
    found = [str(method) for method in frame["method"].dropna().unique()]
    return [f"Intervals: {'; '.join(found)}."] if found else []

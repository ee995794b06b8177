"""A table once, and its views: HTML for the page and the notebook; Markdown, LaTeX, CSV and Parquet for files."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from string import ascii_lowercase
from typing import Any

import pandas as pd

from workbench.report.formats import PARQUET_MIME
from workbench.report.latex import latex

LONG = 48  # characters above which the text of a cell is broken into lines


@dataclass(frozen=True)
class Cell:
    """What a cell shows: its text, a second line, what is to be said of it in a footnote, words for its look, where it leads."""

    text: str
    sub: str = ""
    marks: tuple[str, ...] = ()
    look: str = ""
    href: str = ""


@dataclass(frozen=True)
class Column:
    """A column's heading, the heading it shares with its neighbours, and whether it holds numbers."""

    title: str
    group: str = ""
    number: bool = True


@dataclass(frozen=True)
class Table:
    """`rows` of cells under `columns` for people, `frame` with the same numbers unrounded for programs, and footnotes.

    A row of one cell is a heading over the rows below it.
    """

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    frame: pd.DataFrame
    notes: Sequence[str] = ()
    lead: str = ""
    letters: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        marks = dict.fromkeys(mark for row in self.rows for cell in row for mark in cell.marks)
        object.__setattr__(self, "letters", {mark: letter(i) for i, mark in enumerate(marks)})

    def csv(self) -> str:
        """The unrounded numbers, one cell of the table a line."""
        return self.frame.to_csv(index=False)

    def parquet(self) -> bytes:
        """The same with types. A column of texts and numbers together becomes text, as Parquet has one type a column."""
        mixed = [
            str(name) for name, values in self.frame.items() if pd.api.types.infer_dtype(values).startswith("mixed")
        ]
        texts = {name: self.frame[name].map(str, na_action="ignore") for name in mixed}
        stream = io.BytesIO()
        self.frame.assign(**texts).to_parquet(stream, index=False, compression="zstd")
        return stream.getvalue()

    def latex(self) -> str:
        """The table as people see it, for a paper."""
        return latex(self)

    def markdown(self) -> str:
        """Title, table and footnotes in GitHub's Markdown."""
        heads = [" · ".join(filter(None, (c.group, c.title))) for c in self.columns]
        rule = ["---:" if c.number else "---" for c in self.columns]
        body = [self._markdown_row(row) for row in self.rows]
        lines = ["| " + " | ".join(_bar(text) for text in row) + " |" for row in (heads, rule, *body)]
        notes = [*self.notes, *(f"({short}) {mark}" for mark, short in self.letters.items())]
        parts = [f"## {self.title}", self.lead, "\n".join(lines), "\n".join(f"- {note}" for note in notes)]
        return "\n\n".join(part for part in parts if part) + "\n"

    def html(self) -> str:
        """A `<figure>` that scrolls sideways by itself where the window is narrow."""
        body = "\n".join(self._html_row(row) for row in self.rows)
        notes = "".join(f"<li>{escape(note)}</li>" for note in self.notes)
        marks = "".join(f"<li><sup>{short}</sup> {escape(mark)}</li>" for mark, short in self.letters.items())
        lead = f'<p class="lead">{escape(self.lead)}</p>' if self.lead else ""
        foot = f'<ul class="notes">{notes}{marks}</ul>' if notes or marks else ""
        return (
            f'<figure class="table" id="{escape(self.name)}"><figcaption>{escape(self.title)}</figcaption>{lead}'
            f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(self.title)}"><table>'
            f"<thead>{self._html_head()}</thead>\n<tbody>\n{body}\n</tbody></table></div>{foot}</figure>"
        )

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        """All views at once: an executed notebook holds the files that are written from it."""
        data = {
            "text/html": self.html(),
            "text/markdown": self.markdown(),
            "text/csv": self.csv(),
            "text/latex": self.latex(),
            PARQUET_MIME: base64.b64encode(self.parquet()).decode(),
            "text/plain": self.markdown(),
        }
        about = {"kind": "table", "name": self.name, "title": self.title, "lead": self.lead, "records": len(self.frame)}
        return data, {"workbench": about}

    def _markdown_row(self, row: Sequence[Cell]) -> list[str]:
        if len(row) == 1:
            return [f"**{row[0].text}**", *("" for _ in self.columns[1:])]
        return [self._markdown_cell(cell) for cell in row]

    def _markdown_cell(self, cell: Cell) -> str:
        marks = "".join(self.letters[mark] for mark in cell.marks)
        text = f"[{cell.text}]({cell.href})" if cell.href else cell.text
        return f"{text}{f' ({cell.sub})' if cell.sub else ''}{f' ({marks})' if marks else ''}"

    def _html_head(self) -> str:
        heads = []
        if any(column.group for column in self.columns):
            heads.append("<tr>" + "".join(_group_heads(self.columns)) + "</tr>")
            rest = [column for column in self.columns if column.group]
        else:
            rest = list(self.columns)
        heads.append("<tr>" + "".join(_head(column) for column in rest) + "</tr>")
        return "".join(heads)

    def _html_row(self, row: Sequence[Cell]) -> str:
        if len(row) == 1:
            span = f'colspan="{len(self.columns)}"'
            return f'<tr class="section"><th scope="rowgroup" {span}>{escape(row[0].text)}</th></tr>'
        cells = []
        for i, (cell, column) in enumerate(zip(row, self.columns, strict=True)):
            marks = f"<sup>{''.join(self.letters[mark] for mark in cell.marks)}</sup>" if cell.marks else ""
            sub = f'<span class="sub">{escape(cell.sub)}</span>' if cell.sub else ""
            text = f'<a href="{escape(cell.href)}">{escape(cell.text)}</a>' if cell.href else escape(cell.text)
            long = "long" if len(cell.text) > LONG else ""
            look = " ".join(filter(None, ("number" if column.number else "", cell.look, long)))
            tag, scope = ("th", ' scope="row"') if i == 0 else ("td", "")
            cells.append(f'<{tag}{scope} class="{look}"><span class="text">{text}</span>{marks}{sub}</{tag}>')
        return "<tr>" + "".join(cells) + "</tr>"


def letter(index: int) -> str:
    """a … z, aa, ab …"""
    first, second = divmod(index, 26)
    return (ascii_lowercase[first - 1] if first else "") + ascii_lowercase[second]


def _head(column: Column, attributes: str = "") -> str:
    return f'<th scope="col"{attributes} class="{"number" if column.number else ""}">{escape(column.title)}</th>'


def _group_heads(columns: Sequence[Column]) -> list[str]:
    heads: list[str] = []
    i = 0
    while i < len(columns):
        group = columns[i].group
        if not group:
            heads.append(_head(columns[i], ' rowspan="2"'))
            i += 1
            continue
        span = 1
        while i + span < len(columns) and columns[i + span].group == group:
            span += 1
        heads.append(f'<th scope="colgroup" colspan="{span}" class="group">{escape(group)}</th>')
        i += span
    return heads


def _bar(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

"""The report of `data check` for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from workbench.data.readers.base import kinds

if TYPE_CHECKING:
    from rich.console import Group

    from workbench.data.check import Report, Spread

SHOWN = 20  # broken files, problems and copies that are printed; `to_dict` has all
MANY = 5  # values of a count that are printed


def render(report: Report) -> Group:
    """The facts, then what is wrong: entries of lists, broken files, copies."""
    from rich.console import Group
    from rich.markup import escape
    from rich.table import Table

    facts = Table(title=escape(report.path), show_header=False, title_justify="left")
    for name, value in _facts(report):
        facts.add_row(name, escape(value))
    parts: list[Any] = [facts]
    for title, heads, rows in (
        ("problems of the lists", ("kind", "where", "what"), report.problems),
        (
            "broken files",
            ("split", "line", "file", "reason", "detail"),
            [(item.split, item.line or "", item.path, item.reason, item.detail) for item in report.broken],
        ),
        (
            "files of equal content",
            ("files", "splits"),
            [
                tuple("\n".join(part) for part in zip(*((path, split) for split, path in group), strict=True))
                for group in report.copies
            ],
        ),
    ):
        if rows:
            listing = Table(*heads, title=title, title_justify="left")
            for row in rows[:SHOWN]:
                listing.add_row(*(escape(str(value)) for value in row))
            parts.append(listing)
        if len(rows) > SHOWN:
            parts.append(f"and {len(rows) - SHOWN} more (--json lists all)")
    return Group(*parts)


def _facts(report: Report) -> Iterator[tuple[str, str]]:
    yield "layout", f"{report.layout}: {report.recognised}"
    for note in report.notes:
        yield "note", note
    yield "clips", f"{report.clips} ({', '.join(f'{split} {count}' for split, count in report.splits.items())})"
    yield "readable", str(report.readable)
    yield "classes", f"{report.classes}, with {_range(report.class_sizes, '{:.0f}')} clips"
    if empty := report.empty_classes:
        yield "empty classes", f"{len(empty)}: {_some(empty)}"
    yield "frames", _range(report.frames, "{:.0f}")
    yield "seconds", f"{_range(report.seconds, '{:.2f}')}, {report.total_seconds:.0f} in all"
    for name, counts in (("frames a second", report.fps), ("pixels", report.sizes), ("codec", report.codecs)):
        yield name, _some([f"{value} ({count})" for value, count in counts.items()])
    if report.captions:
        yield "captions", f"{report.captions}, {_range(report.captions_per_clip, '{:.0f}')} a clip that has any"
    if report.shared:
        yield "in two splits", f"{len(report.shared)} files, the first: {report.shared[0]}"
    across = report.copies_across
    yield "equal content", f"{across} groups of files across splits, {len(report.copies) - across} within a split"
    if report.problems:
        yield "problems of the lists", _some([f"{kind} ({count})" for kind, count in kinds(report.problems).items()])
    yield "broken", f"{len(report.broken)} ({len(report.broken) / max(report.clips, 1):.1%})"


def _some(words: Sequence[str]) -> str:
    return ", ".join(words[:MANY]) + (", …" if len(words) > MANY else "")


def _range(spread: Spread | None, form: str) -> str:
    if spread is None:
        return "none"
    if spread.low == spread.high:
        return form.format(spread.low)
    return f"{form.format(spread.low)} to {form.format(spread.high)}, median {form.format(spread.middle)}"

"""How commands print: JSON for programs, tables for people."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

JSON_HELP = "Print JSON instead of a table."


def as_records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """One dictionary a row."""
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def print_json(value: Any) -> None:
    """`value` as indented JSON on standard output; numbers that JSON lacks become null."""
    print(json.dumps(_plain(value), indent=2, default=str))


def print_table(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], title: str = "", none: str = "Nothing to show."
) -> None:
    """`rows` as a table of `columns`; `none` is said where there are no rows."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console()
    if not rows:
        console.print(none, highlight=False)
        return
    table = Table(title=escape(title) or None, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(row.get(column, ""))) for column in columns))
    console.print(table)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if hasattr(value, "item") and getattr(value, "ndim", 0) == 0:
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value

"""The blocks that the pages of the comparer are made of: text, tables and charts, as static/compare.js draws them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.comparing.model import Model
from workbench.report.numbers import MINUS, percent
from workbench.widgets.compare_source import LETTERS

Block = dict[str, Any]
NONE = "–"


def text(words: str) -> Block:
    """A sentence; `words` between backticks become code."""
    return {"type": "text", "text": words}


def table(caption: str, columns: Sequence[Block], rows: Sequence[Sequence[Any]]) -> Block:
    """A table; cells are text, or dictionaries as static/compare.js names their fields."""
    return {"type": "table", "caption": caption, "columns": list(columns), "rows": [list(row) for row in rows]}


def column(name: str, note: str = "", number: bool = False) -> Block:
    """A column's head."""
    return {"name": name, "note": note, "number": number}


def model_columns(models: Sequence[Model]) -> list[Block]:
    """A column of numbers for each model, under its letter and its name."""
    return [column(LETTERS[i], model.name, number=True) for i, model in enumerate(models)]


def share(value: float, low: float, high: float, level: bool = False) -> Block:
    """A share of 1 in percent with its interval; with a bar where `level`."""
    ends = "" if pd.isna(low) else f"{percent(float(low))} to {percent(float(high))}"
    return {"text": f"{percent(float(value))} %", "note": ends, **({"level": float(value)} if level else {})}


def number(value: Any, low: Any = None, high: Any = None, more: str = "", digits: int = 2) -> Block:
    """A number with its interval, and what else stands beside it."""
    if pd.isna(value):
        return {"text": NONE, "note": more}
    ends = "" if pd.isna(low) else f"{figure(low, digits)} to {figure(high, digits)}"
    return {"text": figure(value, digits), "note": "; ".join(filter(None, (ends, more)))}


def figure(value: float, digits: int = 2) -> str:
    """A number with `digits` decimals, fewer of a large one, and a true minus sign."""
    said = f"{value:,.{digits if abs(value) < 100 else 0}f}"
    return (said.replace("-", "") if not float(said.replace(",", "")) else said).replace("-", MINUS)


def chart(title: str, x: str, y: str, series: Sequence[Block], *, log_x: bool = False, log_y: bool = False) -> Block:
    """Lines; `series` as `line` gives them."""
    return {"type": "chart", "title": title, "x": x, "y": y, "log_x": log_x, "log_y": log_y, "series": list(series)}


def line(place: int, model: Model, x: Sequence[float], y: Sequence[float]) -> Block:
    """One model's line; its place among the models gives it colour and dash."""
    points = [[float(a), float(b)] for a, b in zip(x, y, strict=True)]
    return {"name": f"{LETTERS[place]} {model.name}", "place": place, "points": points}

"""Comparing two states of a table record by record: what is a number, which row is which, and what has changed."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd
from pandas.api.types import is_bool_dtype, is_float_dtype, is_numeric_dtype

SAME = 1e-9  # relative: the last digits of a sum may differ between machines


@dataclass(frozen=True)
class Change:
    """One value that is not what it was. `number`: a number, a verdict in yes or no, or a whole row differs, and not words alone."""

    table: str
    row: str
    column: str
    old: str
    new: str
    number: bool
    file: str = ""

    def __str__(self) -> str:
        where = f" ({self.file})" if self.file else ""
        return f"{self.table}{where}, {self.row}, {self.column}: was {self.old}, the rows give {self.new}"


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """The records as their CSV says them."""
    if not len(frame.columns):
        return pd.DataFrame()
    return pd.read_csv(io.StringIO(frame.to_csv(index=False)), dtype=str, keep_default_na=False)


def compare(table: str, file: str, old: pd.DataFrame, new: pd.DataFrame) -> list[Change]:
    """What differs between `old` (texts, as `as_text` gives them) and the typed records `new`, rows matched by their leading columns."""
    text = as_text(new)
    numbers = {name for name in new.columns if is_numeric_dtype(new[name]) or is_bool_dtype(new[name])}
    numbers |= {name for name in text.columns if name in old and _lists(old[name]) and _lists(text[name])}
    floats = {str(name) for name in new.columns if is_float_dtype(new[name])}
    keys = key_columns(old, text, floats)
    found = list(_columns(old, text))
    was, now = _by_row(old, keys), _by_row(text, keys)
    found += [(row, "whole row", "there", "none", True) for row in was if row not in now]
    found += [(row, "whole row", "none", "there", True) for row in now if row not in was]
    shared = [name for name in text.columns if name in old.columns]
    for row, now_at in now.items():
        if row not in was:
            continue
        for name in shared:
            a, b = old[name].iloc[was[row]], text[name].iloc[now_at]
            if a != b and not _equal(a, b):
                found.append((row, str(name), a or "nothing", b or "nothing", name in numbers))
    return [Change(table, *one, file=file) for one in found]


def key_columns(old: pd.DataFrame, new: pd.DataFrame, floats: set[str]) -> list[str]:
    """The fewest leading columns, none of decimals, that tell every row from the others in both; none where there are no such."""
    shared = [name for name in new.columns if name in old.columns and name not in floats]
    for count in range(1, len(shared) + 1):
        some = shared[:count]
        if not old.duplicated(some).any() and not new.duplicated(some).any():
            return some
    return []


def _by_row(table: pd.DataFrame, keys: list[str]) -> dict[str, int]:
    """What a row is called -> its position."""
    if not keys:
        return {f"row {i + 1}": i for i in range(len(table))}
    rows = zip(*(table[key] for key in keys), strict=True)
    return {", ".join(f"{key} {value}" for key, value in zip(keys, row, strict=True)): i for i, row in enumerate(rows)}


def _columns(old: pd.DataFrame, new: pd.DataFrame) -> Iterator[tuple[str, str, str, str, bool]]:
    if not len(old.columns) or not len(new.columns):
        return
    yield from (("all rows", str(name), "there", "none", True) for name in old.columns if name not in new.columns)
    yield from (("all rows", str(name), "none", "there", True) for name in new.columns if name not in old.columns)


def _equal(a: str, b: str) -> bool:
    """Whether two texts say the same numbers."""
    ones, others = a.split(), b.split()
    try:
        pairs = [(float(one), float(other)) for one, other in zip(ones, others, strict=True)]
    except ValueError:
        return False
    return all(math.isclose(x, y, rel_tol=SAME, abs_tol=1e-12) or (math.isnan(x) and math.isnan(y)) for x, y in pairs)


def _lists(values: pd.Series) -> bool:
    """Whether a column of texts holds numbers, several to a text: the values of each seed."""
    filled = [value for value in values if value]
    try:
        parts = [part for value in filled for part in value.split()]
        return bool(parts) and any("." in part for part in parts) and all(math.isfinite(float(part)) for part in parts)
    except ValueError:
        return False

"""Which values of which factors are more frequent in a selection than in the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.errors import UnknownName, WorkbenchError
from workbench.stats import holm

COLUMNS = ["column", "value", "count", "share", "rest", "ratio", "p", "p_holm"]


def over_represented(table: pd.DataFrame, rows: Sequence[int] | np.ndarray, columns: Sequence[str]) -> pd.DataFrame:
    """Values that are more frequent among `rows` of `table` than among the others, the most uneven first.

    One line a value: `column`, `value`, `count` in the selection, its `share` there and in the `rest`, their `ratio`, `p` of Fisher's exact test
    (one-sided), and `p_holm` corrected over all values of all columns that vary, those that the selection lacks too: which it lacks is itself
    by chance. An unknown column and a row that is not there raise. Empty, with a sentence in `attrs["note"]`, where there is nothing
    to compare: one row or all of them.
    """
    for column in columns:
        if column not in table:
            raise UnknownName("column", column, map(str, table.columns))
    numbers = np.asarray(rows, np.int64)
    if len(beyond := numbers[(numbers < 0) | (numbers >= len(table))]):
        raise WorkbenchError(f"There is no row {beyond[0]} in a table of {len(table)}; rows are numbered from 0.")
    chosen = np.zeros(len(table), bool)
    chosen[numbers] = True
    inside, outside = int(chosen.sum()), int((~chosen).sum())
    if inside < 2 or not outside:
        found = pd.DataFrame(columns=COLUMNS)
        found.attrs["note"] = (
            "Everything is selected: there is no rest to compare it with."
            if inside and not outside
            else "Select two points or more."
        )
        return found
    lines = [line for column in columns for line in _lines(table[column], column, chosen, inside, outside)]
    found = pd.DataFrame(lines, columns=COLUMNS[:-1])
    found["p_holm"] = holm(found["p"].tolist()) if len(found) else []
    more = found[found["share"] > found["rest"]].sort_values(["p", "ratio"], ascending=[True, False], kind="stable")
    more = more.reset_index(drop=True)
    more.attrs["note"] = "" if len(more) else "No value is more frequent in the selection than in the rest."
    return more


def _lines(values: pd.Series, column: str, chosen: np.ndarray, inside: int, outside: int) -> list[tuple[object, ...]]:
    """One line for every value of a column that has several."""
    from scipy.stats import hypergeom

    codes, names = pd.factorize(values, sort=True)
    if len(names) < 2:
        return []
    all_of = np.bincount(codes[codes >= 0], minlength=len(names))
    here = np.bincount(codes[chosen & (codes >= 0)], minlength=len(names))
    p = hypergeom.sf(here - 1, inside + outside, all_of, inside)
    share, rest = here / inside, (all_of - here) / outside
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(rest > 0, share / rest, np.inf)
    return [
        (column, name, int(here[i]), float(share[i]), float(rest[i]), float(ratio[i]), float(p[i]))
        for i, name in enumerate(names)
    ]

"""The benchmarks' gates as kept beside `docs/benchmarks.md`: what oracles reach from each view, and the most that it may give."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pandas as pd

from workbench.errors import WorkbenchError
from workbench.paths import shipped

PAGE = shipped("docs/benchmarks.md")
COMMAND = "workbench data gates --preset standard --write docs/benchmarks.md"
VIEWS = {  # in the order of what is seen; the words of `workbench.gates.views`, which imports torch
    "appearance": "sprite, writer, colour, size and texture",
    "start": "the first frame",
    "frame": "one frame, drawn at random",
    "ends": "the first and the last frame",
    "mean": "the mean image",
    "set": "all frames without their order",
    "ordered": "all frames in their order",
}


@cache
def gates() -> pd.DataFrame:
    """One row an oracle, as `measure_gates` gives them; empty where they were not measured."""
    return _read(PAGE.with_suffix(".parquet"))


@cache
def factor_pairs() -> pd.DataFrame:
    """One row a pair of factors: mutual information and its permutation null; empty where they were not measured."""
    return _read(PAGE.with_suffix(".factors.parquet"))


def best(rows: pd.DataFrame) -> pd.DataFrame:
    """Of every view and input the oracle that reaches most, in the order of `VIEWS`."""
    if rows.empty:
        return rows
    top = rows.loc[rows.groupby(["view", "input"], sort=False)["accuracy"].idxmax()]
    order = {name: place for place, name in enumerate(VIEWS)}
    return top.sort_values(
        ["view", "input"], key=lambda column: column.map(order).fillna(0) if column.name == "view" else column
    )


def _read(path: Path) -> pd.DataFrame:
    if not path.is_file():
        return pd.DataFrame()
    try:
        return pd.read_parquet(path)
    except Exception as error:
        raise WorkbenchError(f"{path} cannot be read ({error}). Measure it anew: `{COMMAND}`.") from None

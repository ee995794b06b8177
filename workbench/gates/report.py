"""Measures the gates of several benchmarks, keeps the rows beside the page about them, and writes that page from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.errors import WorkbenchError
from workbench.files import whole_file
from workbench.gates.document import document
from workbench.gates.independence import from_table, independence, to_table
from workbench.gates.measure import GATES, measure_gates


def gates_report(
    benchmarks: Sequence[str] | None,
    data: DataSettings,
    *,
    write: Path | None = None,
    command: str = "",
    progress: bool = True,
) -> pd.DataFrame:
    """Rows of `measure_gates` of the benchmarks (all by default); with `write` also the page, and its tables as Parquet.

    They lie beside the page: `page.parquet`, the rows with the command that made them, and `page.factors.parquet`, the pairs
    of factors. Not in `reports/measured`, where every file holds rows of runs.
    """
    names = list(benchmarks or GATES)
    for name in names:
        GATES[name]  # an unknown one is said before anything is measured
    rows = pd.concat([measure_gates(name, data, progress=progress) for name in names], ignore_index=True)
    if write is not None:
        rows = rows.assign(command=command)
        tested = {name: independence(BENCHMARKS[name].table(data, "train")) for name in names}
        for path, table in zip(_tables(write), (rows, to_table(tested)), strict=True):
            with whole_file(path) as temporary:
                table.to_parquet(temporary, index=False)
        write_page(write)
    return rows


def write_page(path: Path) -> None:
    """Write the page from the tables beside it, measuring nothing."""
    page = page_text(path)
    with whole_file(path) as temporary:
        temporary.write_text(page, encoding="utf-8")


def page_text(path: Path) -> str:
    """The page at `path` as its tables give it. It shows the contact sheets that lie in `images/` beside it."""
    source, factors = _tables(path)
    for table in (source, factors):
        if not table.exists():
            raise WorkbenchError(f"{table} is not there. Measure it: `workbench data gates --write {path}`.")
    rows, tested = pd.read_parquet(source), from_table(pd.read_parquet(factors))
    sheets = {name: f"images/bench_{name}.png" for name in BENCHMARKS}
    there = {name: sheet for name, sheet in sheets.items() if (path.parent / sheet).exists()}
    return document(rows, tested, rows["command"].iloc[0], source.name, there)


def _tables(page: Path) -> tuple[Path, Path]:
    return page.with_suffix(".parquet"), page.with_suffix(".factors.parquet")

"""Measures the gates of several benchmarks and writes the page about them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.files import whole_file
from workbench.gates.document import document
from workbench.gates.independence import independence
from workbench.gates.measure import GATES, measure_gates


def gates_report(
    benchmarks: Sequence[str] | None,
    data: DataSettings,
    *,
    write: Path | None = None,
    command: str = "",
    progress: bool = True,
) -> pd.DataFrame:
    """Rows of `measure_gates` of the benchmarks (all by default); with `write` also the page, and the rows as Parquet.

    The rows lie beside the page, with its name; not in `reports/measured`, where every file holds rows of runs.
    """
    names = list(benchmarks or GATES)
    for name in names:
        GATES[name]  # an unknown one is said before anything is measured
    rows = pd.concat([measure_gates(name, data, progress=progress) for name in names], ignore_index=True)
    if write is not None:
        tables = {name: independence(BENCHMARKS[name].table(data, "train")) for name in names}
        target = write.with_suffix(".parquet")
        with whole_file(target) as temporary:
            rows.to_parquet(temporary, index=False)
        page = document(rows, tables, command, target.name)
        with whole_file(write) as temporary:
            temporary.write_text(page, encoding="utf-8")
    return rows

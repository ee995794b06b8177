"""Kinematic and SIGReg runs in both readings, and the trained encoder of the runs whose teacher was probed."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from workbench.report.contents.common import NOT_RUN, first_row, not_run
from workbench.report.contents.result_table import AUDIT
from workbench.report.contents.results import AgainstRandom
from workbench.report.numbers import percent
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
from workbench.report.words import probe_name
from workbench.rows import load_results
from workbench.stats import wilson
from workbench.variants import VARIANTS


class Kinematic(AgainstRandom):
    """The table of results, each arm also against the random encoder; what the released code did; the third cell."""

    def faults(self) -> Prose:
        """What the released code did in the runs that have two readings."""
        named: dict[str, list[str]] = {}
        for variant in self.parameters.variants:
            if VARIANTS[variant].fault:
                named.setdefault(VARIANTS[variant].fault, []).append(f"`{variant}`")
        return Prose("faults", "\n".join(f"- {', '.join(variants)}: {fault}" for fault, variants in named.items()))

    @cached_property
    def frozen(self) -> list[str]:
        """The runs as published that were read from their teacher."""
        if (study := self.studies.get("as_published")) is None:
            return []
        rows = study.rows[study.rows["encoder"] == "teacher"]
        return [str(run) for run in rows["run"].unique()]

    @cached_property
    def probed_elsewhere(self) -> pd.DataFrame:
        """Rows of the runs as published, read from the encoder that the released evaluation did not load: the trained one."""
        every = load_results(self.parameters.preset, self.parameters.source).rows
        chosen = every["run"].isin(self.frozen) & (every["encoder"] == "context") & (every["factor"] == "label")
        cells = pd.Series(list(zip(every["benchmark"], every["probe"], strict=True)), index=every.index, dtype=object)
        return every[chosen & cells.isin(self.parameters.cells)].reset_index(drop=True)

    def trained_encoders(self) -> Table | Prose:
        """What is read from the encoder that those runs did train."""
        if self.parameters.reading == "as_described":
            return Prose("trained-encoders", "")
        rows = self.probed_elsewhere
        if rows.empty:
            command = f"workbench probe {self.frozen[0] if self.frozen else 'RUN'}@context"
            return not_run("trained-encoders", "The trained encoders of the runs as published", [command])
        columns = [Column("run", number=False)]
        columns += [Column(probe_name(probe), benchmark) for benchmark, probe in self.parameters.cells]
        table = [[Cell(run), *(self._cell(rows, run, *cell) for cell in self.parameters.cells)] for run in self.frozen]
        lead = "The same runs as published, read from the encoder that was trained, which the released evaluation never loaded."
        notes = ["One run a line; intervals over clips (Wilson), so nothing is known about the spread over seeds."]
        title = "Their trained encoders"
        return Table("trained-encoders", title, columns, table, rows.drop(columns=["versions"]), notes, lead)

    def _cell(self, rows: pd.DataFrame, run: str, benchmark: str, probe: str) -> Cell:
        of = rows[(rows["run"] == run) & (rows["benchmark"] == benchmark) & (rows["probe"] == probe)]
        if of.empty:
            return Cell(NOT_RUN, look="missing")
        row = first_row(of)
        low, high = wilson(round(row.value * row.n), row.n, self.parameters.confidence)
        failed = row.audit.startswith("failed")
        beside = f"{percent(low)} to {percent(high)}" + (f" · {AUDIT}" if failed else "")
        return Cell(percent(row.value), beside, (f"audit of {run}: {row.audit}",) if failed else ())

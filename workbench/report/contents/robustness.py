"""Retrieval under domain shift: what every shift leaves of R@1 at each severity."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pandas as pd

from workbench.errors import WorkbenchError
from workbench.report.contents.common import NOT_RUN, each, not_run
from workbench.report.contents.grid import audit_mark
from workbench.report.contents.retrieval import DIRECTIONS, Retrieval
from workbench.report.numbers import counted, percent
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table

METRIC = "R@1"


class Robustness(Retrieval):
    """Absolute robustness with the relative one, the clean value and chance beside it."""

    what = "rows of retrieval under shift"
    command = "workbench retrieve {runs} --shift all --keep {name}"

    def select(self) -> pd.DataFrame:
        """Rows of encoders that were read under a shift: test clips, no re-ranking."""
        rows = super().select()
        if rows.empty:
            return rows
        rows = rows[(rows["split"] == "test") & (rows["rerank"] == "")]
        shifted = rows.loc[rows["shift"] != "", "run"].unique()
        return rows[rows["run"].isin(shifted)].reset_index(drop=True)

    @cached_property
    def table(self) -> pd.DataFrame:
        """What `workbench.retrieval.robustness` gives; empty where nothing was read under a shift."""
        if self.rows.empty:
            return self.rows
        from workbench.retrieval.robustness import robustness

        try:
            return robustness(self.rows)
        except WorkbenchError as error:
            raise WorkbenchError(f"{', '.join(self.sources())}: {error}") from None

    def robustness(self) -> Table | Prose:
        """A section a shift, a line an encoder, a column a severity."""
        found = self.table
        found = found[(found["metric"] == METRIC) & (found["factor"] == "")] if len(found) else found
        if found.empty:
            return not_run("robustness", "Robustness", [self.command.format(runs="RUN", name="NAME")])
        audits = self.rows.drop_duplicates("run").set_index("run")["audit"]
        found = found.assign(audit=found["run"].map(audits))
        severities = sorted(int(s) for s in found["severity"].unique())
        columns = [Column("encoder, direction", number=False), Column("clean R@1, %"), Column("chance, %")]
        columns += [
            Column(f"severity {s}" if s else "held out", "absolute robustness, relative below") for s in severities
        ]
        rows: list[list[Cell]] = []
        for keys, section in found.groupby(["benchmark", "family", "shift"], sort=False):
            benchmark, family, shift = map(str, keys)
            rows.append([Cell(f"{shift}" + (f" ({family})" if family not in ("", shift) else "") + f" · {benchmark}")])
            rows += [
                self._line((str(run), str(head), str(direction)), of, severities)
                for (run, head, direction), of in section.groupby(["run", "head", "direction"], sort=False)
            ]
        notes = [
            "Absolute: 1 − (A_c − A_p), relative: 1 − (A_c − A_p)/A_c, with A the share of queries right on clean and on shifted clips; 95 % intervals by bootstrap "
            "over videos, clean and shifted paired. The relative one flatters a model near chance: read it beside the clean value.",
            *self._notes(),
        ]
        lead = "What a shift leaves: 1 is all."
        return Table("robustness", f"Robustness of {METRIC}", columns, rows, found, notes, lead)

    def summary(self) -> Prose:
        """As of other kept rows, and where most is lost."""
        text = super().summary().text
        found = self.table
        found = found[(found["metric"] == METRIC) & (found["direction"] == DIRECTIONS[0])] if len(found) else found
        if found.empty:
            return Prose("summary", text)
        worst = found.iloc[int(found["absolute"].argmin())]
        shifts = counted(found[["shift", "severity"]].drop_duplicates().shape[0], "setting")
        return Prose(
            "summary",
            f"{text} Of {shifts} of shift and severity the most of {DIRECTIONS[0]} {METRIC} is lost by `{worst['run']}` under {worst['shift']} "
            f"at severity {worst['severity']}: from {percent(worst['clean'] / 100)} to {percent(worst['shifted'] / 100)} %.",
        )

    def _line(self, line: tuple[str, str, str], rows: pd.DataFrame, severities: list[int]) -> list[Cell]:
        run, head, direction = line
        name = self.name_cell(run)
        first: Any = next(each(rows))
        clean = Cell(
            percent(first.clean / 100),
            f"{percent(first.clean_low / 100)} to {percent(first.clean_high / 100)}",
            audit_mark(first),
        )
        cells = []
        for severity in severities:
            of = rows[rows["severity"] == severity]
            if of.empty:
                cells.append(Cell(NOT_RUN, look="missing"))
                continue
            row: Any = next(each(of))
            ends = "" if pd.isna(row.absolute_low) else f"{row.absolute_low:.3f} to {row.absolute_high:.3f}"
            relative = "none" if pd.isna(row.relative) else f"{row.relative:.2f}"
            cells.append(Cell(f"{row.absolute:.3f}", " · ".join(filter(None, (ends, relative))), audit_mark(row)))
        return [
            Cell(f"{name.text}: {direction}", f"{name.sub} · {head}"),
            clean,
            Cell(percent(first.chance / 100)),
            *cells,
        ]

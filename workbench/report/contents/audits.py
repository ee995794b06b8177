"""The audits of all runs: counts, what fails, what is noted, and which runs have none kept."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pandas as pd

from workbench.audit import NOT_AUDITED, PASSED
from workbench.errors import WorkbenchError
from workbench.report.contents.all_runs import AllRuns
from workbench.report.contents.common import each, not_run
from workbench.report.numbers import counted, listed
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
from workbench.rows import measured_folder

STATUSES = ("failed", "noted", "passed")
COLUMNS = ("run", "audit", "of", "status", "found")
EXPLAINED = {
    "gradient": "does each weighted term move encoder and head?",
    "movement": "has the probed encoder been trained?",
    "weights in effect": "is a weighting more than equal weights?",
    "collapse": "signs of collapse at the newest readings",
    "control": "is the control there, and equal in all that is not claimed?",
    "spread": "seeds and clips behind the cells",
}
MANY = "spread"  # noted of every run of one seed: counted, not listed


class Audits(AllRuns):
    """Tables of `NAME.audits.parquet`, beside the mark that every result row carries."""

    @cached_property
    def findings(self) -> pd.DataFrame:
        """Kept findings of the runs asked for. One that fails in one table and not in another raises and names both."""
        parts = [_read(path) for path in sorted(measured_folder().glob("*.audits.parquet"))]
        every = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*COLUMNS, "kept_in"])
        for keys, group in every.groupby(["run", "audit", "of"], sort=False):
            if "failed" in set(group["status"]) and group["status"].nunique() > 1:
                said = "; ".join(f"{row.status} in {row.kept_in}" for row in each(group))
                raise WorkbenchError(
                    f"One audit has different findings ({', '.join(map(str, keys))}): {said}. Delete the file that is out of date."
                )
        every = every.drop_duplicates(["run", "audit", "of"], keep="last")
        order = {name: place for place, name in enumerate(self.asked)}
        mine = every[every["run"].isin(list(order))]
        return mine.loc[mine["run"].map(order).sort_values(kind="stable").index].reset_index(drop=True)

    def sources(self) -> list[str]:
        """The kept tables."""
        return [*super().sources(), *(f"reports/measured/{name}" for name in self.findings["kept_in"].unique())]

    @cached_property
    def marks(self) -> pd.Series:
        """What the result rows of each run say of its audits."""
        return self.rows.groupby("run", sort=False)["audit"].agg(
            lambda marks: "; ".join(dict.fromkeys(m or NOT_AUDITED for m in marks))
        )

    def summary(self) -> Prose:
        """How many runs passed and failed, by the marks of their rows."""
        if self.marks.empty:
            return Prose("summary", f"{self.have()} Nothing was audited.")
        failed = self.marks[self.marks.str.contains("failed")]
        unknown = self.marks[self.marks == NOT_AUDITED]
        said = [
            self.have(),
            f"The audit passed in {int((self.marks == PASSED).sum())} and failed in {len(failed)} of them.",
        ]
        if len(failed) == len(self.marks):
            said.append("**Every run that there is failed its audit.**")
        if len(unknown):
            said.append(f"Not audited: {listed(unknown.index)}.")
        without = self._without()
        if without:
            said.append(f"The findings of {counted(len(without), 'run')} with rows are not kept.")
        return Prose("summary", " ".join(said))

    def counts(self) -> Table | Prose:
        """Findings by audit and status."""
        if self.findings.empty:
            return not_run("counts", "Audits", ["workbench audit RUN", "workbench sweep … --keep NAME"])
        columns = [Column("audit", number=False), *(Column(status) for status in STATUSES), Column("runs")]
        rows = []
        for audit, words in EXPLAINED.items():
            found = self.findings[self.findings["audit"] == audit]
            if len(found):
                numbers = [int((found["status"] == status).sum()) for status in STATUSES]
                looks = [
                    "below" if status == "failed" and n else "" for status, n in zip(STATUSES, numbers, strict=True)
                ]
                counts = [Cell(str(n), look=look) for n, look in zip(numbers, looks, strict=True)]
                rows.append([Cell(audit, words), *counts, Cell(str(found["run"].nunique()))])
        notes = [
            "Failing: gradient and movement can; each marks every cell of the run. What is noted fails nothing, and says what a number rests on."
        ]
        return Table("counts", "Findings by audit", columns, rows, self.findings, notes)

    def failed(self) -> Table | Prose:
        """Every failing finding."""
        return self._listed(
            "failed",
            "Failing audits",
            self.findings[self.findings["status"] == "failed"],
            "No audit of a kept run fails.",
        )

    def noted(self) -> Table | Prose:
        """What is noted, but for the spread of single seeds."""
        noted = self.findings[(self.findings["status"] == "noted") & (self.findings["audit"] != MANY)]
        return self._listed("noted", "Noted", noted, "Nothing is noted but what the counts say.")

    def not_kept(self) -> Table | Prose:
        """Runs with rows whose findings are not kept; their rows carry the mark all the same."""
        without = self._without()
        if not without:
            return Prose("not-kept", "")
        columns = [
            Column("run", number=False),
            Column("mark of its rows", number=False),
            Column("command that audits it", number=False),
        ]
        rows = [
            [Cell(run), Cell(str(self.marks[run]), look="wraps"), Cell(f"workbench audit {run}", look="code wraps")]
            for run in without
        ]
        frame = pd.DataFrame({"run": without, "mark": [self.marks[run] for run in without]})
        return Table("not-kept", "Findings not kept", columns, rows, frame)

    def _without(self) -> list[str]:
        kept = set(self.findings["run"])
        return [str(run) for run in self.marks.index if run not in kept]

    def _listed(self, name: str, title: str, findings: pd.DataFrame, none: str) -> Table | Prose:
        if findings.empty:
            return Prose(name, none)
        columns = [Column(title, number=False) for title in ("run", "audit of", "found")]
        rows: list[list[Cell]] = []
        audit = ""
        for row in each(findings.sort_values("audit", kind="stable")):
            found: Any = row
            if found.audit != audit:
                rows.append([Cell(f"{found.audit}: {EXPLAINED.get(found.audit, '')}")])
                audit = found.audit
            one = self.asked[found.run]
            rows.append([Cell(one.variant, one.conditions), Cell(found.of), Cell(found.found, look="wraps")])
        return Table(name, title, columns, rows, findings)


def _read(path: Any) -> pd.DataFrame:
    try:
        table = pd.read_parquet(path)
    except Exception as error:
        raise WorkbenchError(f"{path} cannot be read ({error}). Restore it or delete it.") from None
    if lacking := [name for name in COLUMNS if name not in table]:
        raise WorkbenchError(f"{path} has no column {listed(map(repr, lacking))}. Keep the sweep anew, or delete it.")
    return table.assign(kept_in=path.name)

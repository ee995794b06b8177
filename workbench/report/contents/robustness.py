"""Retrieval under domain shift: what every shift leaves of R@1 at each severity."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pandas as pd

from workbench.errors import WorkbenchError
from workbench.report.contents.common import NOT_RUN, each, first_row, not_run
from workbench.report.contents.conditions import interval_over_seeds
from workbench.report.contents.grid import audit_mark
from workbench.report.contents.retrieval import DIRECTIONS, Retrieval
from workbench.report.figures import Chart
from workbench.report.numbers import counted, percent, seeds_words
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
        known = self.rows.drop_duplicates("run").set_index("run")
        about = {name: found["run"].map(known[name]) for name in ("audit", "run_of", "seed")}
        found = found.assign(**about, condition=found["run"].map(self._condition))
        severities = sorted(int(s) for s in found["severity"].unique())
        columns = [Column("condition, direction", number=False), Column("clean R@1, %"), Column("chance, %")]
        columns += [
            Column(f"severity {s}" if s else "held out", "absolute robustness, relative below") for s in severities
        ]
        rows: list[list[Cell]] = []
        for keys, section in found.groupby(["benchmark", "family", "shift"], sort=False):
            benchmark, family, shift = map(str, keys)
            rows.append([Cell(f"{shift}" + (f" ({family})" if family not in ("", shift) else "") + f" · {benchmark}")])
            rows += [
                self._line(of, severities) for _, of in section.groupby(["condition", "head", "direction"], sort=False)
            ]
        notes = [
            "Absolute: 1 − (A_c − A_p), relative: 1 − (A_c − A_p)/A_c, with A the share of queries right on clean and on shifted clips; 95 % intervals by bootstrap "
            "over videos, clean and shifted paired; of several seeds the mean, with Student's t interval over seeds (those over videos of each seed are in the CSV). The relative one "
            "flatters a model near chance: read it beside the clean value.",
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

    def curves(self) -> Chart | Prose:
        """Recall against severity, a figure a family of shifts."""
        from workbench.report.contents.severity_chart import severity_chart

        return severity_chart(self)

    def _condition(self, run: str) -> str:
        """What a run has in common with those of other seeds; its name where it is no run of ours."""
        name = run.partition("@")[0]
        if name not in self.asked:
            return run
        one = self.asked[name]
        return " ".join((one.variant, one.regime, one.reading, run.partition("@")[2]))

    def _line(self, rows: pd.DataFrame, severities: list[int]) -> list[Cell]:
        """A condition in one direction under one shift: means over its seeds."""
        first: Any = first_row(rows)
        runs = rows.drop_duplicates("run")
        name = self.name_cell(first.run)
        seeds = seeds_words(sorted(int(s) for s in runs["seed"].dropna().unique())) if len(runs) > 1 else name.sub
        head = Cell(f"{name.text}: {first.direction}", f"{seeds} · {first.head}")
        marks = tuple(dict.fromkeys(mark for row in each(runs) for mark in audit_mark(row)))
        ends = f"{percent(first.clean_low / 100)} to {percent(first.clean_high / 100)}"
        clean = Cell(percent(runs["clean"].mean() / 100), ends if len(runs) == 1 else _spread(runs["clean"]), marks)
        cells = [_robust(rows[rows["severity"] == severity]) for severity in severities]
        return [head, clean, Cell(percent(runs["chance"].mean() / 100)), *cells]


def _spread(values: pd.Series) -> str:
    return f"{percent(values.min() / 100)} to {percent(values.max() / 100)} over seeds"


def _robust(rows: pd.DataFrame) -> Cell:
    """Absolute robustness with its interval, and the relative one, of the seeds of one setting."""
    if rows.empty:
        return Cell(NOT_RUN, look="missing")
    first: Any = first_row(rows)
    ends = "" if pd.isna(first.absolute_low) else f"{first.absolute_low:.3f} to {first.absolute_high:.3f}"
    over = interval_over_seeds(list(rows["absolute"]))
    if over is not None:
        ends = f"{over.low:.3f} to {over.high:.3f}"
    relative = rows["relative"].dropna()
    share = f"{relative.mean():.2f}" if len(relative) else "none"
    return Cell(f"{rows['absolute'].mean():.3f}", " · ".join(filter(None, (ends, share))))

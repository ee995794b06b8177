"""Probe designs on one encoder: what each reads of it and of the random one, and the study's seven designs."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from workbench.report.compare import accuracy, difference
from workbench.report.contents.arms import Arm, arms_of, have_runs
from workbench.report.contents.common import NOT_RUN, Contents, each
from workbench.report.contents.published import Published
from workbench.report.contents.result_table import AUDIT, Against, Line, corrected_p, difference_cells
from workbench.report.contents.standing import standing
from workbench.report.differences import difference_record, notes_on
from workbench.report.numbers import ends, listed, percent
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
from workbench.report.tables import accuracy_record
from workbench.report.words import probe_name

AGAINST = (Against("random"),)


class Probes(Contents):
    """One encoder read by several probes, on each benchmark."""

    @cached_property
    def arm(self) -> Arm:
        """The encoder that is read."""
        return arms_of(self.studies, [self.parameters.variant])[0]

    @cached_property
    def lines(self) -> list[Line]:
        """One line for each benchmark and probe; compared with the random encoder."""
        arm = self.arm
        return [
            Line(
                arm, b, p, accuracy(arm.study, arm.variant, b, p), (difference(arm.study, arm.variant, "random", b, p),)
            )
            for b, p in self.parameters.cells
        ]

    def summary(self) -> Prose:
        """How many runs there are, and in how many cells a probe reads more than of the random encoder."""
        return Prose("summary", " ".join([have_runs(self.studies, self.parameters), *standing(self.lines, AGAINST)]))

    def results(self) -> Table:
        """The table: a section a benchmark, a line a probe."""
        corrected = corrected_p(self.lines)[:, 0]
        columns = [Column("probe", number=False), Column(f"{self.arm.label}, %"), Column("random, %"), Column("seeds")]
        columns += [Column(title, "less random") for title in ("points", "p", "p, Holm")]
        rows: list[list[Cell]] = []
        records = []
        benchmark = ""
        for line, p in zip(self.lines, corrected, strict=True):
            random = accuracy(self.arm.study, "random", line.benchmark, line.probe)
            one = line.accuracy or random
            if line.benchmark != benchmark:
                rows.append(
                    [Cell(line.benchmark + (f" · chance {percent(one.chance)} % · {one.n:,} clips" if one else ""))]
                )
                benchmark = line.benchmark
            budget = listed(self._budgets(line))
            mine = Line(self.arm, line.benchmark, line.probe, random, ())
            cells = [_cell(line, line.failed), _cell(mine, False)]
            seeds = Cell(listed(line.accuracy.seeds) if line.accuracy else "–")
            rows.append(
                [
                    Cell(probe_name(line.probe), budget),
                    *cells,
                    seeds,
                    *difference_cells(line.differences[0], float(p), "random"),
                ]
            )
            record = accuracy_record(line.arm.variant, line.benchmark, line.probe, "label", line.accuracy)
            found = difference_record((self.arm.variant, "random", line.benchmark, line.probe), line.differences[0])
            kept = {f"random_{k}": v for k, v in found.items() if k in ("difference", "low", "high", "p", "by_seed")}
            records.append(
                {**record, "random_accuracy": random.interval.estimate if random else None, **kept, "p_holm": p}
            )
        notes = notes_on([line.differences[0] for line in self.lines if line.differences[0]], over_seeds=False)
        level = f"{100 * self.parameters.confidence:g} %"
        lead = f"Test accuracy by each probe of one frozen encoder and of the random one, with {level} intervals. Every probe is trained on the same labelled clips; its budget stands below its name."
        return Table("results", f"Probes on {self.arm.label}", columns, rows, pd.DataFrame(records), notes, lead)

    def published_designs(self) -> Table:
        """The study's probe designs on its baseline, which stand for no probe of ours."""
        published = Published("single", self.parameters.confidence)
        found = published.rows[published.rows["variant"] == "baseline"]
        found = found[found["benchmark"].str.startswith("diving48")]
        columns = [Column("design", number=False), Column("top-1, %"), Column("clips"), Column("budget", number=False)]
        rows, records = [], []
        for row in each(found.sort_values("value", ascending=False)):
            low, high = published.interval(row)
            score = Cell(percent(row.value), f"{percent(low)} to {percent(high)}")
            rows.append([Cell(_design(row.benchmark), row.label), score, Cell(f"{row.n:,}"), Cell(row.budget)])
            records.append(
                {"design": row.benchmark, "label": row.label, "value": row.value, "low": low, "high": high, "n": row.n}
            )
        lead = f"As published: probe designs on Diving-48, all on the baseline of the UCF-101 regime; chance {percent(found['chance'].iloc[0])} %. None of them is ours."
        notes = [
            "Wilson's intervals at the published number of clips; one probe and one pretraining run each, so nothing is known about the spread over seeds of either."
        ]
        return Table("published", "The study's designs", columns, rows, pd.DataFrame(records), notes, lead)

    def _budgets(self, line: Line) -> list[str]:
        rows = line.arm.study.rows
        return list(rows[rows["probe"] == line.probe]["budget"].unique())


def _design(benchmark: str) -> str:
    """The design's name; what has none is the probe of the study's tables."""
    return benchmark.removeprefix("diving48_") if benchmark != "diving48" else "as in its tables"


def _cell(line: Line, failed: bool) -> Cell:
    found = line.accuracy
    if found is None:
        return Cell(NOT_RUN, look="missing")
    beside = " · ".join(filter(None, (ends(found.interval), AUDIT if failed else "")))
    return Cell(percent(found.interval.estimate), beside, found.marks)

"""The published synthetic-motion scores with intervals at their number of clips, beside our motion benchmark and its oracles."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pandas as pd

from workbench.report.contents.common import each, not_run
from workbench.report.contents.gates import gate_table
from workbench.report.contents.oracles import COMMAND, gates
from workbench.report.contents.published import Published
from workbench.report.contents.results import AgainstRandom
from workbench.report.numbers import counted, p_value, percent
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
from workbench.stats import holm

SYNTHETIC = "synth"


class SyntheticMotion(AgainstRandom):
    """The published scores, ours, and what oracles reach on ours."""

    @cached_property
    def published(self) -> Published:
        """The study's scores; ours stands for the synthetic benchmark here."""
        stands = dict.fromkeys(self.parameters.benchmarks, SYNTHETIC)
        return Published(self.parameters.regime, self.parameters.confidence, stands)

    def summary(self) -> Prose:
        """What the published number of clips lets one say, then where our arms stand."""
        found = self._scores()
        if found.empty:
            return super().summary()
        n = int(found["n"].min())
        first = f"The published scores are of {n} clips: one clip is {percent(1 / n)} points."
        return Prose("summary", f"{first} {super().summary().text}")

    def published_scores(self) -> Table:
        """Scores with Wilson's intervals, and Fisher's test of each against the baseline's."""
        found = self._scores()
        columns = [
            Column("published run", number=False),
            Column("score, %"),
            Column("right of clips"),
            Column("probed", number=False),
        ]
        columns += [Column("less baseline"), Column("p"), Column("p, Holm")]
        base = found[found["variant"] == "baseline"]
        p = [_fisher(row, base) for row in each(found)]
        rows, records = [], []
        for row, raw, corrected in zip(each(found), p, holm(p), strict=True):
            low, high = self.published.interval(row)
            right = round(row.value * row.n)
            marks = self.published.marks(found[found["variant"] == row.variant])
            less = "–" if pd.isna(raw) else percent(row.value - base["value"].iloc[0], signed=True)
            texts = [p_value(raw), p_value(corrected)]
            probed = "teacher, never updated" if row.reading == "as_published" else "teacher"
            score = Cell(percent(row.value), f"{percent(low)} to {percent(high)}", marks)
            rows.append(
                [Cell(row.variant), score, Cell(f"{right} of {row.n}"), Cell(probed), Cell(less), *map(Cell, texts)]
            )
            numbers = {"value": row.value, "low": low, "high": high, "n": row.n, "right": right, "chance": row.chance}
            records.append({"variant": row.variant, "seed": row.seed, **numbers, "p": raw, "p_holm": corrected})
        confidence = f"{100 * self.parameters.confidence:g} %"
        lead = f"Top-1 as published, with Wilson's {confidence} interval at its number of clips; chance {percent(found['chance'].iloc[0])} %."
        notes = [
            "p: Fisher's exact test, two-sided, as if the clips were not the same: the answers to single clips are not published, so the difference "
            "cannot be paired and has no paired interval.",
            "One pretraining run each: nothing is known about the spread over seeds.",
        ]
        return Table("published", "As published", columns, rows, pd.DataFrame(records), notes, lead)

    def oracles(self) -> Table | Prose:
        """What oracles reach on our benchmark, and the most that each view may give."""
        rows = gates()
        if len(rows):
            rows = rows[
                rows["benchmark"].isin(self.parameters.benchmarks)
                & (rows["target"] == "label")
                & (rows["task"] == "class")
            ]
        if rows.empty:
            return not_run("gates", f"Oracles on {counted(len(self.parameters.benchmarks), 'benchmark')}", [COMMAND])
        return gate_table(rows)

    def _scores(self) -> pd.DataFrame:
        rows: pd.DataFrame = self.published.rows
        return rows[rows["benchmark"] == SYNTHETIC]


def _fisher(row: Any, base: pd.DataFrame) -> float:
    """Two-sided p that the row and the baseline have the same share; NaN of the baseline itself, and without one."""
    from scipy.stats import fisher_exact

    if base.empty or row.variant == "baseline":
        return float("nan")
    pairs = [(round(value * n), n) for value, n in ((row.value, row.n), (base["value"].iloc[0], base["n"].iloc[0]))]
    return float(fisher_exact([[right, n - right] for right, n in pairs])[1])

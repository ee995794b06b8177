"""Which block of channels knows what: scores by block, separation against random splits, dependence, whole-space measures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.report.contents.common import each, not_run
from workbench.report.contents.diagnosed import Diagnosed
from workbench.report.contents.grid import Measured, audit_mark, chosen, decimals, grid, interval_words
from workbench.report.numbers import counted, listed, p_value
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
from workbench.stats import holm

FACTORS = {
    "appearance": ("sprite", "texture", "colour", "size"),
    "motion": ("motion", "first", "second"),
}
MEASURES = {
    "gap_appearance": "gap of appearance",
    "gap_motion": "gap of motion",
    "leak_appearance": "leak of appearance",
    "leak_motion": "leak of motion",
    "swap_appearance": "swap test, appearance",
    "swap_motion": "swap test, motion",
    "gaussian_information": "Gaussian information",
    "debiased_cka": "debiased CKA",
}
SHOW = decimals(3)
LEVEL = 0.05


class Disentanglement(Diagnosed):
    """Tables of the part `disentangle`."""

    part = "disentangle"
    tables = ("matrix", "separation", "dependence", "whole")

    def matrix(self) -> Table | Prose:
        """What can be read from all channels and from each block."""
        columns = [
            Measured(name, {"factor": name}, decimals(2), group) for group, names in FACTORS.items() for name in names
        ]
        lead = "Scores of logistic regression, (accuracy − chance)/(1 − chance): 0 is chance, 1 no error. Encoders without blocks have all channels alone."
        where = {"table": "matrix", "probe": "logistic"}
        return grid(
            self,
            "matrix",
            "What can be read from which block",
            columns,
            lead=lead,
            line=("block",),
            where=where,
            notes=[OWN],
            beside=("random_encoder",),
        )

    def separation(self) -> Table | Prose:
        """Whether blocks separate appearance from motion, against random splits of the same widths."""
        rows = chosen(self.rows, {"table": "separation", "factor": "mean"})
        rows = pd.concat([rows, chosen(self.rows, {"table": "dependence"})], ignore_index=True)
        lead = "A gap above that of random splits: the block holds more of its own. A leak is what the other block still holds. Means over the factors of a group."
        return self._against_splits("separation", "Do blocks separate appearance from motion?", rows, lead, MEASURES)

    def whole(self) -> Table | Prose:
        """Measures of the whole space."""
        rows = chosen(self.rows, {"table": "whole"})
        names = {name: name.replace("_", " ") for name in rows["measure"].dropna().unique()} if len(rows) else {}
        lead = "DCI, MIG, SAP and modularity, against random rotations or splits; higher is better."
        return self._against_splits("whole", "Measures of the whole space", rows, lead, names)

    def _against_splits(
        self, name: str, title: str, rows: pd.DataFrame, lead: str, measures: dict[str, str]
    ) -> Table | Prose:
        rows = rows[rows["measure"].isin(list(measures))] if len(rows) else rows
        if rows.empty:
            return not_run(name, title, [self.command.format(runs="RUN", name="NAME")])
        rows = rows.reset_index(drop=True)
        rows["p_holm"] = holm([math.nan if pd.isna(p) else float(p) for p in rows["p"]])
        titles = ("value", "random splits", "p", "p, Holm", "PCA", "untrained twin")
        columns = [Column("measure", number=False), *(Column(one) for one in titles), Column("better", number=False)]
        table: list[list[Cell]] = []
        for keys, of in rows.groupby(["benchmark", "encoder", "split"], sort=False):
            benchmark, encoder, split = map(str, keys)
            label = self.name_cell(encoder)
            table.append(
                [Cell(f"{label.text} ({label.sub}) · {_split(split)} · {benchmark}, {int(of['n'].iloc[0]):,} clips")]
            )
            table += [_line(row, measures[row.measure]) for row in each(of)]
        notes = [_nulls(rows), _corrected(rows), OWN]
        return Table(name, title, columns, table, rows.dropna(axis=1, how="all"), notes, lead)


OWN = "Intervals: 95 %, over test clips. Each encoder is one run; differences between runs are not paired: answers to single clips are not kept in a diagnosis."


def _split(split: str) -> str:
    return {"blocks": "its own blocks", "found": "best split found on validation"}.get(split, split)


def _line(row: Any, words: str) -> list[Cell]:
    null = "–" if pd.isna(row.null_low) else f"{SHOW(row.null_low)} to {SHOW(row.null_high)}"
    rest = [Cell("–" if pd.isna(x) else SHOW(x)) for x in (row.pca, row.random_encoder)]
    value = Cell(SHOW(row.value), interval_words(row, SHOW), audit_mark(row))
    return [
        Cell(words),
        value,
        Cell(null),
        Cell(p_value(float(row.p))),
        Cell(p_value(float(row.p_holm))),
        *rest,
        Cell(row.better),
    ]


def _nulls(rows: pd.DataFrame) -> str:
    counts: Sequence[int] = sorted({int(n) for n in rows["nulls"].dropna()})
    floor = listed(f"{1 / (n + 1):.3f}" for n in counts)
    return f"p: share of {listed(counts)} random splits that reach as much, the split itself counted; it cannot go below {floor}."


def _corrected(rows: pd.DataFrame) -> str:
    tests = int(rows["p"].notna().sum())
    text = f"Holm's correction is over the {counted(tests, 'test')} of this table"
    least = tests / (1 + rows["nulls"].max())  # the smallest p that so many splits can give, times the tests
    return text + (", too many for so few splits: no corrected p can be small." if least > LEVEL else ".")

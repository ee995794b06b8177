"""Results of other tools as cells: in a column of their own, marked, in no comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from workbench.external import UNSTATED, load_external
from workbench.report.contents.common import each, first_row
from workbench.report.contents.published import side_by_side
from workbench.report.counterparts import COUNTERPARTS
from workbench.report.numbers import listed, percent, seeds_words
from workbench.report.table import Cell
from workbench.stats import wilson

STUDY = {"single": "ucf101"}  # what the study calls a regime of ours
FIELDS = ("external", "external_low", "external_high", "external_n", "external_seeds", "external_file")


class External:
    """The kept external rows of one regime, on our `benchmarks` or the published ones that those stand for."""

    def __init__(self, regime: str, benchmarks: Iterable[str], confidence: float) -> None:
        rows = load_external()
        named = {name: ours for ours in benchmarks for name in (ours, _published(ours))}
        chosen = rows["regime"].isin({regime, STUDY.get(regime, regime)}) & rows["benchmark"].isin(list(named))
        self.rows = rows[chosen].assign(ours=rows["benchmark"].map(named)).reset_index(drop=True)
        self.confidence = confidence

    def __bool__(self) -> bool:
        return len(self.rows) > 0

    def of(self, name: str, ours: str) -> pd.DataFrame:
        """Rows of what is called `name` on our benchmark."""
        return self.rows[(self.rows["name"] == name) & (self.rows["ours"] == ours)].sort_values(["kept_in", "seed"])

    def others(self, ours: str, shown: Iterable[str]) -> list[str]:
        """Names on our benchmark that are none of those that are `shown`."""
        here = self.rows.loc[self.rows["ours"] == ours, "name"]
        return [name for name in here.unique() if name not in set(shown)]

    def cell(self, name: str, ours: str) -> Cell:
        """The accuracies, one beside the other; with an interval where there is one of them."""
        found = self.of(name, ours)
        if found.empty:
            return Cell("–")
        values = " · ".join(percent(value) for value in found["value"])
        beside = " to ".join(percent(end) for end in self._ends(first_row(found))) if len(found) == 1 else ""
        return Cell(values, beside, tuple(dict.fromkeys(_mark(row) for row in each(found))))

    def record(self, name: str, ours: str) -> Mapping[str, Any]:
        """The same for programs; of several rows the numbers stand beside each other."""
        found = self.of(name, ours)
        if found.empty:
            return dict.fromkeys(FIELDS)
        ends = [self._ends(row) for row in each(found)]
        return dict(zip(FIELDS, [*side_by_side(found, ends), "; ".join(found["file"])], strict=True))

    def note(self) -> str:
        """What is to be said of the column."""
        files = listed(
            f"{row.file} (kept as {row.kept_in})" for row in each(self.rows.drop_duplicates(["file", "kept_in"]))
        )
        return (
            f"External: numbers of another tool, from {files}. They were not made or audited here; nothing is tested against them, and they "
            f"are in no ranking. Intervals: Wilson's {100 * self.confidence:g} % at the stated number of clips."
        )

    def _ends(self, row: Any) -> tuple[float, float]:
        return wilson(round(row.value * row.n), row.n, self.confidence)


def _published(ours: str) -> str:
    return COUNTERPARTS[ours].published if ours in COUNTERPARTS else ours


def _mark(row: Any) -> str:
    """What sets a row apart, as far as it is stated."""
    seed = "seed not stated" if row.seed == UNSTATED else seeds_words([row.seed])
    parts = [row.benchmark, f"{row.n:,} clips", seed, row.probe, row.note]
    return f"external, not audited: {', '.join(part for part in parts if part)}"

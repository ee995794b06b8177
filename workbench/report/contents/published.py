"""Published scores as cells: in a column of their own, with the interval at their number of clips and what sets them apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.published import published_rows, read
from workbench.report.contents.common import each, first_row
from workbench.report.counterparts import COUNTERPARTS
from workbench.report.numbers import listed, percent, seeds_words
from workbench.report.table import Cell
from workbench.stats import wilson
from workbench.variants import REGIMES, VARIANTS

FIELDS = ("published", "published_low", "published_high", "published_n", "published_seeds", "published_marks")


class Published:
    """The study's scores in one regime, at one confidence. `stands`: our benchmark -> the published one that it stands for."""

    def __init__(self, regime: str, confidence: float, stands: Mapping[str, str] | None = None) -> None:
        self.stands = stands or {ours: one.published for ours, one in COUNTERPARTS.items()}
        rows = published_rows()
        # The CSV's lines and the rows are in the same order; the label inside the result file stands in the CSV alone.
        rows = rows.assign(label=read("results.csv")["label_in_file"].to_numpy())
        self.rows = rows[rows["regime"] == REGIMES.get(regime, regime)].reset_index(drop=True)
        self.confidence = confidence
        self._marks: dict[tuple[str, str], tuple[str, ...]] = {}

    def of(self, variant: str, benchmark: str) -> pd.DataFrame:
        """Scores of a variant on the published benchmark, one a pretraining seed."""
        chosen = (self.rows["variant"] == variant) & (self.rows["benchmark"] == benchmark)
        return self.rows[chosen].sort_values("seed")

    def cell(self, variant: str, ours: str) -> Cell:
        """The score on the benchmark that `ours` stands for; a dash where none was published."""
        found = self.of(variant, self.stands.get(ours, ""))
        if found.empty:
            return Cell("–")
        return Cell(_values(found), self._beside(found), self.marks(found))

    def record(self, variant: str, ours: str) -> dict[str, Any]:
        """The same for programs; of several seeds the numbers stand beside each other."""
        found = self.of(variant, self.stands.get(ours, ""))
        if found.empty:
            return dict.fromkeys(FIELDS)
        ends = [self.interval(row) for row in each(found)]
        return dict(zip(FIELDS, [*side_by_side(found, ends), "; ".join(self.marks(found))], strict=True))

    def interval(self, row: Any) -> tuple[float, float]:
        """Wilson's interval at the published number of clips."""
        return wilson(round(row.value * row.n), row.n, self.confidence)

    def marks(self, found: pd.DataFrame) -> tuple[str, ...]:
        """What sets the scores of a variant on a benchmark apart from those of the study's baseline."""
        key = (str(found["variant"].iloc[0]), str(found["benchmark"].iloc[0]))
        if key not in self._marks:
            self._marks[key] = tuple(self._apart(*key, found))
        return self._marks[key]

    def _apart(self, variant: str, benchmark: str, found: pd.DataFrame) -> list[str]:
        base = self.of("baseline", benchmark)
        said = []
        if variant != "baseline" and base.empty:
            said.append(f"published: no score of the baseline on {benchmark}")
        elif not set(found["seed"]) & set(base["seed"]):
            ours, theirs = (seeds_words(sorted(one["seed"].unique())) for one in (found, base))
            said.append(f"published: pretraining {ours}, the baseline's {theirs} on {benchmark}")
        for name, words in (("budget", "probe budget"), ("n", "number of clips")):
            if len(base) and not set(found[name]) & set(base[name]):
                said.append(
                    f"published: {words} {listed(found[name].unique())}, the baseline's {listed(base[name].unique())}"
                )
        if (found["reading"] == "as_published").any():
            said.append(f"published: {VARIANTS[variant].fault}")
        return [*said, *self._labels(found)]

    def _labels(self, found: pd.DataFrame) -> list[str]:
        """Result files that carry the label of another variant."""
        said = []
        for row in each(found):
            others = self.rows[(self.rows["label"] == row.label) & (self.rows["variant"] != row.variant)]
            own = self.rows[(self.rows["variant"] == row.variant) & (self.rows["label"] != row.label)]
            if len(others) and len(own):
                named = listed(f"{name}" for name in others["variant"].unique())
                said.append(f"published: the result file carries the label “{row.label}”, that of {named}")
        return said

    def _beside(self, found: pd.DataFrame) -> str:
        if len(found) > 1:
            return seeds_words(list(found["seed"]))
        low, high = self.interval(first_row(found))
        return f"{percent(low)} to {percent(high)}"


def side_by_side(found: pd.DataFrame, ends: Sequence[tuple[float, float]]) -> list[str]:
    """Accuracies, lower and upper ends, clips and seeds of some rows, each as one text of numbers beside each other."""
    lows, highs = zip(*ends, strict=True)
    columns: list[Iterable[float]] = [found["value"], lows, highs, found["n"], found["seed"]]
    return [" ".join(f"{x:.6g}" for x in column) for column in columns]


def _values(found: pd.DataFrame) -> str:
    return " · ".join(percent(value) for value in found["value"])


def published_heading(ours: str, published: Published) -> str:
    """What the published column of a section is of: benchmark, chance and clips; nothing where ours stands for none."""
    found = published.rows[published.rows["benchmark"] == published.stands.get(ours, "")]
    if found.empty:
        return ""
    row = found.iloc[0]
    clips = listed(f"{n:,}" for n in sorted(found["n"].unique()))
    return f"{row['benchmark']}, chance {percent(row['chance'])} %, {clips} clips"


def counterpart_notes(benchmarks: Sequence[str], published: Published) -> list[str]:
    """Notes on the published column."""
    pairs = {name: published.stands[name] for name in benchmarks if name in published.stands}
    if not pairs:
        return []
    stand = listed(f"{ours} for {theirs}" for ours, theirs in pairs.items())
    first = (
        f"Published: top-1 of the study on other data ({stand}), with Wilson's {100 * published.confidence:g} % interval at its number of "
        "clips. It stands beside ours, not in one ranking with it."
    )
    notes = [one.note for name, one in COUNTERPARTS.items() if pairs.get(name) == one.published and one.note]
    return [first, *notes]

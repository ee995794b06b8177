"""The first numbers to look at of a diagnosis, one row each, in the order of the questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

COLUMNS = (
    *("encoder", "benchmark", "audit", "question", "measure"),
    *("value", "low", "high", "n", "random_encoder", "note"),
)


@dataclass(frozen=True)
class Line:
    """Which row of which table answers a question. `where`: column -> value; `each`: a line for each value of this column."""

    question: str
    measure: str
    table: str
    where: dict[str, str] = field(default_factory=dict)
    each: str = ""


LINES = (
    Line(
        "What can be read?",
        "score of {factor}",
        "matrix",
        {"block": "all", "probe": "logistic"},
        "factor",
    ),
    Line(
        "From which block?",
        "gap of appearance, {split}",
        "separation",
        {"measure": "gap_appearance", "factor": "mean"},
        "split",
    ),
    Line(
        "From which block?",
        "gap of motion, {split}",
        "separation",
        {"measure": "gap_motion", "factor": "mean"},
        "split",
    ),
    Line(
        "From which block?",
        "motion in A, leak, {split}",
        "separation",
        {"measure": "leak_motion", "factor": "mean"},
        "split",
    ),
    Line(
        "From which block?",
        "appearance in M, leak, {split}",
        "separation",
        {"measure": "leak_appearance", "factor": "mean"},
        "split",
    ),
    Line(
        "Is time used?",
        "loss of {factor} when shuffled",
        "sensitivity",
        {"transform": "shuffle", "probe": "retrained", "metric": "drop", "group": "motion"},
        "factor",
    ),
    Line(
        "Is time used?",
        "chiral accuracy",
        "chiral",
        {"pair": "mean over pairs", "metric": "chiral accuracy"},
    ),
    Line("Has it collapsed?", "RankMe of clips", "quality", {"measure": "rankme"}),
    Line("Has it collapsed?", "variance between clips, share", "quality", {"measure": "budget_clip"}),
    Line("Has it collapsed?", "deviation of a channel", "quality", {"measure": "std"}),
    Line("What do labels owe?", "selectivity of {factor}", "controls", {"metric": "selectivity"}, "factor"),
)


def summary(diagnosis: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """One row a number: encoder, benchmark, audit, question, measure in words, value, low, high, n, random_encoder, note."""
    rows = [row for line in LINES if line.table in diagnosis for row in _rows(line, diagnosis[line.table])]
    numbers = {name: "Float64" for name in ("value", "low", "high", "random_encoder")}
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(numbers)


def _rows(line: Line, table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    for column, value in line.where.items():
        table = table[table[column] == value]
    for row in table.to_dict("records"):
        said = line.measure.format(**{line.each: row[line.each]} if line.each else {})
        chosen = {name: row.get(name) for name in COLUMNS} | {"question": line.question, "measure": said}
        if line.table == "matrix" and pd.notna(row["value"]):  # its note is on nulls, which are not shown here
            chosen["note"] = ""
        yield chosen

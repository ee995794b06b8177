"""The sections of results on the study of captions: conditions over seeds, and what is left of them under shift."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.errors import WorkbenchError
from workbench.report.contents import contents
from workbench.report.contents.conditions import interval_over_seeds, one_decimal, signed
from workbench.report.contents.retrieval import DIRECTIONS, Retrieval
from workbench.report.contents.robustness import Robustness
from workbench.report.contents.words import Words
from workbench.report.prose import Prose
from workbench.report.table import Table


def conditions() -> str:
    """Each condition: rsum on validation and test clips, R@1 both ways, words of appearance and of motion, less its control."""
    retrieval, words = contents("retrieval", others=False), contents("words", others=False)
    assert isinstance(retrieval, Retrieval) and isinstance(words, Words)
    validation, recalls, heard = (
        _frame(made) for made in (retrieval.chosen(), retrieval.conditions(), words.conditions())
    )
    columns = [
        ("rsum, validation", validation, "both rsum"),
        ("rsum, test", recalls, "both rsum"),
        *((f"R@1 {direction}", recalls, f"{direction} R@1") for direction in DIRECTIONS),
        ("words of appearance", heard, "mean over appearance"),
        ("words of motion", heard, "mean over motion"),
    ]
    lines = list(recalls[["variant", "head"]].drop_duplicates().itertuples(index=False))
    rows = [
        [f"`{line.variant}`, {line.head} head", *(_cell(frame, line, measure) for _, frame, measure in columns)]
        for line in lines
    ]
    return markdown(["", *(title for title, _, _ in columns)], rows)


def under_shift() -> str:
    """By condition and family of shifts: text→video R@1 on shifted clips, and the share of the clean one that is left."""
    report = contents("robustness", others=False)
    assert isinstance(report, Robustness)
    found = report.table
    if found.empty:
        raise WorkbenchError("No retrieval under shift is kept: `workbench retrieve RUN --shift all --keep NAME`.")
    found = found[(found["metric"] == "R@1") & (found["direction"] == DIRECTIONS[0])]
    found = found.assign(variant=found["run"].map(lambda run: report.asked[str(run)].variant))
    families = list(found["family"].unique())
    rows = []
    for variant, group in found.groupby("variant", sort=False):
        clean = group.drop_duplicates("run")["clean"].mean()
        rows.append(
            [f"`{variant}`", one_decimal(clean), *(_left(group[group["family"] == family]) for family in families)]
        )
    return markdown(["", "clean", *families], rows)


def markdown(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in GitHub's Markdown."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _frame(made: Table | Prose) -> pd.DataFrame:
    if isinstance(made, Prose):
        raise WorkbenchError(made.text)
    return made.frame


def _cell(frame: pd.DataFrame, line: tuple[str, str], measure: str) -> str:
    mine = frame[(frame["variant"] == line[0]) & (frame["head"] == line[1]) & (frame["measure"] == measure)]
    if mine.empty or pd.isna(mine["mean"].iloc[0]):
        return "not run"
    row = mine.iloc[0]
    text = one_decimal(row["mean"])
    if pd.isna(row["difference"]):
        return text
    if pd.isna(row["difference_low"]):
        return f"{text} [{signed(row['difference'])}]"
    return f"{text} [{signed(row['difference'])}, {signed(row['difference_low'])} to {signed(row['difference_high'])}]"


def _left(rows: pd.DataFrame) -> str:
    by_run = rows.groupby("run")[["shifted", "relative"]].mean()
    over = interval_over_seeds(list(by_run["relative"]))
    ends = f", {over.low:.2f} to {over.high:.2f}" if over else ""
    return f"{one_decimal(by_run['shifted'].mean())} ({by_run['relative'].mean():.2f}{ends})"

"""Conditions over seeds: means of kept numbers, and the differences to the matched control of the same seed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from workbench.report.compare import verdict
from workbench.report.contents.common import NOT_RUN, READINGS, not_run
from workbench.report.contents.grid import decimals
from workbench.report.contents.kept import Kept
from workbench.report.differences import LOOKS
from workbench.report.numbers import listed, seeds_words
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
from workbench.stats import Interval, holm, seed_interval
from workbench.variants import VARIANTS

KEY = ["benchmark", "regime", "variant", "reading", "head"]
OWN, FITTED = "own", "fitted"
one_decimal = decimals(1)


@dataclass(frozen=True)
class Measure:
    """A column: the rows whose mean it is (`where`: column -> the values that it may have), and its headings."""

    title: str
    where: Mapping[str, Sequence[str]] = field(default_factory=dict)
    group: str = ""

    @property
    def name(self) -> str:
        """For programs."""
        return " ".join(filter(None, (self.group, self.title)))

    def by_seed(self, rows: pd.DataFrame) -> pd.Series:
        """Mean over the rows of the measure, by seed; a seed that lacks one of the values is left out."""
        for column, values in self.where.items():
            rows = rows[rows[column].isin(list(values))]
        counts = rows.groupby("seed")["value"].agg(["mean", "size"])
        return counts.loc[counts["size"] == counts["size"].max(), "mean"] if len(counts) else counts["mean"]


def by_condition(kept: Kept, rows: pd.DataFrame) -> dict[tuple[str, ...], pd.DataFrame]:
    """Rows of each condition of runs: benchmark, regime, variant, reading, and whose head, in the order of the parameters."""
    if rows.empty:
        return {}
    rows = rows[rows["run_of"].isin(list(kept.asked))]
    rows = rows.assign(head=rows["head"].str.startswith(OWN).map({True: OWN, False: FITTED}))
    return {tuple(map(str, key)): part for key, part in rows.groupby(KEY, sort=False)}


def control_of(key: tuple[str, ...], parts: Mapping[tuple[str, ...], pd.DataFrame]) -> tuple[str, pd.DataFrame] | None:
    """The matched control of a condition and its rows; an encoder without captions has a fitted head. None of the random encoder."""
    benchmark, regime, variant, reading, _ = key
    entry = VARIANTS[variant]
    if not entry.trained:
        return None
    control = entry.control
    found = [
        part
        for head in (FITTED, OWN)
        for read in dict.fromkeys((reading, "as_described"))
        if (part := parts.get((benchmark, regime, control, read, head))) is not None
    ]
    return (control, found[0]) if found else (control, pd.DataFrame())


def conditions_table(
    kept: Kept, name: str, title: str, measures: Sequence[Measure], rows: pd.DataFrame, lead: str, notes: Sequence[str]
) -> Table | Prose:
    """A section a benchmark and a line a condition: the mean over its seeds, and below it the difference to its control.

    Differences are of equal seeds, with Student's t interval over seeds: training is what is repeated. Of one seed there is no interval.
    """
    parts = by_condition(kept, rows)
    if not parts:
        return not_run(name, title, [kept.command.format(runs="RUN", name="NAME")])
    columns = [Column("condition", number=False), *(Column(one.title, one.group) for one in measures)]
    table: list[list[Cell]] = []
    records = []
    benchmark = ""
    for key, part in parts.items():
        if key[0] != benchmark:
            benchmark = key[0]
            table.append([Cell(benchmark)])
        control = control_of(key, parts)
        cells = []
        for one in measures:
            record = _record(key, one, part, control)
            records.append(record)
            cells.append(_cell(record))
        table.append([_first(key, part, control), *cells])
    table += _chance(measures, rows)
    frame = corrected(pd.DataFrame(records))
    methods = listed(dict.fromkeys(frame["interval"].dropna())) or "none, there is one seed"
    said = f"Below each mean: less its control, of equal seeds, with a 95 % interval over seeds ({methods}). It says what other seeds may give; with few seeds it is wide."
    return Table(name, title, columns, table, frame, [said, *_holm_words(frame), *notes], lead)


def corrected(records: pd.DataFrame) -> pd.DataFrame:
    """Records with Holm's p over all differences of a table: `p_holm`."""
    return records.assign(p_holm=holm([float("nan") if p is None else p for p in records["p"]]))


def interval_over_seeds(values: Sequence[float]) -> Interval | None:
    """Over seeds; None of one."""
    return seed_interval(values) if len(values) > 1 else None


def student_p(deltas: Sequence[float]) -> float | None:
    """Two-sided p of a mean of zero, Student's t over seeds; None of one seed, or where they do not differ."""
    from scipy import stats

    if len(deltas) < 2 or np.std(deltas) < 1e-12:
        return None
    return float(stats.ttest_1samp(list(deltas), 0.0).pvalue)


def _record(
    key: tuple[str, ...], one: Measure, part: pd.DataFrame, control: tuple[str, pd.DataFrame] | None
) -> dict[str, Any]:
    values = one.by_seed(part)
    record: dict[str, Any] = dict(zip(KEY, key, strict=True)) | {"measure": one.name}
    over = interval_over_seeds(list(values))
    record |= {
        "mean": values.mean() if len(values) else None,
        "low": over.low if over else None,
        "high": over.high if over else None,
        "seeds": " ".join(str(seed) for seed in values.index),
        "by_seed": " ".join(f"{value:.4f}" for value in values),
        "interval": over.method if over else None,
        "control": control[0] if control else None,
    }
    theirs = one.by_seed(control[1]) if control and len(control[1]) else pd.Series(dtype=float)
    deltas = (values - theirs).dropna()
    less = interval_over_seeds(list(deltas))
    return record | {
        "difference": deltas.mean() if len(deltas) else None,
        "difference_low": less.low if less else None,
        "difference_high": less.high if less else None,
        "verdict": verdict(less) if less else None,
        "p": student_p(list(deltas)),
    }


def signed(value: float) -> str:
    """A difference with one decimal and its sign."""
    return ("+" if value >= 0 else "") + one_decimal(value)


def _cell(record: Mapping[str, Any]) -> Cell:
    if record["mean"] is None:
        return Cell(NOT_RUN, look="missing")
    if record["difference"] is None:
        return Cell(one_decimal(record["mean"]))
    beside = signed(record["difference"])
    if record["difference_low"] is None:
        return Cell(one_decimal(record["mean"]), f"{beside}, one seed")
    interval = f"{signed(record['difference_low'])} to {signed(record['difference_high'])}"
    return Cell(one_decimal(record["mean"]), f"{beside} ({interval})", look=LOOKS.get(record["verdict"], ""))


def _holm_words(frame: pd.DataFrame) -> list[str]:
    tested = frame["p_holm"].dropna()
    if tested.empty:
        return []
    kept = int((tested <= 0.05).sum())
    return [
        f"Of {len(tested)} differences {kept} have p ≤ 0.05 after Holm's correction over the table; p of each is in the CSV."
    ]


def _first(key: tuple[str, ...], part: pd.DataFrame, control: tuple[str, pd.DataFrame] | None) -> Cell:
    _, regime, variant, reading, head = key
    failed = sorted({str(audit) for audit in part["audit"].dropna() if str(audit).startswith("failed")})
    parts = [seeds_words(sorted(part["seed"].unique())), regime, f"{head} head"]
    parts += [READINGS[reading]] if reading == "as_published" else []
    parts += [f"less {control[0]}"] if control else []
    return Cell(variant, " · ".join(map(str, parts)), tuple(f"audit of {variant}: {audit}" for audit in failed))


def _chance(measures: Sequence[Measure], rows: pd.DataFrame) -> list[list[Cell]]:
    """A line of chance; nothing where no measure has it."""
    means = [one.by_seed(rows.assign(value=rows["chance"])) for one in measures]
    if all(found.isna().all() for found in means):
        return []
    cells = [Cell(one_decimal(found.mean()), look="plain") for found in means]
    return [[Cell("chance", look="missing"), *cells]]

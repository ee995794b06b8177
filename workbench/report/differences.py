"""Tables of paired differences: each variant against its control, and whether the baseline has learnt."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.report.compare import Difference
from workbench.report.gather import Study
from workbench.report.numbers import counted, ends, listed, p_value, percent
from workbench.report.table import Cell, Column, Table
from workbench.report.tables import NOT_RUN
from workbench.report.words import level, probe_name
from workbench.stats import holm, sign_flip_floor

Key = tuple[str, str, str, str]  # variant, control, benchmark, probe
LOOKS = {"above": "above", "below": "below", "not told apart": "level", "no interval": "level"}
FIELDS = (
    *("status", "difference", "low", "high", "confidence", "interval", "seeds", "by_seed", "low_over_seeds"),
    *("high_over_seeds", "interval_over_seeds", "test", "p", "p_floor", "n", "verdict", "marks"),
)


def difference_table(study: Study, found: Mapping[Key, Difference | None]) -> Table:
    """One line for each variant, its control, benchmark and probe: paired difference, verdict, tests."""
    adjusted = holm([math.nan if one is None else one.paired.p for one in found.values()])
    columns = [Column("benchmark, probe", number=False), Column("difference"), Column("verdict", number=False)]
    columns += [Column("over seeds alone"), Column("p"), Column("p, Holm")]
    rows, records, before = [], [], ""
    for (key, one), corrected in zip(found.items(), adjusted, strict=True):
        variant, other, benchmark, probe = key
        if (comparison := f"{variant} less {other}") != before:
            rows.append([Cell(comparison)])
            before = comparison
        rows.append([Cell(benchmark, probe_name(probe)), *_cells(one, float(corrected))])
        records.append(difference_record(key, one) | {"p_holm": corrected})
    lead = (
        "Each encoder less its matched control: the same seed, the same test clips. Percentage points with "
        f"{level(study)} intervals; the verdict says on which side of zero the interval lies."
    )
    notes = notes_on([one for one in found.values() if one is not None])
    return Table("differences", "Paired differences by cell", columns, rows, pd.DataFrame(records), notes, lead)


def criterion_table(study: Study, found: Mapping[tuple[str, str], Difference | None], sentence: str) -> Table:
    """Probe × benchmark: is the baseline above the random encoder?"""
    columns = [Column("probe", number=False), *(Column(benchmark) for benchmark in study.benchmarks)]
    rows, records = [], []
    for probe in study.probes:
        row = [Cell(probe_name(probe))]
        for benchmark in study.benchmarks:
            one = found[benchmark, probe]
            met = None if one is None else one.verdict == "above"
            if one is None:
                row.append(Cell(NOT_RUN, look="missing"))
            else:
                interval = one.paired.interval
                text = f"{'met' if met else 'not met'}: {percent(interval.estimate, signed=True)}"
                row.append(Cell(text, ends(interval, signed=True), one.marks, LOOKS[one.verdict]))
            records.append(difference_record(("baseline", "random", benchmark, probe), one) | {"met": met})
        rows.append(row)
    notes = [f"Percentage points with {level(study)} intervals. Required of the preset “standard” with three seeds."]
    return Table("criterion", "Baseline less random encoder", columns, rows, pd.DataFrame(records), notes, sentence)


def difference_record(key: Key, one: Difference | None) -> dict[str, Any]:
    """A paired difference for programs, unrounded."""
    cell: dict[str, Any] = dict(zip(("variant", "control", "benchmark", "probe"), key, strict=True))
    if one is None:
        return cell | dict.fromkeys(FIELDS) | {"status": NOT_RUN}
    paired, strict = one.paired, one.paired.over_seeds
    return cell | {
        "status": "run",
        "difference": paired.interval.estimate,
        "low": paired.interval.low,
        "high": paired.interval.high,
        "confidence": paired.interval.confidence,
        "interval": paired.interval.method,
        "seeds": " ".join(map(str, one.seeds)),
        "by_seed": " ".join(f"{delta:.6f}" for delta in paired.deltas),
        "low_over_seeds": strict.low if strict else math.nan,
        "high_over_seeds": strict.high if strict else math.nan,
        "interval_over_seeds": strict.method if strict else "",
        "test": paired.test,
        "p": paired.p,
        "p_floor": paired.floor,
        "n": paired.clips,
        "verdict": one.verdict,
        "marks": "; ".join(one.marks),
    }


def _cells(one: Difference | None, corrected: float) -> list[Cell]:
    if one is None:
        missing = Cell(NOT_RUN, look="missing")
        return [missing, missing, *(Cell("–") for _ in range(3))]
    paired = one.paired
    if paired.over_seeds is None:
        strict = Cell("one seed", look="missing")
    else:
        by_seed = ", ".join(percent(delta, signed=True) for delta in paired.deltas)
        strict = Cell(ends(paired.over_seeds, signed=True), by_seed, look="plain")
    return [
        Cell(percent(paired.interval.estimate, signed=True), ends(paired.interval, signed=True), one.marks),
        Cell(one.verdict, look=LOOKS[one.verdict]),
        strict,
        Cell(p_value(paired.p)),
        Cell(p_value(corrected)),
    ]


def notes_on(present: Sequence[Difference], over_seeds: bool = True) -> list[str]:
    """How intervals and p values were made, from the cells that there are; `over_seeds`: whether the table shows that interval."""
    methods = dict.fromkeys(one.paired.interval.method for one in present)
    strict = dict.fromkeys(one.paired.over_seeds.method for one in present if one.paired.over_seeds)
    counts = sorted({one.paired.seeds for one in present if one.paired.test == "sign flip"})
    notes = [f"Difference: {listed(methods)}."] if methods else []
    if strict and over_seeds:
        notes.append(f"Over seeds alone: {listed(strict)}; below it the difference of each seed.")
    notes += [
        f"p with {n} seeds: exact sign-flip test, which cannot go below {p_value(sign_flip_floor(n))}"
        + ("; six seeds are needed for 0.05." if n < 6 else ".")
        for n in counts
    ]
    if any(one.paired.one_seed for one in present):
        notes.append("One seed: p from McNemar's exact test over clips; nothing is known about the spread over seeds.")
    if present:
        notes.append(
            f"Holm's correction is over the {counted(len(present), 'comparison')} of this table that were run."
        )
    return notes

"""The table of results: a section a benchmark, a line an arm, the published score in a column of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import pandas as pd

from workbench.report.compare import Accuracy, Difference
from workbench.report.contents.arms import Arm
from workbench.report.contents.common import NOT_RUN, READINGS
from workbench.report.contents.external import External
from workbench.report.contents.published import Published, counterpart_notes, published_heading
from workbench.report.differences import LOOKS, difference_record, notes_on
from workbench.report.numbers import counted, ends, listed, p_value, percent
from workbench.report.table import Cell, Column, Table
from workbench.report.tables import accuracy_record
from workbench.report.words import probe_name
from workbench.stats import holm
from workbench.variants import VARIANTS

AUDIT = "audit failed"


@dataclass(frozen=True)
class Against:
    """What arms are compared with: the matched control of each, or one variant that is not the control anyway."""

    name: str

    def of(self, variant: str) -> str | None:
        """The variant that `variant` is compared with; None of the random encoder, and of a comparison that stands already."""
        entry = VARIANTS[variant]
        if not entry.trained or self.name in (variant, entry.control):
            return None
        return entry.control if self.name == "control" else self.name

    @property
    def title(self) -> str:
        """Of the columns."""
        return "less its control" if self.name == "control" else f"less {self.name}"


@dataclass(frozen=True)
class Line:
    """An arm on one benchmark: its accuracy, and its difference from each that it is held against."""

    arm: Arm
    benchmark: str
    probe: str
    accuracy: Accuracy | None
    differences: tuple[Difference | None, ...]

    @property
    def cell(self) -> tuple[str, str]:
        """Benchmark and probe: those of one section have them in common."""
        return self.benchmark, self.probe

    @property
    def failed(self) -> bool:
        """Whether the audit of a run behind the cell failed."""
        rows = self.arm.study.rows_of(self.arm.variant, self.benchmark, self.probe)
        return any(row.audit.startswith("failed") for row in rows)


def result_table(
    lines: Sequence[Line], against: Sequence[Against], parameters: Any, published: Published, external: External
) -> Table:
    """Sections of lines; p values are corrected over all comparisons of the table. A column of external numbers where there are such."""
    corrected = corrected_p(lines)
    columns = [Column("encoder", number=False), Column("published")]
    columns += [Column("external")] if external else []
    columns += [Column("ours, %"), Column("seeds")]
    for one in against:
        columns += [Column("points", one.title), Column("p", one.title), Column("p, Holm", one.title)]
    rows: list[list[Cell]] = []
    records = []
    for _, section in groupby(zip(lines, corrected, strict=True), key=lambda pair: pair[0].cell):
        pairs = list(section)
        first = pairs[0][0]
        rows.append([Cell(_heading(first, lines, published))])
        for line, p in pairs:
            rows.append(_cells(line, p, against, published, external))
            records.append(_record(line, p, against, published, external))
        for name in external.others(first.benchmark, [line.arm.variant for line, _ in pairs]):
            nothing = [Cell("–")] * (len(columns) - 3)
            rows.append([Cell(name, "external"), Cell("–"), external.cell(name, first.benchmark), *nothing])
            said = {"variant": name, "benchmark": first.benchmark, "probe": first.probe, "status": "external"}
            records.append(said | dict(external.record(name, first.benchmark)))
    notes = [external.note()] if external else []
    notes += [*_notes(lines, parameters.confidence), *_controls(lines, against)]
    notes = [*counterpart_notes(parameters.benchmarks, published), *notes]
    lead = f"Test accuracy of probes on frozen encoders, with {100 * parameters.confidence:g} % intervals; differences are paired: same seed, same clips."
    return Table(
        "results", "Accuracy, and difference to the control", columns, rows, pd.DataFrame(records), notes, lead
    )


def _cells(
    line: Line, corrected: Sequence[float], against: Sequence[Against], published: Published, external: External
) -> list[Cell]:
    arm = line.arm
    beside = [published.cell(arm.variant, line.benchmark)]
    beside += [external.cell(arm.variant, line.benchmark)] if external else []
    compared = [
        cell
        for one, p, other in zip(line.differences, corrected, against, strict=True)
        for cell in difference_cells(one, p, other.of(arm.variant), verdict=len(against) == 1)
    ]
    title = arm.title if len(against) == 1 else arm.in_short
    return [Cell(arm.variant, title), *beside, *_ours(line), *compared]


def corrected_p(lines: Sequence[Line]) -> np.ndarray:
    """Holm's p (lines, comparisons) over all comparisons that were run; NaN elsewhere."""
    raw = [[math.nan if one is None else one.paired.p for one in line.differences] for line in lines]
    p = np.array(raw, float).reshape(len(lines), -1)
    return np.asarray(holm(p.ravel().tolist())).reshape(p.shape)


def difference_cells(one: Difference | None, corrected: float, other: str | None, verdict: bool = True) -> list[Cell]:
    """Difference with interval and verdict in words (not where room is short), p, and corrected p."""
    if other is None:
        return [Cell("–", look="missing")] * 3
    if one is None:
        return [Cell(NOT_RUN, look="missing"), Cell("–"), Cell("–")]
    interval = one.paired.interval
    beside = " · ".join(filter(None, (ends(interval, signed=True), one.verdict if verdict else "")))
    text = percent(interval.estimate, signed=True)
    return [Cell(text, beside, one.marks, LOOKS[one.verdict]), Cell(p_value(one.paired.p)), Cell(p_value(corrected))]


def _ours(line: Line) -> list[Cell]:
    found = line.accuracy
    if found is None:
        return [Cell(NOT_RUN, look="missing"), Cell("–")]
    beside = " · ".join(filter(None, (ends(found.interval), AUDIT if line.failed else "")))
    return [
        Cell(percent(found.interval.estimate), beside, found.marks),
        Cell(listed(found.seeds), f"{found.n:,} clips", look="plain"),
    ]


def _heading(line: Line, lines: Sequence[Line], published: Published) -> str:
    same = [one.accuracy for one in lines if one.cell == line.cell and one.accuracy]
    chance = f" · chance {percent(same[0].chance)} %" if same else ""
    other = published_heading(line.benchmark, published)
    return f"{line.benchmark} · {probe_name(line.probe)} probe{chance}" + (f" · published: {other}" if other else "")


def _record(
    line: Line, corrected: Sequence[float], against: Sequence[Against], published: Published, external: External
) -> dict[str, Any]:
    arm = line.arm
    record = accuracy_record(arm.variant, line.benchmark, line.probe, "label", line.accuracy)
    record |= {"reading": arm.reading, "audit_failed": line.failed}
    record |= published.record(arm.variant, line.benchmark)
    if external:
        record |= external.record(arm.variant, line.benchmark)
    for one, p, other in zip(line.differences, corrected, against, strict=True):
        name = other.of(arm.variant)
        key = (arm.variant, name or "", line.benchmark, line.probe)
        found = difference_record(key, one) | {"p_holm": p}
        kept = {k: v for k, v in found.items() if k not in ("variant", "benchmark", "probe", "confidence")}
        record |= {f"{other.name}_{k}": v for k, v in kept.items()}
    return record


def _notes(lines: Sequence[Line], confidence: float) -> list[str]:
    present = [one for line in lines for one in line.differences if one is not None]
    methods = dict.fromkeys(line.accuracy.interval.method for line in lines if line.accuracy)
    notes = [f"Ours: {listed(methods)}."] if methods else []
    strict = [one.paired.over_seeds for one in present if one.paired.over_seeds]
    notes += notes_on(present, over_seeds=False)
    if strict:
        clear = sum(interval.low > 0 or interval.high < 0 for interval in strict)
        notes.append(
            f"Over seeds alone ({listed(dict.fromkeys(one.method for one in strict))}) {clear} of {counted(len(strict), 'difference')} "
            f"keep their sign over the whole {100 * confidence:g} % interval; the intervals are in the CSV."
        )
    budgets: dict[str, dict[str, None]] = {}
    for line in lines:
        for row in line.arm.study.rows_of(line.arm.variant, line.benchmark, line.probe):
            budgets.setdefault(line.probe, {})[row.budget] = None
    notes += [f"Budget of the {probe_name(probe)} probe: {listed(found)}." for probe, found in budgets.items()]
    readings = dict.fromkeys(line.arm.reading for line in lines if line.arm.told_apart)
    if "as_published" in readings:
        notes.append(f"{READINGS['as_published'].capitalize()}: what the released code did, fault included.")
    return notes


def _controls(lines: Sequence[Line], against: Sequence[Against]) -> list[str]:
    """Which control each arm has."""
    if not any(one.name == "control" for one in against):
        return []
    named: dict[str, dict[str, None]] = {}
    for line in lines:
        if (other := Against("control").of(line.arm.variant)) is not None:
            named.setdefault(other, {})[line.arm.variant] = None
    return [f"Control {control}: of {listed(variants)}." for control, variants in named.items()]

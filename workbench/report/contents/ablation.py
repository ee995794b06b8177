"""What each of FWM, HW and LD adds: pairs of arms that differ by one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from workbench.config import flat
from workbench.report.compare import Difference, difference
from workbench.report.contents.arms import Arm
from workbench.report.contents.result_table import difference_cells
from workbench.report.contents.results import Results
from workbench.report.differences import difference_record, notes_on
from workbench.report.numbers import counted
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
from workbench.report.words import probe_name
from workbench.stats import holm
from workbench.variants import VARIANTS

PARTS = {
    "fwm": ("fwm", "fwm_static", "fwm_orth"),
    "hw": ("hw",),
    "ld": ("ld",),
}  # part -> names of its objective and terms


class Ablation(Results):
    """The table of results, and the table of what each part adds."""

    def parts(self) -> Table | Prose:
        """Differences of arms with and without one part, benchmark by benchmark."""
        pairs = _pairs(self.arms)
        if not pairs:
            return Prose("parts", "No two of the variants asked for differ by FWM, HW or LD alone.")
        keys = [(*pair, *cell) for pair in pairs for cell in self.parameters.cells]
        found = [_difference(*key[1:]) for key in keys]
        adjusted = holm([float("nan") if one is None else one.paired.p for one in found])
        columns = [Column("with and without", number=False), Column("benchmark, probe", number=False)]
        columns += [Column("points"), Column("p"), Column("p, Holm")]
        rows: list[list[Cell]] = []
        records = []
        part = ""
        for (of, arm, other, benchmark, probe), one, p in zip(keys, found, adjusted, strict=True):
            if of != part:
                rows.append([Cell(f"what {of} adds")])
                part = of
            names = Cell(f"{arm.label} less {other.label}")
            rows.append([names, Cell(benchmark, probe_name(probe)), *difference_cells(one, float(p), other.variant)])
            record = difference_record((arm.variant, other.variant, benchmark, probe), one)
            records.append({"part": of, "reading": arm.reading, **record, "p_holm": p})
        notes = notes_on([one for one in found if one is not None], over_seeds=False)
        lead = f"{counted(len(pairs), 'pair')} of arms that differ by one part; where they differ in more, the cell is marked."
        return Table("parts", "What each part adds", columns, rows, pd.DataFrame(records), notes, lead)


def parts_of(variant: str) -> frozenset[str]:
    """Which of FWM, HW and LD a variant has; an empty set of the baseline. None of the others have any: raises no error."""
    objectives = VARIANTS[variant].settings.get("objective", {}).get("settings", {})
    return frozenset(name for name in PARTS if name in objectives)


def more_than(part: str, variant: str, other: str) -> str:
    """In what else than `part` two variants' objectives differ, in words; empty where in nothing."""
    one, two = (flat(VARIANTS[name].settings.get("objective", {})) for name in (variant, other))
    own = PARTS[part]
    keys = [key for key in sorted({*one, *two}) if not any(name in own for name in key.split(".")[1:2])]
    said = [
        f"{key} {one.get(key, 'absent')} against {two.get(key, 'absent')}"
        for key in keys
        if one.get(key) != two.get(key)
    ]
    return "; ".join(said)


def _pairs(arms: Sequence[Arm]) -> list[tuple[str, Arm, Arm]]:
    """(part, arm with it, arm without) of all that differ by one part; a reading as published also against what has one reading."""
    own = {"baseline", *(name for arm in arms for name in [arm.variant] if parts_of(name))}
    chosen = [arm for arm in arms if arm.variant in own and VARIANTS[arm.variant].trained]
    found = []
    for part in PARTS:
        for arm in chosen:
            for other in chosen:
                same = other.reading == arm.reading or not other.told_apart
                if same and part in parts_of(arm.variant) and parts_of(other.variant) == parts_of(arm.variant) - {part}:
                    found.append((part, arm, other))
    return found


def _difference(arm: Arm, other: Arm, benchmark: str, probe: str) -> Difference | None:
    found: Any = difference(arm.study, arm.variant, other.variant, benchmark, probe)
    part = next(iter(parts_of(arm.variant) - parts_of(other.variant)))
    if found is None or not (more := more_than(part, arm.variant, other.variant)):
        return found
    return replace(found, marks=(*found.marks, f"{arm.variant} and {other.variant} differ in more than {part}: {more}"))

"""The study's side: published numbers of one run each, without answers to single clips."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any

from workbench.ledger.cell import Cell
from workbench.ledger.model import ClaimsFile, Test
from workbench.ledger.sides import control_of, described
from workbench.published import REGIMES, published_rows
from workbench.report.differ import unclaimed
from workbench.stats import Interval, newcombe, wilson
from workbench.variants import VARIANTS


class StudyRows:
    """Published rows; intervals are over clips alone, Wilson's of a value, Newcombe's of a difference."""

    published = True

    def __init__(self, file: ClaimsFile) -> None:
        self.file = file

    @cached_property
    def _rows(self) -> list[Any]:
        return list(published_rows().itertuples(index=False))

    def everybody(self, test: Test) -> list[str]:
        """All variants that the study ran in the regime and evaluated on every benchmark of the test, without controls."""
        has: dict[str, set[str]] = {}
        for row in self._rows:
            if row.regime == REGIMES[test.regime]:
                has.setdefault(row.variant, set()).add(row.benchmark)
        wanted = set(test.benchmarks)
        return [name for name in has if wanted <= has[name] and name not in ("baseline", test.control)]

    def differences(self, test: Test, variant: str, benchmark: str, other: str | None = None) -> list[Cell]:
        """A cell for each seed of the control that the test takes."""
        other = other or control_of(test, variant)
        mine, controls = self._of(test, variant, benchmark), self._of(test, other, benchmark)
        if test.control_seed != "each":
            controls = [row for row in controls if row.seed == test.control_seed]
        if not mine or not controls:
            lacks = variant if not mine else other
            seed = f" with seed {test.control_seed}" if mine and test.control_seed != "each" else ""
            return [
                Cell(variant, other, benchmark, "", lacking=f"the study has no number of {lacks}{seed} on {benchmark}")
            ]
        several = len(controls) > 1 or test.control_seed != "each" or len(self._of(test, other, None)) > 1
        return [self._difference(a, b, several) for a in mine for b in controls]

    def value(self, test: Test, variant: str, benchmark: str) -> Cell:
        """The published number with Wilson's interval."""
        rows = self._of(test, variant, benchmark)
        if not rows:
            return Cell(variant, "", benchmark, "", lacking=f"the study has no number of {variant} on {benchmark}")
        row, right = rows[0], round(rows[0].value * rows[0].n)

        @cache
        def at(confidence: float) -> Interval:
            return Interval(row.value, *wilson(right, row.n, confidence), confidence, "Wilson over clips")

        return Cell(variant, "", benchmark, row.probe, at, **_common([row]))

    def spread(self, test: Test, variant: str, benchmark: str) -> tuple[float | None, str]:
        """The published seeds' highest less lowest."""
        rows = self._of(test, variant, benchmark)
        if len(rows) < 2:
            return None, f"{variant} has {'one seed' if rows else 'no row'} on {benchmark}: its spread is not known"
        values = [row.value for row in rows]
        seeds = " and ".join(str(row.seed) for row in rows)
        return max(values) - min(values), f"(seeds {seeds} of {variant})"

    def _of(self, test: Test, variant: str, benchmark: str | None) -> list[Any]:
        regime = REGIMES[test.regime]
        here = [row for row in self._rows if row.regime == regime and row.variant == variant]
        if benchmark is None:
            return list({row.seed: row for row in here}.values())
        return [row for row in here if row.benchmark == benchmark]

    def _difference(self, a: Any, b: Any, several: bool) -> Cell:
        @cache
        def at(confidence: float) -> Interval:
            found = newcombe(round(a.value * a.n), a.n, round(b.value * b.n), b.n, confidence)
            # The published percent are rounded; their difference is stated with their own digits.
            return Interval(a.value - b.value, found.low, found.high, confidence, found.method)

        marks = tuple(unclaimed(a, b, {}))
        if a.seed != b.seed:
            marks = (f"the seeds differ: {a.variant} {a.seed}, {b.variant} {b.seed}", *marks)
        named = f"seed {b.seed}" if several else ""
        return Cell(a.variant, b.variant, a.benchmark, a.probe, at, alternative=named, **_common([a, b], marks))


def faults(rows: list[dict[str, Any]]) -> dict[str, list[str]]:
    """What the released code did otherwise than is described, in words, with the variants of published rows that it concerns."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row["reading"] == "as_published" and row["variant"] not in found.get(VARIANTS[row["variant"]].fault, []):
            found.setdefault(VARIANTS[row["variant"]].fault, []).append(row["variant"])
    return found


def _common(rows: list[Any], marks: tuple[str, ...] = ()) -> dict[str, Any]:
    first = rows[0]
    return {
        "seeds": (first.seed,),
        "by_seed": (),
        "n": first.n,
        "rows": tuple(described(r) for r in rows),
        "marks": marks,
    }

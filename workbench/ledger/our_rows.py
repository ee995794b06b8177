"""Our side: rows of controlled runs, paired by test clip and seed, with the audits of every cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from workbench.config import Reading
from workbench.ledger.cell import Cell
from workbench.ledger.model import CONFIDENCE, Claim, ClaimsFile, IntervalTest, Other, RankTest, Test
from workbench.ledger.sides import chosen, control_of, described
from workbench.presets import build_config, run_name
from workbench.report.compare import Accuracy, Difference, accuracy, difference
from workbench.report.gather import Study, study_of
from workbench.report.numbers import listed
from workbench.report.parameters import make_parameters
from workbench.rows import Source, load_results
from workbench.stats import Interval
from workbench.variants import VARIANTS, studied

USUAL_SEEDS = (0, 1, 2)


class OurRows:
    """Our rows, gathered as the reports do: usual settings of the preset, each regime and reading once."""

    published = False

    def __init__(self, file: ClaimsFile, claims: Iterable[Claim], source: Source = "all") -> None:
        self.file, self.source = file, source
        self._tests = [test for claim in claims for test in claim.controlled]
        self._studies: dict[tuple[str, Reading], Study] = {}
        self._cells: dict[tuple[str, ...], Cell] = {}
        self._levels: dict[tuple[str, Reading, float], Study] = {}
        self._results = load_results(file.preset, source)

    def everybody(self, test: Test) -> list[str]:
        """All that the study trained in the regime, but its control."""
        return [n for n in studied(test.regime) if VARIANTS[n].trained and n not in ("baseline", test.control)]

    def seeds(self, regime: str) -> list[int]:
        """Seeds of which there are runs with the usual settings; the usual three where there are none."""
        rows = self._results.rows
        mine = rows[rows["regime"] == self.file.trained_on(regime)].drop_duplicates("run")
        known = mine[mine["variant"].isin(list(VARIANTS)) & (mine["reading"] == "as_described")]
        pairs: list[Any] = list(known.itertuples(index=False))
        found = {int(row.seed) for row in pairs if row.run == self.run_of(row.variant, int(row.seed), regime)}
        return sorted(found) or list(USUAL_SEEDS)

    def notes(self, tests: Iterable[Test]) -> tuple[str, ...]:
        """What is out of the ordinary about the rows that tests are over."""
        return tuple(dict.fromkeys(note for test in tests for note in self.study(test).notes))

    def study(self, test: Test, confidence: float | None = None) -> Study:
        """Rows and answers of all that the file's tests ask for in the regime and reading of `test`."""
        key = (test.regime, test.reading)
        if key not in self._studies:
            self._studies[key] = self._gathered(*key)
        if confidence is None:
            return self._studies[key]
        level = (*key, confidence)
        if level not in self._levels:
            self._levels[level] = replace(self._studies[key], confidence=confidence)
        return self._levels[level]

    def _gathered(self, regime: str, reading: Reading) -> Study:
        tests = [test for test in self._tests if test.regime == regime]
        variants = dict.fromkeys(name for test in tests for name in self.needed(test))
        benchmarks = dict.fromkeys(name for test in tests for name in test.benchmarks)
        probes = dict.fromkeys(self.file.probe(test, name) for test in tests for name in test.benchmarks)
        return study_of(
            make_parameters(
                "main",
                {
                    "preset": self.file.preset,
                    "seeds": self.seeds(regime),
                    "variants": list(variants),
                    "regime": regime,
                    "reading": reading,
                    "benchmarks": list(benchmarks),
                    "probes": list(probes),
                    "confidence": CONFIDENCE,
                    "source": self.source,
                },
            ),
            self._results,
        )

    def needed(self, test: Test) -> list[str]:
        """All variants that a test has to do with."""
        names = chosen(self, test, test.variants)
        if isinstance(test, RankTest):
            names += chosen(self, test, test.among)
        if isinstance(test, IntervalTest):
            bounds = [bound for bound in (test.above, test.below) if isinstance(bound, Other)]
            names += [name for bound in bounds for name in (bound.value_of, bound.spread_of) if name]
        with_value = isinstance(test, IntervalTest) and test.of == "value"
        return list(dict.fromkeys([*names, *([] if with_value else [control_of(test, name) for name in names])]))

    def differences(self, test: Test, variant: str, benchmark: str, other: str | None = None) -> list[Cell]:
        """One cell: over the seeds that both have, paired by clip where the answers were kept."""
        other, probe = other or control_of(test, variant), self.file.probe(test, benchmark)
        key = (test.regime, test.reading, variant, other, benchmark, probe, test.factor)
        if key not in self._cells:  # claims share many of them, and each is a bootstrap
            self._cells[key] = self._difference(test, variant, other, benchmark, probe)
        return [self._cells[key]]

    def _difference(self, test: Test, variant: str, other: str, benchmark: str, probe: str) -> Cell:
        def of(confidence: float) -> Difference | None:
            return difference(self.study(test, confidence), variant, other, benchmark, probe, test.factor)

        usual = of(CONFIDENCE)
        if usual is None:
            return Cell(variant, other, benchmark, probe, lacking="not run")

        @cache
        def at(confidence: float) -> Interval:
            found = usual if confidence == CONFIDENCE else of(confidence)
            assert found is not None  # the rows are the same at every confidence
            return found.paired.interval

        paired = usual.paired
        rows = [
            self.study(test).row(name, seed, benchmark, probe, test.factor)
            for seed in usual.seeds
            for name in (variant, other)
        ]
        failed, marks = _audits(usual.marks)
        return Cell(
            *(variant, other, benchmark, probe, at, paired.over_seeds, usual.seeds, paired.deltas, paired.clips),
            *(paired.p, paired.floor, paired.test, tuple(described(row) for row in rows), marks, failed),
        )

    def value(self, test: Test, variant: str, benchmark: str) -> Cell:
        """A variant's accuracy over its seeds."""
        probe = self.file.probe(test, benchmark)

        def of(confidence: float) -> Accuracy | None:
            return accuracy(self.study(test, confidence), variant, benchmark, probe, test.factor)

        usual = of(CONFIDENCE)
        if usual is None:
            return Cell(variant, "", benchmark, probe, lacking="not run")

        @cache
        def at(confidence: float) -> Interval:
            found = of(confidence)
            assert found is not None
            return found.interval

        from workbench.stats import seed_interval

        rows = self.study(test).rows_of(variant, benchmark, probe, test.factor)
        over = seed_interval(usual.by_seed, CONFIDENCE) if len(usual.seeds) > 1 else None
        failed, marks = _audits(usual.marks)
        return Cell(
            *(variant, "", benchmark, probe, at, over, usual.seeds, usual.by_seed, usual.n),
            rows=tuple(described(row) for row in rows),
            marks=marks,
            failed=failed,
        )

    def spread(self, test: Test, variant: str, benchmark: str) -> tuple[float | None, str]:
        """The seeds' highest less lowest."""
        rows = self.study(test).rows_of(variant, benchmark, self.file.probe(test, benchmark), test.factor)
        if len(rows) < 2:
            return None, f"{variant} has {'one seed' if rows else 'no row'} on {benchmark}: its spread is not known"
        values = [row.value for row in rows]
        return max(values) - min(values), f"(seeds {listed(row.seed for row in rows)} of {variant})"

    def run_of(self, variant: str, seed: int, regime: str) -> str:
        """The name of a run, there or not."""
        return run_name(build_config(variant, self.file.preset, seed, data=None if regime == "single" else regime))


def _audits(marks: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Marks of failing audits, and the others."""
    failed = tuple(mark for mark in marks if mark.startswith("audit of ") and "failed" in mark)
    return failed, tuple(mark for mark in marks if mark not in failed)

"""Accuracies and paired differences of a study, cell by cell, with all that must be said beside the number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.audit import NOT_AUDITED, PASSED
from workbench.report.differ import unclaimed
from workbench.report.gather import LABEL, Study, correct_matrix
from workbench.report.numbers import seeds_words
from workbench.stats import (
    Interval,
    PairedDifference,
    mean_accuracy,
    paired_difference,
    seed_interval,
    sign_flip,
    sign_flip_floor,
    wilson,
)
from workbench.variants import VARIANTS

NO_ANSWERS = "the answers to single clips were not kept"


@dataclass(frozen=True)
class Accuracy:
    """One variant's accuracy in one cell, over its seeds."""

    variant: str
    benchmark: str
    probe: str
    factor: str
    interval: Interval
    seeds: tuple[int, ...]
    by_seed: tuple[float, ...]
    n: int
    chance: float
    marks: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """A variant less what it is compared with, in one cell, over the seeds that both have."""

    variant: str
    other: str
    benchmark: str
    probe: str
    factor: str
    paired: PairedDifference
    seeds: tuple[int, ...]
    marks: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """What the interval says: above, below, not told apart; or that there is no interval."""
        return verdict(self.paired.interval)


def verdict(interval: Interval) -> str:
    """What an interval of a difference says about its sign."""
    if math.isnan(interval.low):
        return "no interval"
    if interval.low > 0:
        return "above"
    return "below" if interval.high < 0 else "not told apart"


def accuracy(study: Study, variant: str, benchmark: str, probe: str, factor: str = LABEL) -> Accuracy | None:
    """The cell's accuracy, or None where no seed was run."""
    rows = study.rows_of(variant, benchmark, probe, factor)
    if not rows:
        return None
    by_seed = tuple(row.value for row in rows)
    interval, marks = _accuracy_interval(study, rows), _inconsistent(rows)
    if len(rows) < len(study.seeds):
        marks.append(f"run with {seeds_words([row.seed for row in rows])} only")
    if interval.method.startswith("Student"):
        marks.append(
            f"{NO_ANSWERS}, or the seeds saw different clips: the interval is over seeds alone ({interval.method})"
        )
    marks += audit_marks(rows)
    seeds = tuple(row.seed for row in rows)
    return Accuracy(
        variant, benchmark, probe, factor, interval, seeds, by_seed, rows[0].n, rows[0].chance, tuple(marks)
    )


def audit_marks(rows: Sequence[Any]) -> list[str]:
    """What the audits have against these rows, variant by variant."""
    found = {(row.variant, row.audit or NOT_AUDITED) for row in rows} - {(row.variant, PASSED) for row in rows}
    return [f"audit of {variant}: {said}" for variant, said in sorted(found)]


def _accuracy_interval(study: Study, rows: Sequence[Any]) -> Interval:
    if len(rows) == 1:
        row = rows[0]
        low, high = wilson(round(row.value * row.n), row.n, study.confidence)
        return Interval(row.value, low, high, study.confidence, "Wilson over clips, one seed")
    matrix = correct_matrix(study, rows)
    if matrix is None:
        return seed_interval([row.value for row in rows], study.confidence)
    return mean_accuracy(matrix, study.confidence)


def difference(
    study: Study, variant: str, other: str, benchmark: str, probe: str, factor: str = LABEL
) -> Difference | None:
    """The cell's paired difference over the seeds that both have, or None where there is no such seed."""
    pairs = [
        (a, b)
        for seed in study.seeds
        if (a := study.row(variant, seed, benchmark, probe, factor)) is not None
        and (b := study.row(other, seed, benchmark, probe, factor)) is not None
    ]
    if not pairs:
        return None
    marks = [mark for a, b in pairs for mark in unclaimed(a, b, study.configs)]
    ones, others = [a for a, _ in pairs], [b for _, b in pairs]
    marks += audit_marks([*ones, *others])
    matrix = correct_matrix(study, [*ones, *others])
    if matrix is None:
        paired = _unpaired([a.value - b.value for a, b in pairs], ones[0].n, study.confidence)
        marks.append(f"{NO_ANSWERS}, or not of the same clips: the difference is not paired by clip")
    else:
        paired = paired_difference(matrix[: len(pairs)], matrix[len(pairs) :], study.confidence)
    if len(pairs) < len(study.seeds):
        marks.append(f"compared over {seeds_words([a.seed for a in ones])} only")
    seeds = tuple(a.seed for a in ones)
    return Difference(variant, other, benchmark, probe, factor, paired, seeds, tuple(dict.fromkeys(marks)))


def _unpaired(deltas: list[float], clips: int, confidence: float) -> PairedDifference:
    if len(deltas) > 1:
        over = seed_interval(deltas, confidence)
        return PairedDifference(
            over, tuple(deltas), clips, sign_flip(deltas), "sign flip", sign_flip_floor(len(deltas)), over
        )
    none = Interval(deltas[0], math.nan, math.nan, confidence, "none")
    return PairedDifference(none, tuple(deltas), clips, math.nan, "none", math.nan, None)


def controls(study: Study) -> list[tuple[str, str]]:
    """Each trained variant of the study with its matched control, where the study has both."""
    pairs = [(name, VARIANTS[name].control) for name in study.variants if VARIANTS[name].trained]
    return [(name, control) for name, control in pairs if control in study.variants]


def cells(study: Study) -> list[tuple[str, str]]:
    """All (benchmark, probe) of the study."""
    return [(benchmark, probe) for benchmark in study.benchmarks for probe in study.probes]


def _inconsistent(rows: Sequence[Any]) -> list[str]:
    """What differs between the seeds of one cell and should not."""
    names = {
        "data_key": "test clips",
        "n": "number of test clips",
        "encoder": "encoder probed",
        "budget": "probe's budget",
        "steps": "training steps",
    }
    return [
        f"the {words} differ between seeds"
        for name, words in names.items()
        if len({getattr(row, name) for row in rows}) > 1
    ]

"""Ranks: a variant's place among others, from comparisons with each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from workbench.ledger.cell import Answer, Cell, Outcome, Question
from workbench.ledger.judge import INFINITE, Range, by_interval, by_number, together
from workbench.ledger.model import CONFIDENCE, RankTest
from workbench.ledger.sides import Side, chosen
from workbench.stats import Interval, seed_interval, sign_flip, sign_flip_floor


def rank(rows: Side, test: RankTest) -> tuple[list[Question], Callable[[Sequence[Answer]], Outcome]]:
    """One question for each variant and each of the others: is it nearer to the test's end? And what their answers say of its place.

    Of m others, a variant is among the first k when at most k − 1 of them are not certainly behind it, and it is not when k are
    certainly before it.
    """
    among = chosen(rows, test, test.among)
    subjects = chosen(rows, test, test.variants)
    pairs = [(name, other) for name in subjects for other in among if other != name]
    questions = [_nearer(rows, test, name, other) for name, other in pairs]

    def combine(answers: Sequence[Answer]) -> Outcome:
        places: list[Outcome] = []
        for subject in subjects:
            mine = [one.outcome for one, (name, _) in zip(answers, pairs, strict=True) if name == subject]
            places.append(_place(mine, test.place))
        return together(places)

    return questions, combine


def _place(behind: Sequence[Outcome], place: int) -> Outcome:
    """`behind`: for each of the others, whether it is behind."""
    if sum(one != "yes" for one in behind) < place:
        return "yes"
    return "no" if sum(one == "no" for one in behind) >= place else "open"


def _nearer(rows: Side, test: RankTest, variant: str, other: str) -> Question:
    highest = test.end == "highest"
    where: Range = (0.0, INFINITE) if highest else (-INFINITE, 0.0)
    if rows.published:
        return by_number(_over_several(rows, test, variant, other), where, 6, strict_ends=True)
    if len(test.benchmarks) == 1:
        return by_interval(rows.differences(test, variant, test.benchmarks[0], other)[0], where, seeds=True)
    return by_interval(_over_several(rows, test, variant, other), where, seeds=True)


def _over_several(rows: Side, test: RankTest, variant: str, other: str) -> Cell:
    """The worst (or mean) of a variant's differences over the benchmarks, less that of another; over seeds, where both have several."""
    name = test.benchmarks[0] if len(test.benchmarks) == 1 else f"the {test.over} of {', '.join(test.benchmarks)}"
    parts = {who: [rows.differences(test, who, b)[0] for b in test.benchmarks] for who in (variant, other)}
    cells = [cell for part in parts.values() for cell in part]
    probe = ", ".join(dict.fromkeys(cell.probe for cell in cells))
    if lacking := [cell.lacking for cell in cells if cell.at is None]:
        return Cell(variant, other, name, probe, lacking=lacking[0])
    join = min if test.over == "worst" else _mean
    estimate = join([c.estimate or 0.0 for c in parts[variant]]) - join([c.estimate or 0.0 for c in parts[other]])
    seeds = () if rows.published else tuple(sorted(set.intersection(*(set(cell.seeds) for cell in cells))))
    by_seed = tuple(
        join([_at_seed(c, seed) for c in parts[variant]]) - join([_at_seed(c, seed) for c in parts[other]])
        for seed in seeds
    )

    @cache
    def at(confidence: float) -> Interval:
        if len(seeds) < 2:
            return Interval(estimate, float("nan"), float("nan"), confidence, "none")
        return seed_interval(by_seed, confidence)

    several = len(seeds) > 1
    return Cell(
        *(
            variant,
            other,
            name,
            probe,
            at,
            at(CONFIDENCE) if several else None,
            seeds,
            by_seed,
            min(cell.n for cell in cells),
        ),
        p=sign_flip(by_seed) if several else None,
        p_floor=sign_flip_floor(len(seeds)) if several else None,
        p_test="sign flip" if several else "",
        rows=tuple({tuple(row.items()): row for cell in cells for row in cell.rows}.values()),
        marks=tuple(dict.fromkeys(mark for cell in cells for mark in cell.marks)),
        failed=tuple(dict.fromkeys(mark for cell in cells for mark in cell.failed)),
    )


def _at_seed(cell: Cell, seed: int) -> float:
    return cell.by_seed[cell.seeds.index(seed)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)

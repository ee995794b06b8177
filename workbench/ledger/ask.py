"""From a test to questions: the operators. Each gives questions to cells and says how their answers make the test's outcome."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.ledger.cell import Answer, Cell, Outcome, Question
from workbench.ledger.correlate import correlation
from workbench.ledger.judge import INFINITE, Range, agreed, by_interval, by_number, together
from workbench.ledger.model import (
    CONFIDENCE,
    Asked,
    CorrelationTest,
    CountTest,
    DifferenceTest,
    IntervalTest,
    Other,
    RankTest,
    Test,
)
from workbench.ledger.ranks import rank
from workbench.ledger.sides import Side, chosen

Combine = Callable[[Sequence[Answer]], Outcome]


@dataclass(frozen=True)
class Asking:
    """The questions of one test, in order; `combine` makes the test's outcome from their answers in that order.

    `count` gives for a count test, from answers, how many hold, may hold and are counted, by control. `stated`: whether the number that the
    study states is the one computed here; None where none is stated. `extra`: numbers that belong to no single cell.
    """

    test: Test
    questions: Sequence[Question]
    combine: Combine
    stated: bool | None = None
    count: Callable[[Sequence[Answer]], dict[str, tuple[int, int, int]]] | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def ask(rows: Side, test: Test) -> Asking:
    """The questions that `test` puts to one side's rows."""
    if isinstance(test, RankTest):
        questions, combine = rank(rows, test)
        return Asking(test, questions, combine)
    if isinstance(test, CorrelationTest):
        cell, extra = correlation(rows, test)
        return _of_one_number(test, cell, extra)
    cells = [
        group
        for variant in chosen(rows, test, test.variants)
        for benchmark in test.benchmarks
        if (group := _cells(rows, test, variant, benchmark))
    ]
    if isinstance(test, CountTest):
        return _counted(rows, test, cells)
    return _each(rows, test, cells)


def _each(rows: Side, test: DifferenceTest | IntervalTest, cells: Sequence[Sequence[Cell]]) -> Asking:
    """Every cell has to hold; `cells`: those of one variant and benchmark, one for each control, together."""
    questions = [_question(rows, test, cell) for group in cells for cell in group]
    sizes = [len(group) for group in cells]
    stated = _as_stated(test, [cell for group in cells for cell in group])

    def combine(answers: Sequence[Answer]) -> Outcome:
        outcomes, start = [], 0
        for size in sizes:
            outcomes.append(agreed([one.outcome for one in answers[start : start + size]]))
            start += size
        return "no" if stated is False else together(outcomes)

    return Asking(test, questions, combine, stated)


def wanted(test: Asked, scale: float = 100) -> Range:
    """The range that a number has to be in, in shares of 1."""
    if test.between is not None:
        return test.between[0] / scale, test.between[1] / scale
    if isinstance(test.above, int | float):
        return test.above / scale, INFINITE
    if isinstance(test.below, int | float):
        return -INFINITE, test.below / scale
    states = getattr(test, "states", None)
    assert states is not None  # the model refuses a test that asks nothing
    return states / scale, states / scale


def _cells(rows: Side, test: Test, variant: str, benchmark: str) -> list[Cell]:
    if isinstance(test, IntervalTest) and test.of == "value":
        return [rows.value(test, variant, benchmark)]
    return rows.differences(test, variant, benchmark)


def _question(rows: Side, test: DifferenceTest | IntervalTest, cell: Cell) -> Question:
    if isinstance(test, IntervalTest):
        for bound, sign in ((test.above, 1), (test.below, -1)):
            if isinstance(bound, Other) and bound.spread_of:
                return _beyond_spread(
                    cell, *rows.spread(test, bound.spread_of, cell.benchmark), sign, not rows.published
                )
            if isinstance(bound, Other) and bound.value_of:
                return _beside(cell, rows.value(test, bound.value_of, cell.benchmark), sign, not rows.published)
    if rows.published and not isinstance(test, IntervalTest):
        return by_number(
            cell, wanted(test), test.decimals, strict_ends=test.above is not None or test.below is not None
        )
    return by_interval(cell, wanted(test), seeds=not rows.published)


def _beyond_spread(cell: Cell, spread: float | None, words: str, sign: int, seeds: bool) -> Question:
    """Larger than what the seeds of a control differ by: yes beyond it, no beyond it on the other side, open within."""
    if spread is None:
        return Question(cell, lambda confidence: "open", why=cell.lacking or words)
    beyond: Range = (spread, INFINITE) if sign > 0 else (-INFINITE, -spread)
    opposite: Range = (-INFINITE, -spread) if sign > 0 else (spread, INFINITE)
    yes, no = by_interval(cell, beyond, seeds), by_interval(cell, opposite, seeds)

    def judge(confidence: float) -> Outcome:
        if yes.judge(confidence) == "yes":
            return "yes"
        return "no" if no.judge(confidence) == "yes" else "open"

    return Question(cell, judge, why=yes.why, note=f"{100 * spread:.2f} {words}")


def _beside(cell: Cell, other: Cell, sign: int, seeds: bool) -> Question:
    """One value's interval wholly above or below another's."""
    why = cell.lacking or other.lacking

    def judge(confidence: float) -> Outcome:
        if cell.at is None or other.at is None:
            return "open"
        ends = other.at(confidence)
        beyond: Range = (ends.high, INFINITE) if sign > 0 else (-INFINITE, ends.low)
        opposite: Range = (-INFINITE, ends.low) if sign > 0 else (ends.high, INFINITE)
        if by_interval(cell, beyond, seeds).judge(confidence) == "yes":
            return "yes"
        return "no" if by_interval(cell, opposite, seeds).judge(confidence) == "yes" else "open"

    joined = replace(cell, rows=(*cell.rows, *other.rows), failed=(*cell.failed, *other.failed))
    held = by_interval(joined, (0, INFINITE), seeds).why
    ends = (
        ""
        if other.at is None
        else f"{100 * other.at(CONFIDENCE).low:.1f} to {100 * other.at(CONFIDENCE).high:.1f} of {other.variant}"
    )
    return Question(joined, judge, why=why or held, note=ends)


def _as_stated(test: DifferenceTest | IntervalTest, cells: Sequence[Cell]) -> bool | None:
    if test.states is None:
        return None
    numbers = [one.estimate for one in cells]
    return bool(numbers) and all(
        number is not None and _equal(100 * number, test.states, test.decimals) for number in numbers
    )


def _equal(number: float, stated: float, decimals: int) -> bool:
    return math.isclose(round(number, decimals), round(stated, decimals), abs_tol=1e-9)


def _of_one_number(test: CorrelationTest, cell: Cell, extra: dict[str, Any]) -> Asking:
    stated = None
    if test.states is not None:
        stated = cell.estimate is not None and _equal(cell.estimate, test.states, test.decimals)
    if test.above is None and test.below is None and test.between is None:
        return Asking(test, [], lambda answers: "yes" if stated else "no", stated, extra=extra | {"cell": cell})
    where = wanted(test, scale=1)
    question = by_interval(cell, where, seeds=bool(extra.get("ours")), scale="correlation")

    def combine(answers: Sequence[Answer]) -> Outcome:
        return "no" if stated is False else answers[0].outcome

    return Asking(test, [question], combine, stated, extra=extra)


def _counted(rows: Side, test: CountTest, groups: Sequence[Sequence[Cell]]) -> Asking:
    cells = [cell for group in groups for cell in group]
    ends = test.above is not None or test.below is not None
    questions = [
        by_number(cell, wanted(test), 2, strict_ends=ends)
        if rows.published
        else by_interval(cell, wanted(test), seeds=True)
        for cell in cells
    ]

    def count(answers: Sequence[Answer]) -> dict[str, tuple[int, int, int]]:
        found: dict[str, tuple[int, int, int]] = {}
        for one in answers:
            sure, possible, total = found.get(one.question.cell.alternative, (0, 0, 0))
            yes, no = one.outcome == "yes", one.outcome == "no"
            found[one.question.cell.alternative] = (sure + yes, possible + (not no), total + 1)
        return found

    def combine(answers: Sequence[Answer]) -> Outcome:
        outcomes = [_enough(test, *numbers) for numbers in count(answers).values()]
        return agreed(outcomes) if outcomes else "open"

    stated = None
    if rows.published and test.exactly is not None and test.control_seed != "each":  # a count that the study states
        stated = combine([Answer(one, one.judge(CONFIDENCE), CONFIDENCE) for one in questions]) == "yes"
    return Asking(test, questions, combine, stated, count)


def _enough(test: CountTest, sure: int, possible: int, total: int) -> Outcome:
    """`sure` hold for certain, `possible` may."""
    if test.out_of is not None and total != test.out_of:
        return "no"
    at_least = test.at_least if test.at_least is not None else test.exactly
    at_most = test.at_most if test.at_most is not None else test.exactly
    if (at_least is not None and possible < at_least) or (at_most is not None and sure > at_most):
        return "no"
    enough = (at_least is None or sure >= at_least) and (at_most is None or possible <= at_most)
    return "yes" if enough else "open"

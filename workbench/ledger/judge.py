"""How a question is decided: by a number, or by intervals at the levels of Holm's step-down over all questions of a claim."""

from __future__ import annotations

import math
from collections.abc import Sequence

from workbench.ledger.cell import Answer, Cell, Lean, Outcome, Question
from workbench.stats import Interval, holm

INFINITE = math.inf
Range = tuple[float, float]  # where a number has to be, in shares of 1; ends included


def by_number(cell: Cell, wanted: Range, decimals: int, strict_ends: bool) -> Question:
    """Is the number, in points rounded to `decimals`, in the range? `strict_ends`: its ends do not count."""
    low, high = (round(100 * end, 9) for end in wanted)

    def judge(confidence: float) -> Outcome:
        if cell.estimate is None:
            return "open"
        value = round(100 * cell.estimate, decimals)
        inside = low < value < high if strict_ends else low <= value <= high
        return "yes" if inside else "no"

    return Question(cell, judge, by_number=True, why=cell.lacking)


def by_interval(cell: Cell, wanted: Range, seeds: bool, scale: str = "points") -> Question:
    """Does the interval lie in the range (yes), or wholly outside (no)? `seeds`: the one over seeds alone has to agree.

    A cell of which an audit failed, and where seeds are asked for one of a single seed, stay open.
    """
    why = cell.lacking or _held_open(cell, seeds)

    def judge(confidence: float) -> Outcome:
        if cell.at is None or why:
            return "open"
        found = side(cell.at(confidence), wanted)
        if seeds and (cell.over_seeds is None or side(cell.over_seeds, wanted) != found):
            return "open"
        return found

    def leaning(confidence: float) -> Lean:
        if cell.at is None or cell.failed:
            return ""
        return {"yes": "for", "no": "against", "open": ""}[side(cell.at(confidence), wanted)]  # type: ignore[return-value]

    return Question(cell, judge, leaning=leaning, scale="correlation" if scale == "correlation" else "points", why=why)


def side(interval: Interval, wanted: Range) -> Outcome:
    """yes: the interval lies in the range; no: outside; open: over one of its ends, or there is no interval."""
    low, high = wanted
    if math.isnan(interval.low):
        return "open"
    inside_low = interval.low > low if math.isinf(high) else interval.low >= low
    inside_high = interval.high < high if math.isinf(low) else interval.high <= high
    if inside_low and inside_high:
        return "yes"
    return "no" if interval.high < low or interval.low > high else "open"


def _held_open(cell: Cell, seeds: bool) -> str:
    if cell.failed:
        return "a cell that fails an audit decides nothing"
    if seeds and len(cell.seeds) == 1:
        return "one seed: there is no interval over seeds"
    return ""


def decide(questions: Sequence[Question], confidence: float) -> dict[int, Answer]:
    """Answers by position. Questions by interval share the error 1 − confidence by Holm's step-down: with k of them undecided, each is
    looked at with confidence 1 − (1 − confidence)/k, until none of the rest is decided."""
    answers = {i: Answer(one, one.judge(confidence), confidence) for i, one in enumerate(questions) if one.by_number}
    still = [i for i, one in enumerate(questions) if not one.by_number]
    adjusted = holm([math.nan if (p := questions[i].cell.p) is None else p for i in still])
    corrected = {i: None if math.isnan(p) else float(p) for i, p in zip(still, adjusted, strict=True)}
    asked = [i for i in still if not questions[i].why]
    for i in set(still) - set(asked):  # what is not there or cannot be decided takes no part in the correction
        lean = questions[i].leaning(confidence)
        answers[i] = Answer(questions[i], "open", confidence, lean, corrected[i])
    while asked:
        level = 1 - (1 - confidence) / len(asked)
        found = {i: questions[i].judge(level) for i in asked}
        done = [i for i in asked if found[i] != "open"]
        for i in done or asked:
            lean = questions[i].leaning(confidence) if found[i] == "open" else ""
            answers[i] = Answer(questions[i], found[i], level, lean, corrected[i])
        if not done:
            break
        asked = [i for i in asked if i not in done]
    return answers


def together(outcomes: Sequence[Outcome]) -> Outcome:
    """All have to hold: one that does not is enough for no, one that is open keeps it open."""
    if "no" in outcomes:
        return "no"
    return "yes" if outcomes and all(one == "yes" for one in outcomes) else "open"


def agreed(outcomes: Sequence[Outcome]) -> Outcome:
    """The same question asked of several controls: their common answer, or open where they differ."""
    return outcomes[0] if len(set(outcomes)) == 1 else "open"

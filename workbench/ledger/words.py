"""Sentences of the ledger, computed from tests and answers. No number and no verdict is typed here."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.ledger.cell import Answer, Cell
from workbench.ledger.model import CONFIDENCE, CorrelationTest, CountTest, IntervalTest, Other, RankTest, Test
from workbench.ledger.sides import Side, chosen, control_of
from workbench.report.numbers import MINUS, listed, p_value, seeds_words


def number(value: float, decimals: int = 2, signed: bool = True) -> str:
    """A number with a true minus sign; what rounds to zero has none."""
    text = f"{value:+.{decimals}f}" if signed else f"{value:.{decimals}f}"
    return text.lstrip("+-") if float(text) == 0 else text.replace("-", MINUS)


def asks(rows: Side, test: Test) -> str:
    """What a test asks: "motion_guided less baseline on ssv2: above 0"."""
    if test.says:
        return test.says
    names = listed(test.variants) + (f" without {listed(test.leave_out)}" if test.leave_out else "")
    where = listed(test.benchmarks)
    if isinstance(test, RankTest):
        over = f"the {test.over} of {where}" if len(test.benchmarks) > 1 else where
        among = listed(test.among) + (f" without {listed(test.leave_out)}" if test.leave_out else "")
        return f"{listed(test.variants)} among the {test.end} {test.place} of {among} by {over}"
    if isinstance(test, CorrelationTest):
        return f"rank correlation of {test.x} with {test.y} over {names}: {bounds(test)}"
    seed = f" (seed {test.control_seed})" if test.control_seed != "each" else ""
    control = listed(dict.fromkeys(control_of(test, name) for name in chosen(rows, test, test.variants)))
    if isinstance(test, CountTest):
        return f"{amount(test)} of {names}, less {control}{seed} on {where}, {bounds(test)}"
    value = isinstance(test, IntervalTest) and test.of == "value"
    return f"{names}{'' if value else f' less {control}{seed}'} on {where}: {bounds(test)}"


def amount(test: CountTest) -> str:
    wanted = ((test.at_least, "at least "), (test.at_most, "at most "), (test.exactly, "exactly "))
    said = next(f"{word}{count}" for count, word in wanted if count is not None)
    return said + (f" (there are {test.out_of})" if test.out_of else "")


def bounds(test: Test) -> str:
    """above 0; between −2.90 and −2.50; stated +5.92."""
    said = []
    for word in ("above", "below"):
        bound = getattr(test, word, None)
        if isinstance(bound, Other):
            minus = "minus " if word == "below" and bound.spread_of else ""
            said.append(
                f"{word} {minus}{f'the spread of {bound.spread_of}' if bound.spread_of else f'that of {bound.value_of}'}"
            )
        elif bound is not None:
            said.append(f"{word} {number(bound, 2, False).removesuffix('.00')}")
    if (between := getattr(test, "between", None)) is not None:
        digits = 0 if all(end == int(end) for end in between) else getattr(test, "decimals", 2)
        said.append(f"between {' and '.join(number(end, digits, False) for end in between)}")
    if (states := getattr(test, "states", None)) is not None:
        said.append(f"stated {number(states, getattr(test, 'decimals', 2))}")
    return ", ".join(said)


def count(several: dict[str, tuple[int, int, int]], published: bool) -> str:
    """10 of 14 (to seed 42); of ours: 1 of 14 for certain, 14 at most."""
    said = []
    for control, (sure, possible, total) in several.items():
        text = f"{sure} of {total}" if published else f"{sure} of {total} for certain, {possible} at most"
        said.append(text + (f" (to {control})" if control else ""))
    return listed(said) if said else "nothing to count"


def places(test: RankTest, answers: Sequence[Answer]) -> str:
    """ld is place 1 of 15 from the highest; of ours: between place 1 and 8."""
    said = []
    for variant in dict.fromkeys(one.question.cell.variant for one in answers):
        mine = [one for one in answers if one.question.cell.variant == variant]
        before, level = (sum(one.outcome == outcome for one in mine) for outcome in ("no", "open"))
        place = f"place {before + 1}" if not level else f"between place {before + 1} and {before + level + 1}"
        text = f"{variant} is {place} of {len(mine) + 1} from the {test.end}"
        names = [one.question.cell.other for one in mine if one.outcome == "no"]
        said.append(text + (f", after {listed(names)}" if names else ""))
    return "; ".join(said) or "nothing to rank"


def correlated(cell: Cell) -> str:
    """+0.80 (+0.45 to +0.95) over 15 variants, p 0.0003; of ours: by seed −0.36, −0.09."""
    if cell.at is None or cell.p is None:
        return cell.lacking
    interval = cell.at(CONFIDENCE)
    p = p_value(cell.p) if cell.p >= 0.001 else f"{cell.p:.1g}"
    text = (
        f"{number(interval.estimate)} ({number(interval.low)} to {number(interval.high)}) over {cell.n} variants, p {p}"
    )
    return text + (f"; by seed {', '.join(number(value) for value in cell.by_seed)}" if cell.seeds else "")


def value(answer: Answer, published: bool, ends: bool = True) -> str:
    """+5.02 (+4.47 to +5.56) to seed 42, leans for; without its `ends` the number alone."""
    one, digits = answer.question.cell, 2 if published else 1
    if one.at is None:
        return one.lacking
    interval, signed = one.at(CONFIDENCE), bool(one.other)
    text = number(100 * interval.estimate, digits, signed)
    if ends and interval.low == interval.low:
        text += f" ({number(100 * interval.low, digits, signed)} to {number(100 * interval.high, digits, signed)})"
    text += f" to {one.alternative}" if one.alternative else ""
    return text + (f", leans {answer.lean}" if answer.lean else "")


def seeds_of(answers: Sequence[Answer]) -> str:
    """seeds 0 and 1."""
    seeds = sorted({seed for one in answers for seed in one.question.cell.seeds})
    return seeds_words(seeds) if seeds else ""

"""What a test found, in full and in brief: the numbers that decide it first, equal ones of several variants together."""

from __future__ import annotations

from collections.abc import Sequence

from workbench.ledger import words
from workbench.ledger.ask import Asking
from workbench.ledger.cell import Answer
from workbench.ledger.judge import agreed
from workbench.ledger.model import CorrelationTest, CountTest, RankTest
from workbench.report.numbers import counted, listed

MOST = 4  # numbers that a brief names
Group = Sequence[Answer]  # of one variant and benchmark, one for each control


def found(asking: Asking, answers: Sequence[Answer], published: bool) -> str:
    """All numbers of a test."""
    joined = _joined(asking, answers, published)
    if joined is not None:
        return joined
    return "; ".join(_said([_phrase(group, published, ends=True) for group in groups(answers)]))


def brief(asking: Asking, answers: Sequence[Answer], published: bool, outcome: str) -> str:
    """What decided a test or keeps it open, and what was asked: numbers that go against it, then open ones; where all hold, those."""
    test = asking.test
    joined = _joined(asking, answers, published)
    if isinstance(test, CountTest):
        return f"{joined} are {words.bounds(test)} on {listed(test.benchmarks)} (asked: {words.amount(test)})"
    if isinstance(test, RankTest):
        over = f"the {test.over} of " if len(test.benchmarks) > 1 else ""
        return f"by {over}{listed(test.benchmarks)} {joined} (asked: {f'among {test.place}' if test.place > 1 else 'first'})"
    if isinstance(test, CorrelationTest):
        return f"{test.x} with {test.y} {joined} (asked: {words.bounds(test)})"
    there = groups(answers)
    shown, sure = [], 0
    for word in ("no", "open", "yes"):
        mine = [group for group in there if _outcome(group) == word]
        if word == "yes" and outcome != "yes":
            sure = len(mine)
            continue
        mark = f"{word}: " if word != outcome and mine else ""
        phrases = _said([_phrase(group, published, ends=word != "yes") for group in mine])
        shown += [mark * (i == 0) + phrase for i, phrase in enumerate(phrases)]
    more = f" and {len(shown) - MOST} more" if len(shown) > MOST else ""
    rest = f"; {sure} of {len(there)} hold" if sure else ""
    less = f"less {test.control}, " if test.control else ""
    return f"{'; '.join(shown[:MOST])}{more} (asked: {less}{words.bounds(test)}{rest})"


def why(asking: Asking, answers: Sequence[Answer], outcome: str) -> str:
    """Why a test is open beyond its numbers: where those of a rank or a count lean, and whether it hangs on the control."""
    if outcome != "open":
        return ""
    said = []
    if isinstance(asking.test, RankTest | CountTest):
        still = [one for one in answers if one.outcome == "open"]
        leans = [f"{count} for it" for count in [sum(one.lean == "for" for one in still)] if count]
        leans += [f"{count} against it" for count in [sum(one.lean == "against" for one in still)] if count]
        said += [f"{counted(len(still), 'comparison')} open, leaning {listed(leans)}"] if leans else []
        said += list(dict.fromkeys(one.question.why for one in still if one.question.why and one.question.cell.at))
    names = {one.question.cell.alternative for one in answers} - {""}
    if len(names) > 1 and any(len({one.outcome for one in group}) > 1 for group in groups(answers)):
        said.append(f"it hangs on which baseline it is held against ({listed(sorted(names))})")
    return "; ".join(said)


def groups(answers: Sequence[Answer]) -> list[Group]:
    """Answers by variant and benchmark: the controls of one cell together."""
    found: dict[tuple[str, str], list[Answer]] = {}
    for one in answers:
        found.setdefault((one.question.cell.variant, one.question.cell.benchmark), []).append(one)
    return list(found.values())


def _joined(asking: Asking, answers: Sequence[Answer], published: bool) -> str | None:
    """The one sentence of a count, a rank or a correlation."""
    if asking.count is not None:
        return words.count(asking.count(answers), published)
    if isinstance(asking.test, RankTest):
        return words.places(asking.test, answers)
    if isinstance(asking.test, CorrelationTest):
        return words.correlated(asking.extra.get("cell") or answers[0].question.cell)
    return None


def _outcome(group: Group) -> str:
    return agreed([one.outcome for one in group])


def _phrase(group: Group, published: bool, ends: bool) -> tuple[str, str]:
    """The variant, and what is said of it: on imagenet100 +1.88 (+0.16 to +3.59) to seed 42 against 3.60 …"""
    question = group[0].question
    said = ", ".join(words.value(one, published, ends or not one.question.cell.other) for one in group)
    text = f"on {question.cell.benchmark} {said}"
    if question.note:
        text += f" against {question.note}"
    elif question.why and question.cell.at is not None and not question.cell.failed:
        text += f", {question.why}"
    return question.cell.variant, text


def _said(phrases: Sequence[tuple[str, str]]) -> list[str]:
    """Variants of which the same is said are named together."""
    names: dict[str, list[str]] = {}
    for variant, text in phrases:
        names.setdefault(text, []).append(variant)
    return [f"{listed(variants)} {text}" for text, variants in names.items()]

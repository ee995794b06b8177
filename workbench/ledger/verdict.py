"""Verdicts: every claim of a file, on the published numbers and on our rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.errors import UnknownName
from workbench.ledger import bearing, found, words
from workbench.ledger.ask import Asking, ask
from workbench.ledger.follow import follows
from workbench.ledger.judge import decide
from workbench.ledger.missing import missing
from workbench.ledger.model import CONFIDENCE, Claim, ClaimsFile, DifferenceTest, IntervalTest, Test
from workbench.ledger.our_rows import OurRows
from workbench.ledger.reading import load_claims
from workbench.ledger.results import (
    CONTRADICTED,
    FAILS,
    HOLDS,
    NOT_ASKED,
    NOT_RUN,
    OPEN,
    SUPPORTED,
    UNDECIDED,
    Result,
    SideVerdict,
    Verdict,
    outcome_of,
    rows_of,
)
from workbench.ledger.sides import Side, chosen
from workbench.ledger.study_rows import StudyRows
from workbench.report.numbers import counted
from workbench.rows import Source
from workbench.variants import VARIANTS

PUBLISHED = {"yes": HOLDS, "no": FAILS, "open": OPEN}
RULES = (
    "Published numbers: a test of a difference, rank or count is decided by the numbers, one of an interval by Newcombe's interval of the "
    "difference over clips (not paired, so on the wide side; Wilson's of a value), one of a correlation by a bootstrap over variants. The study "
    "has one run a variant, and in `mixed` two of the baseline, which is all that it says of seeds; where a test is to both, they have to agree.",
    "Our rows: a number is decided where two intervals agree, one over seeds and clips, paired by seed and clip, and one over seeds alone "
    "(Student's t, from six seeds BCa, at 95 %). One seed decides nothing, nor does a cell that fails an audit. Of a correlation over "
    "variants every single seed has to agree.",
    "Holm: on either side all numbers that decide a claim by an interval share the error of 5 % (on our rows the interval over seeds and clips "
    "does; the one over seeds alone is not corrected). Intervals are shown at 95 %; a number whose 95 % interval says so and which "
    "is not decided leans, and stays open. Sign-flip p is given with its floor, 2/2ⁿ with n seeds, "
    "and decides nothing.",
    "A claim needs all of its tests: one that goes against it is enough for “does not hold” or “contradicted”, one that is open keeps it open.",
    "“At this scale”: small encoders on rendered clips. Our benchmarks stand for the study's; sizes in points do not carry over.",
)
OURS = {"yes": SUPPORTED, "no": CONTRADICTED, "open": UNDECIDED, NOT_RUN: NOT_RUN}


def claims(
    file: str | Path | None = None, ids: Sequence[int | str] | None = None, source: Source = "all"
) -> list[Verdict]:
    """A verdict for each claim of a claims file; by default the 12 of the study (`reports/claims.yaml`).

    `ids`: which of them. `source`: our rows from `checkpoints/` ("runs"), `reports/measured/` ("measured") or both.
    """
    loaded = load_claims(file)
    wanted = _wanted(loaded, ids)
    study, ours = StudyRows(loaded), OurRows(loaded, wanted, source)
    return [_verdict(claim, study, ours) for claim in wanted]


def _wanted(file: ClaimsFile, ids: Sequence[int | str] | None) -> list[Claim]:
    if not ids:
        return list(file.claims)
    by_id = {str(claim.id): claim for claim in file.claims}
    for name in ids:
        if str(name) not in by_id:
            raise UnknownName("claim", name, by_id)
    return [by_id[str(name)] for name in dict.fromkeys(ids)]


def _verdict(claim: Claim, study: StudyRows, ours: OurRows) -> Verdict:
    published = _on_published(claim, study)
    again = _tested([copy for test in claim.controlled if (copy := _as_published(ours, test))], ours)
    pieces = tuple(bearing.evidence(piece, _resolved(ours, piece.variants), ours) for piece in claim.evidence)
    controlled = _on_ours(claim, ours, pieces)
    released = [row for row in rows_of(again) if row["reading"] == "as_published"]
    sides = {
        bearing.PUBLISHED: (rows_of(published.tests), published.marks),
        bearing.OURS: (rows_of(controlled.tests), controlled.marks),
        bearing.AGAIN: (released, _marks(again)),
    }
    audits = bearing.audits(claim, sides)
    return Verdict(
        id=claim.id,
        claim=claim.claim,
        about=tuple(claim.about),
        rule=claim.rule,
        not_in_numbers=claim.not_in_numbers,
        published=published,
        controlled=controlled,
        as_published=again,
        audits=audits,
        evidence=pieces,
        follows=follows(published, controlled, again, _resolved(ours, claim.about)),
        stands_for=_stands_for(claim, ours.file),
    )


def _on_published(claim: Claim, study: StudyRows) -> SideVerdict:
    tests = _tested(claim.published, study)
    if not any(one.decides for one in tests) and not claim.not_in_numbers:
        return SideVerdict(NOT_ASKED, "", tests)
    outcome = outcome_of(tests) if tests else "open"
    verdict = PUBLISHED[outcome]
    if claim.not_in_numbers and verdict == HOLDS:
        verdict = OPEN
    held = f"Not in the numbers: {claim.not_in_numbers}" if claim.not_in_numbers and verdict == OPEN else ""
    return SideVerdict(verdict, _why(tests, held), tests, _marks(tests))


def _on_ours(claim: Claim, ours: OurRows, pieces: Sequence[dict[str, Any]]) -> SideVerdict:
    tests = _tested(claim.controlled, ours)
    lacking = tuple(missing(ours, claim.controlled))
    if not any(one.decides for one in tests):
        if not pieces:
            return SideVerdict(NOT_ASKED, "", tests, _marks(tests), lacking)
        said = "; ".join(piece["found"] for piece in pieces)
        commands = tuple({"runs": [], "command": piece["command"]} for piece in pieces if "command" in piece)
        return SideVerdict(
            UNDECIDED, f"No test over rows decides it. Bearing on it: {said}", tests, (), (*lacking, *commands)
        )
    marks = (*_marks(tests), *ours.notes(claim.controlled))
    return SideVerdict(OURS[outcome_of(tests)], _why(tests, ""), tests, marks, lacking)


def _tested(tests: Sequence[Test], rows: Side) -> tuple[Result, ...]:
    """Tests with their outcomes. Those that decide share Holm's correction; the others are taken one by one."""
    askings = [ask(rows, test) for test in tests]
    confidence = CONFIDENCE
    deciding = [one for one in askings if one.test.decides]
    shared = decide([question for one in deciding for question in one.questions], confidence)
    results, start = [], 0
    for asking in askings:
        if asking.test.decides:
            answers = [shared[i] for i in range(start, start + len(asking.questions))]
            start += len(asking.questions)
        else:
            alone = decide(asking.questions, confidence)
            answers = [alone[i] for i in range(len(asking.questions))]
        results.append(_one(asking, answers, rows))
    return tuple(results)


def _one(asking: Asking, answers: list[Any], rows: Side) -> Result:
    test, outcome = asking.test, str(asking.combine(answers))
    cells = [one.question.cell for one in answers] or [cell for key, cell in asking.extra.items() if key == "cell"]
    if not rows.published and cells and all(cell.lacking == "not run" for cell in cells):
        outcome = NOT_RUN
    extra = {key: value for key, value in asking.extra.items() if key not in ("cell", "ours")}
    if asking.count is not None:
        names = ("holds", "may_hold", "of")
        extra["count"] = [
            {"control_is": name, **dict(zip(names, numbers, strict=True))}
            for name, numbers in asking.count(answers).items()
        ]
    return Result(
        operator=test.operator,
        asks=words.asks(rows, test),
        outcome=outcome,
        found=found.found(asking, answers, rows.published),
        brief=found.brief(asking, answers, rows.published, outcome),
        why=found.why(asking, answers, outcome),
        decides=test.decides,
        states=getattr(test, "states", None),
        as_stated=asking.stated,
        answers=tuple(answers),
        test=test,
        extra=extra,
    )


def _why(tests: Sequence[Result], held: str) -> str:
    """What decided a side, or keeps it open: tests that go against it, then open ones; where all hold, what they found."""
    deciding = [one for one in tests if one.decides]
    unlike = [one for outcome in ("no", "open", NOT_RUN) for one in deciding if one.outcome == outcome]
    said = [f"{one.outcome.capitalize()}: {'; '.join(filter(None, (one.brief, one.why)))}" for one in unlike]
    if deciding and not unlike:
        all_of = f"All {len(deciding)} tests hold" if len(deciding) > 1 else "The test holds"
        said = [f"{all_of}: {'; '.join(one.brief for one in deciding)}"]
    elif hold := len(deciding) - len(unlike):
        said.append(f"{hold} of {counted(len(deciding), 'test')} {'holds' if hold == 1 else 'hold'}")
    return ". ".join([held] * bool(held) + said) + "." * bool(held or said)


def _marks(tests: Sequence[Result]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mark for test in tests for one in test.answers for mark in one.question.cell.marks))


def _as_published(ours: OurRows, test: Test) -> Test | None:
    """The same test over those of its variants that have a reading as published; it decides nothing."""
    if not isinstance(test, DifferenceTest | IntervalTest) or test.reading == "as_published":
        return None
    names = [name for name in chosen(ours, test, test.variants) if "as_published" in VARIANTS[name].readings]
    return test.model_copy(update={"variants": names, "reading": "as_published", "decides": False}) if names else None


def _resolved(rows: Side, names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(variant for name in names for variant in rows.file.families.get(name, [name])))


def _stands_for(claim: Claim, file: ClaimsFile) -> dict[str, list[str]]:
    """Of the claim's own benchmarks: which of the study's each of ours stands for."""
    theirs = {name for test in claim.published for name in test.benchmarks}
    ours = {name for test in claim.controlled for name in test.benchmarks}
    pairs = file.stands_for.benchmarks.items()
    return {mine: [name for name, stand in pairs if stand == mine and name in theirs] for mine in sorted(ours)}

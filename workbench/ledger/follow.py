"""What follows from the two verdicts and the audits: texts by combination, none of them about a claim of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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
)
from workbench.ledger.study_rows import faults
from workbench.report.numbers import counted, listed

FOLLOWS: dict[tuple[str, str], str] = {
    (HOLDS, SUPPORTED): "The published numbers say it, and the controlled comparison bears it out at this scale.",
    (
        HOLDS,
        CONTRADICTED,
    ): "The published numbers say it, the controlled comparison at this scale does not: do not build on it "
    "before it is repeated at the study's scale against a matched control.",
    (HOLDS, UNDECIDED): "The published numbers say it; the controlled comparison cannot tell yet.",
    (HOLDS, NOT_RUN): "The published numbers say it; no controlled comparison has been run.",
    (
        FAILS,
        SUPPORTED,
    ): "The published numbers do not bear the claim out as it is put, though the controlled comparison at this scale does: "
    "cite the latter, not the former.",
    (
        FAILS,
        CONTRADICTED,
    ): "Neither the published numbers nor the controlled comparison bear it out: do not rely on it as it is put.",
    (
        FAILS,
        UNDECIDED,
    ): "The published numbers do not bear the claim out as it is put; the controlled comparison cannot tell yet.",
    (
        FAILS,
        NOT_RUN,
    ): "The published numbers do not bear the claim out as it is put; no controlled comparison has been run.",
    (OPEN, SUPPORTED): "The published numbers cannot decide it; the controlled comparison bears it out at this scale.",
    (
        OPEN,
        CONTRADICTED,
    ): "The published numbers cannot decide it, and the controlled comparison at this scale speaks against it.",
    (OPEN, UNDECIDED): "Neither the published numbers nor the controlled comparison decide it: it is an open question.",
    (OPEN, NOT_RUN): "The published numbers cannot decide it, and no controlled comparison has been run.",
    (OPEN, NOT_ASKED): "The published numbers cannot decide it, and no controlled test is given.",
    (HOLDS, NOT_ASKED): "The published numbers say it; no controlled test is given.",
    (FAILS, NOT_ASKED): "The published numbers do not bear the claim out as it is put; no controlled test is given.",
    (NOT_ASKED, SUPPORTED): "The controlled comparison bears it out at this scale.",
    (NOT_ASKED, CONTRADICTED): "The controlled comparison at this scale speaks against it.",
    (NOT_ASKED, UNDECIDED): "The controlled comparison cannot tell yet.",
    (NOT_ASKED, NOT_RUN): "Nothing has been run that bears on it.",
}


def follows(
    published: SideVerdict, controlled: SideVerdict, as_published: Sequence[Result], about: Sequence[str]
) -> str:
    """What to make of a claim: the sentence of the two verdicts, then what audits take away from either side."""
    said = [FOLLOWS[published.verdict, controlled.verdict]]
    if published.verdict == HOLDS and published.marks:
        unequal = dict.fromkeys(mark.partition(":")[0] for mark in published.marks)
        said.append(f"Unequal in the published comparison: {listed(unequal)}.")
    for fault, variants in faults(_rows(published.tests)).items():
        its_own = [name for name in variants if name in about]
        if its_own:
            said.append(f"The published rows of {listed(its_own)} cannot speak for the objective as described. {fault}")
        else:
            said.append(
                f"Among the others, the published rows of {listed(variants)} are not of the objective as described."
            )
    if failing := _failing(controlled.tests):
        fail = "fails an audit and decides" if len(failing) == 1 else "fail audits and decide"
        said.append(f"{counted(len(failing), 'number')} of our own {fail} nothing ({_audits(failing)}).")
    if again := _failing(as_published):
        said.append(f"Repeated as published, our own runs fail the audit as well ({_audits(again)}).")
    return " ".join(said)


def _rows(tests: Sequence[Result]) -> list[dict[str, Any]]:
    return [row for test in tests for one in test.answers for row in one.question.cell.rows]


def _failing(tests: Sequence[Result]) -> list[tuple[str, ...]]:
    return [one.question.cell.failed for test in tests for one in test.answers if one.question.cell.failed]


def _audits(failing: Sequence[tuple[str, ...]]) -> str:
    """movement of teacher, gradient of ld."""
    parts = [part.strip() for marks in failing for mark in marks for part in mark.partition("failed:")[2].split(";")]
    return ", ".join(dict.fromkeys(part for part in parts if part))

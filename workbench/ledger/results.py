"""What the ledger says: results of tests, of the two sides of a claim, and the verdict on it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from workbench.ledger.cell import Answer, Outcome
from workbench.ledger.model import CONFIDENCE, Test

HOLDS, FAILS, OPEN = "holds", "does not hold", "cannot be decided"
SUPPORTED, CONTRADICTED, UNDECIDED, NOT_RUN = "supported", "contradicted", "undecided", "not run"
NOT_ASKED = "not asked"


@dataclass(frozen=True)
class Result:
    """One test with its outcome: "yes", "no", "open" or "not run". `found` says the numbers, `asks` what they had to be, `brief` both in short."""

    operator: str
    asks: str
    outcome: str
    found: str
    brief: str
    why: str
    decides: bool
    states: float | None
    as_stated: bool | None
    answers: tuple[Answer, ...] = field(repr=False)
    test: Test = field(repr=False)
    extra: dict[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """For programs: every number, and the rows behind it."""
        kept = {
            key: getattr(self, key)
            for key in ("operator", "asks", "outcome", "found", "why", "decides", "states", "as_stated")
        }
        return kept | {
            "selection": self.test.model_dump(exclude_none=True),
            "cells": [_cell(answer) for answer in self.answers],
            **self.extra,
        }


@dataclass(frozen=True)
class SideVerdict:
    """The verdict of one side, why, and the tests behind it. `missing`: runs without rows and the commands that make them."""

    verdict: str
    why: str
    tests: tuple[Result, ...]
    marks: tuple[str, ...] = ()
    missing: tuple[dict[str, Any], ...] = ()

    @property
    def figures(self) -> str:
        """Whether the numbers that the study states are those computed from its rows; "" where none is stated."""
        stated = [one.as_stated for one in self.tests if one.as_stated is not None]
        return "" if not stated else "as stated" if all(stated) else "not as stated"

    def plain(self) -> dict[str, Any]:
        """For programs."""
        return {
            "verdict": self.verdict,
            "figures": self.figures,
            "why": self.why,
            "marks": list(self.marks),
            "not_run": list(self.missing),
            "tests": [one.plain() for one in self.tests],
        }


@dataclass(frozen=True)
class Verdict:
    """What is to be made of one claim."""

    id: int | str
    claim: str
    about: tuple[str, ...]
    rule: str
    not_in_numbers: str
    published: SideVerdict
    controlled: SideVerdict
    as_published: tuple[Result, ...]
    audits: tuple[dict[str, Any], ...]
    evidence: tuple[dict[str, Any], ...]
    follows: str
    stands_for: dict[str, list[str]]

    def plain(self) -> dict[str, Any]:
        """For programs."""
        kept = {
            key: getattr(self, key)
            for key in ("id", "claim", "about", "rule", "not_in_numbers", "follows", "stands_for")
        }
        return kept | {
            "published": self.published.plain(),
            "controlled": self.controlled.plain(),
            "as_published": [one.plain() for one in self.as_published],
            "audits": list(self.audits),
            "evidence": list(self.evidence),
        }


def rows_of(tests: Sequence[Result]) -> list[dict[str, Any]]:
    """All rows that tests used, each once."""
    rows = [row for test in tests for one in test.answers for row in one.question.cell.rows]
    return list({tuple(row.items()): row for row in rows}.values())


def outcome_of(tests: Sequence[Result]) -> Outcome | str:
    """The tests that decide, taken together."""
    from workbench.ledger.judge import together

    outcomes = [one.outcome for one in tests if one.decides]
    if outcomes and all(one == NOT_RUN for one in outcomes):
        return NOT_RUN
    return together(["open" if one == NOT_RUN else one for one in outcomes])  # type: ignore[misc]


def _cell(answer: Answer) -> dict[str, Any]:
    """One question with its numbers, unrounded."""
    cell = answer.question.cell
    found = None if cell.at is None else cell.at(CONFIDENCE)
    decided = None if cell.at is None or answer.question.by_number else cell.at(answer.confidence)
    over = cell.over_seeds
    return {
        "cell": cell.name,
        "variant": cell.variant,
        "control": cell.other,
        "control_is": cell.alternative,
        "benchmark": cell.benchmark,
        "probe": cell.probe,
        "number": None if found is None else found.estimate,
        "low": None if found is None else found.low,
        "high": None if found is None else found.high,
        "interval": "" if found is None or math.isnan(found.low) else found.method,
        "outcome": answer.outcome,
        "leans": answer.lean,
        "held_open": answer.question.why,
        "held_against": answer.question.note,
        "decided_by": "number" if answer.question.by_number else "interval",
        "decided_at": None
        if decided is None
        else {"confidence": answer.confidence, "low": decided.low, "high": decided.high},
        "over_seeds": None if over is None else asdict(over),
        "seeds": list(cell.seeds),
        "by_seed": list(cell.by_seed),
        "n": cell.n,
        "p": cell.p,
        "p_holm": answer.p_holm,
        "p_floor": cell.p_floor,
        "p_test": cell.p_test,
        "marks": list(cell.marks),
        "failed_audits": list(cell.failed),
        "rows": list(cell.rows),
    }

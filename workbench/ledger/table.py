"""The ledger as a table for a report, and the lines that the command prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.ledger import missing
from workbench.ledger.results import CONTRADICTED, FAILS, HOLDS, NOT_RUN, SUPPORTED, Result, SideVerdict, Verdict
from workbench.ledger.words import seeds_of
from workbench.report.numbers import listed
from workbench.report.table import Cell, Column, Table

LOOKS = {HOLDS: "above", SUPPORTED: "above", FAILS: "below", CONTRADICTED: "below", NOT_RUN: "missing"}
TITLES = ("claim", "published numbers", "our rows", "what follows")


def claims_table(verdicts: Sequence[Verdict]) -> Table:
    """One line a claim: both verdicts with their reasons, and what follows. `frame` has one line for each test and cell of either side.

    For records with everything: `[one.plain() for one in verdicts]`.
    """
    from workbench.ledger.verdict import RULES

    columns = [Column(title, number=False) for title in TITLES]
    rows = []
    for one in verdicts:
        published, ours = one.published, one.controlled
        rows.append(
            [
                Cell(f"{one.id}. {one.claim}", one.rule),
                Cell(_headed(published), published.why, published.marks, LOOKS.get(published.verdict, "level")),
                Cell(_headed(ours) + _over(ours), _ours(one), ours.marks, LOOKS.get(ours.verdict, "level")),
                Cell(one.follows),
            ]
        )
    notes = [*RULES, *(f"Not run: `{command}`" for command in commands(verdicts))]
    return Table("claims", "Claims", columns, rows, pd.DataFrame(claims_records(verdicts)), notes)


def claims_records(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Flat records, one for each question of each test: the claim, both verdicts, the test, and the cell's numbers unrounded."""
    found = []
    for one in verdicts:
        head = {"id": one.id, "published": one.published.verdict, "controlled": one.controlled.verdict}
        sides = (("published", one.published.tests), ("ours", one.controlled.tests), ("as published", one.as_published))
        for side, tests in sides:
            for i, test in enumerate(tests):
                plain = test.plain()
                about = {
                    "side": side,
                    "test": i,
                    **{key: plain[key] for key in ("operator", "asks", "outcome", "decides")},
                }
                cells = plain["cells"] or [{}]
                found += [
                    head | about | {f"cell_{key}": value for key, value in cell.items()} for cell in map(_flat, cells)
                ]
        if not any(tests for _, tests in sides):
            found.append(head)
    return found


def commands(verdicts: Sequence[Verdict]) -> list[str]:
    """What would run what is missing, sweeps of the same regime joined."""
    return missing.commands(piece for one in verdicts for piece in one.controlled.missing)


def summary_lines(verdicts: Sequence[Verdict]) -> list[dict[str, str]]:
    """One dictionary a claim, keyed as the table's columns."""
    return [
        {
            "claim": f"{one.id}. {one.claim}",
            "published numbers": _joined(one.published),
            "our rows": f"{_headed(one.controlled).upper()}{_over(one.controlled)}. {_ours(one)}".strip(),
            "what follows": one.follows,
        }
        for one in verdicts
    ]


def lines_of_tests(one: Verdict) -> list[dict[str, str]]:
    """One dictionary a test of a claim: side, what is asked, outcome, what was found."""
    sides = (
        ("published", one.published.tests),
        ("ours", one.controlled.tests),
        ("as published, ours", one.as_published),
    )
    return [
        {
            "rows": side + ("" if test.decides or side == "as published, ours" else " (beside it)"),
            "asked": test.asks,
            "outcome": test.outcome,
            "found": "; ".join(filter(None, (test.found, test.why, _seeds(side, test)))),
        }
        for side, tests in sides
        for test in tests
    ]


def _seeds(side: str, test: Result) -> str:
    clips = sorted({one.question.cell.n for one in test.answers if one.question.cell.n})
    if side == "published" or test.operator == "correlation" or not clips:
        return ""
    return f"{seeds_of(test.answers)}, {', '.join(map(str, clips))} clips"


def _headed(side: SideVerdict) -> str:
    return f"{side.verdict} (figures {side.figures})" if side.figures else side.verdict


def _ours(one: Verdict) -> str:
    """Why our rows say what they say; beside it the same numbers of the reading as published, which decide nothing."""
    again = [test.brief for test in one.as_published if test.outcome != NOT_RUN]
    failed = any(answer.question.cell.failed for test in one.as_published for answer in test.answers)
    said = f"As published ({'an audit fails, so it ' * failed}decides nothing): {'; '.join(again)}." if again else ""
    return f"{one.controlled.why} {said}".strip()


def _over(side: SideVerdict) -> str:
    """Seeds and test clips behind the tests that decide."""
    answers = [answer for test in side.tests if test.decides for answer in test.answers]
    clips = sorted(
        {one.question.cell.n for test in side.tests if test.operator != "correlation" for one in test.answers} - {0}
    )
    said = ", ".join(filter(None, (seeds_of(answers), f"{listed(clips)} clips" if clips else "")))
    return f" ({said})" if said else ""


def _joined(side: SideVerdict) -> str:
    return f"{_headed(side).upper()}. {side.why}".strip()


def _flat(cell: dict[str, Any]) -> dict[str, Any]:
    """A cell of one line: lists as text, rows as the names of their runs."""
    plain = {key: value for key, value in cell.items() if key not in ("rows", "decided_at", "over_seeds")}
    for key, value in plain.items():
        if isinstance(value, list):
            plain[key] = "; ".join(map(str, value))
    for key in ("decided_at", "over_seeds"):
        for end in ("low", "high", "confidence"):
            plain[f"{key}_{end}"] = (cell.get(key) or {}).get(end)
    if "rows" in cell:
        plain["runs"] = "; ".join(dict.fromkeys(row["run"] for row in cell["rows"]))
    return plain

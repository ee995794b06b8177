"""docs/bad_input.md, from the cases."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path

from tests.bad_input.case import Case
from tests.bad_input.cases import CASES
from tests.bad_input.run import ROOT, Outcome, outcome

PAGE = Path(ROOT) / "docs" / "bad_input.md"
LINES, MOST = 3, 420  # of a message in the table
HEAD = """# What is said of broken input

Every kind of broken input that is known, what a person sees, and the exit status. Each of the {count} cases is done by
`tests/bad_input` through the entry point of `workbench`, in a home folder of its own (`HOME`, with the finished runs
`baseline-smoke-s0` and `random-smoke-s0`), and this page holds what was printed. The tests also hold that no case ends in a
traceback and that none leaves a half-written file or changes another one. Exit status 1: a mistake in the input or the
environment; 2: in the options; 130: Ctrl-C; 0: the mistake is in what is listed, and the command does its work. Here ⏎ stands
for a new line, and messages of more than {lines} lines or {most} characters are cut (…).

A new case is an entry in `tests/bad_input/cases_*.py`; `python -m tests.bad_input` writes this page.
"""


def document() -> str:
    """The page."""
    parts = [HEAD.format(count=len(CASES), lines=LINES, most=MOST)]
    for kind, group in groupby(CASES, key=lambda case: case.kind):
        parts.append(f"\n## {kind}\n\n| input | what the person sees | exit status |\n|---|---|---|\n")
        parts += [f"| {_input(case)} | {_cell(shown(case, outcome(case)))} | {_status(case)} |\n" for case in group]
    return "".join(parts)


def shown(case: Case, found: Outcome) -> str:
    """The first lines of the message; of a table that a command printed, the line that names the mistake."""
    lines = found.said.splitlines()
    if case.status == 0:
        lines = [" ".join(line.replace("│", " ").split()) for line in lines if re.search(case.said, line)]
    lines = [line for line in lines if not line.startswith(("Usage: ", "Try '")) and line != "Error"]
    text = " ⏎ ".join(line.strip() for line in lines[:LINES])
    cut = len(lines) > LINES or len(text) > MOST
    return text[:MOST].rstrip() + " …" * cut


def _input(case: Case) -> str:
    what = case.what.replace("|", "\\|")
    return f"{what}: `{case.shown}`" if what else f"`{case.shown}`"


def _cell(text: str) -> str:
    for old, new in (
        ("&", "&amp;"),
        ("<", "&lt;"),
        (">", "&gt;"),
        ("|", "\\|"),
        ("*", "\\*"),
        ("_", "\\_"),
        ("`", "\\`"),
    ):
        text = text.replace(old, new)
    return text


def _status(case: Case) -> str:
    return "in the notebook" if case.status is None else str(case.status)

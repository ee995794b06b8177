"""Every broken input: what is said, the exit status, and what is left behind."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import PurePath

import pytest

from tests.bad_input.case import Case
from tests.bad_input.cases import CASES
from tests.bad_input.document import PAGE, document
from tests.bad_input.run import outcome

NAMES = [f"{case.kind}: {case.what} {case.shown}".replace("::", ":") for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_it_says_what_is_wrong_and_leaves_nothing_half_done(case: Case) -> None:
    found = outcome(case)
    assert "Traceback" not in found.said, found.said
    assert found.status == case.status, found.said
    assert re.search(case.said, found.said, re.DOTALL), found.said
    if case.status == 1:
        assert found.said.startswith("Error: ") and "<unicode string>" not in found.said
    for path in found.changed:
        assert any(fnmatch(path, pattern) for pattern in case.leaves), path
        name = PurePath(path).name
        assert not name.startswith(".") or name.endswith("lock"), f"{path} has a temporary name"


def test_there_are_cases_of_every_area_and_no_two_are_alike() -> None:
    assert len(set(NAMES)) == len(NAMES) >= 45


def test_the_page_holds_what_is_printed() -> None:
    """`python -m tests.bad_input` writes it. Words of other libraries (pyarrow, pydantic, typer) may differ in another version of theirs."""
    there, now = (page.splitlines() for page in (PAGE.read_text(encoding="utf-8"), document()))
    assert [edges(line) for line in there] == [edges(line) for line in now]
    differ = [(old, new) for old, new in zip(there, now, strict=True) if old != new]
    assert len(differ) <= len(CASES) // 10, differ


def edges(line: str) -> tuple[str, ...]:
    """A line of the page without what is said: of a table the input and the exit status."""
    cells = re.split(r"(?<!\\)\|", line)
    return (line,) if len(cells) != 5 else (cells[1], cells[3])

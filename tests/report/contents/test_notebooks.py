"""Every report notebook on the rows that the repository holds: all its cells, two of them through papermill, none with torch."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from workbench.report.contents import CLASSES, contents
from workbench.report.execute import report
from workbench.report.figures import Chart
from workbench.report.parameters import REPORTS
from workbench.report.prose import Prose
from workbench.report.table import Table

ROOT = Path(__file__).resolve().parents[3]
NAMES = [name for name in REPORTS if name != "main"]
SMALL = {
    "seeds": [0],
    "variants": ["random", "baseline", "motion_guided"],
}  # one seed of few arms; the whole tables are made by hand


@pytest.fixture
def repository(home: Path) -> Path:
    """A home folder with the repository's kept tables and no run."""
    (home / "reports").mkdir()
    (home / "reports" / "measured").symlink_to(ROOT / "reports" / "measured")
    return home


def cells(name: str) -> list[str]:
    """The methods that a notebook's cells show, in order."""
    return re.findall(r"^report\.(\w+)\(\)$", REPORTS[name].notebook.with_suffix(".py").read_text(), re.MULTILINE)


def test_every_report_has_contents() -> None:
    assert list(CLASSES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_of_a_notebook_shows_something_of_the_repositorys_rows(name: str, repository: Path) -> None:
    fields = REPORTS[name].parameters.model_fields
    few = SMALL if name in ("ucf101", "mixed", "trade_off") else {"seeds": [0]}
    found = contents(name, **{key: value for key, value in few.items() if key in fields})
    tables: list[str] = []
    for cell in cells(name):
        shown: Any = getattr(found, cell)()
        assert isinstance(shown, Table | Prose | Chart)
        if isinstance(shown, Table):
            assert shown.rows and len(shown.frame) and shown.html() and shown.markdown() and shown.csv()
            assert all(len(row) in (1, len(shown.columns)) for row in shown.rows)
            tables.append(shown.name)
        if isinstance(shown, Chart):
            assert list(shown.outputs())
    assert len(set(tables)) == len(tables)
    assert found.summary().text and found.made_by().text.startswith(f"- Command: `workbench report {name}")
    if name not in ("retrieval", "robustness", "words"):
        assert tables[-1] != "missing"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["gates", "words"])
def test_a_notebook_becomes_a_page(name: str, repository: Path) -> None:
    result = report(name, progress=False)
    html = result.html.read_text()
    assert result.summary and f"<h1>{REPORTS[name].title}" in re.sub(r"<h1[^>]*>", "<h1>", html)
    assert ("all 49 gates hold" if name == "gates" else "Words bought and lost") in html


@pytest.mark.slow
def test_no_report_needs_torch(repository: Path) -> None:
    code = """
import sys
from workbench.report.contents import contents
for name in ("synthetic_motion", "retrieval", "quality", "cost", "gates"):
    report = contents(name)
    report.summary(), report.missing(), report.made_by()
contents("trade_off", seeds=[0]).figure(), contents("kinematic", seeds=[0], benchmarks=["motion48"]).chart()
assert "torch" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

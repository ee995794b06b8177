"""`workbench report` as a person types it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.report.tiny import add_report, write_numbers
from workbench.report.parameters import REPORTS

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tiny(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two small reports and no other, one of which fails."""
    monkeypatch.setattr(REPORTS, "_entries", {})
    write_numbers()
    add_report(monkeypatch, "one")
    add_report(monkeypatch, "two", "raise ValueError('no such thing')")
    yield home / "reports"


def test_help_ends_with_every_report_and_its_parameters(run: Run) -> None:
    status, out, _ = run("report", "--help")
    assert status == 0
    assert "main: Main results" in out and "seeds (list of whole numbers) = [0,1,2]: seeds of the runs" in out


def test_parameters_are_listed_and_nothing_is_made(run: Run, home: Path) -> None:
    status, out, _ = run("report", "main", "--list-parameters", "--json")
    rows = {row["parameter"]: row for row in json.loads(out)}
    assert status == 0 and rows["confidence"]["type"] == "number" and rows["confidence"]["default"] == "0.95"
    assert not (home / "reports" / "main").exists()
    status, out, _ = run("report", "all", "--list-parameters")
    assert status == 0 and "confidence" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("main", "-p", "variants=[]"), "variants: List should have at least 1 item"),
        (("main", "--params", "gone.yaml"), "gone.yaml cannot be read"),
        (("main", "--verify"), "There is no former report 'main'"),
        (("all", "-p", "sedes=[0]"), "No report has a parameter 'sedes'"),
    ],
)
def test_a_mistake_is_said_without_a_traceback(run: Run, words: tuple[str, ...], message: str) -> None:
    status, _, err = run("report", *words)
    assert status == 1 and err.startswith("Error: ") and message in err and "Traceback" not in err


@pytest.mark.slow
def test_all_makes_what_it_can_then_the_site_and_ends_with_status_1_where_one_failed(run: Run, tiny: Path) -> None:
    status, out, err = run("report", "all", "-p", "times=2", "--json")
    said = json.loads(out)
    assert status == 1 and list(said["reports"]) == ["one"] and list(said["failed"]) == ["two"]
    assert "ValueError: no such thing" in err and str(tiny / "failed" / "two.ipynb") in err
    assert Path(said["site"]) == tiny / "site" / "index.html"
    assert "ValueError: no such thing" in Path(said["site"]).read_text()
    assert json.loads((tiny / "one" / "report.json").read_text())["parameters"]["times"] == 2.0

    status, out, _ = run("report", "one", "-p", "times=2")
    assert status == 0 and "3 numbers." in out and "Unchanged since it was made" in out
    status, out, _ = run("report", "one", "--verify")
    assert status == 0 and "one: 6 records of 1 tables compared.\nEvery number is the same." in out
    csv = tiny / "one" / "small.csv"
    csv.write_text(csv.read_text().replace("1.5", "1.6"))
    status, out, _ = run("report", "one", "--verify")
    assert status == 1 and "number: small (small.csv), variant ld, accuracy: was 1.6, the rows give 1.5" in out


@pytest.mark.slow
def test_a_second_call_loads_nothing_heavy(run: Run, tiny: Path) -> None:
    """It says within a second or two that nothing has changed."""
    assert run("report", "one", "--json")[0] == 0
    script = (
        "import sys\n"
        "from tests.report.tiny import TinyParameters\n"
        "from workbench.report.execute import reports\n"
        "from workbench.report.parameters import REPORTS, Report\n"
        "from pathlib import Path\n"
        f"REPORTS.add('one', Report('Report one', Path({str(REPORTS['one'].notebook)!r}), TinyParameters))\n"
        "heavy = ('torch', 'papermill', 'nbconvert', 'plotly', 'scipy')\n"
        "before = {m for m in heavy if m in sys.modules}\n"
        "made = reports({'one': TinyParameters()})\n"
        "print(made.results['one'].unchanged, [m for m in heavy if m in sys.modules and m not in before])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True []"

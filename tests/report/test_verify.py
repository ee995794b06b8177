"""Verifying a report: a changed number is found and named, in the files and in the rows; changed words are told apart."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.report.tiny import TinyParameters, add_report, write_numbers
from workbench.errors import WorkbenchError
from workbench.report.execute import report
from workbench.report.verify import verify

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with a tiny report that was made. Read only."""
    folder = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(folder))
        write_numbers()
        add_report(patch, "one")
        report("one", progress=False)
    return folder


@pytest.fixture
def folder(made: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the report."""
    shutil.copytree(made, home, dirs_exist_ok=True)
    add_report(monkeypatch, "one")
    return home / "reports" / "one"


def test_a_report_of_todays_rows_holds_and_nothing_is_written(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.parent.rglob("*")}
    found = verify("one", progress=False)
    assert found.holds and found.changes == () and found.tables == ("small",) and found.records == 2 * 3
    assert {path: path.stat().st_mtime_ns for path in folder.parent.rglob("*")} == before


def test_a_number_changed_on_disk_is_named(folder: Path) -> None:
    csv = folder / "small.csv"
    csv.write_text(csv.read_text().replace("ld,0.75", "ld,0.57"))
    table = pd.read_parquet(folder / "small.parquet")
    table.assign(words="other").to_parquet(folder / "small.parquet")
    found = verify("one", progress=False)
    numbers = [change for change in found.changes if change.number]
    assert not found.holds
    assert [str(one) for one in numbers] == ["small (small.csv), variant ld, accuracy: was 0.57, the rows give 0.75"]
    words = [change for change in found.changes if not change.number]
    assert {(one.file, one.column, one.old, one.new) for one in words} == {("small.parquet", "words", "other", "none")}
    assert found.plain()["holds"] is False


def test_rows_that_have_changed_since_are_a_change_of_numbers(folder: Path) -> None:
    write_numbers(baseline=0.6)
    found = verify("one", progress=False)
    assert {(one.file, one.row, one.old, one.new) for one in found.changes} == {
        ("small.csv", "variant baseline", "0.5", "0.6"),
        ("small.parquet", "variant baseline", "0.5", "0.6"),
    }


def test_where_there_is_nothing_to_compare_with_it_says_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_report(monkeypatch, "one")
    with pytest.raises(WorkbenchError, match=r"no former report 'one' in .* Make it with `workbench report one`"):
        verify("one", progress=False)


def test_other_parameters_and_broken_files_are_refused(folder: Path) -> None:
    with pytest.raises(WorkbenchError, match="was made with other parameters: `workbench report one`"):
        verify("one", TinyParameters(times=2.0), progress=False)
    (folder / "small.parquet").write_bytes(b"no parquet")
    with pytest.raises(WorkbenchError, match=r"small\.parquet cannot be read .*--force"):
        verify("one", progress=False)

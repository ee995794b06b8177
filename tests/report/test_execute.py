"""Executing reports: what is written, what is not made twice, and that a failure leaves all else whole."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import pandas as pd
import papermill
import pytest
import yaml

import workbench as wb
from tests.made_up import make_run, make_study
from tests.report.tiny import TinyParameters, add_report, write_numbers
from workbench.errors import UnknownName, WorkbenchError
from workbench.report import execute
from workbench.report.execute import report, reports, unchanged
from workbench.report.notebook import Job, missing_runs, this_interpreter
from workbench.report.origin import Inputs
from workbench.report.parameters import NOTEBOOKS, REPORTS, MainParameters, Report

SMOKE: dict[str, Any] = {"preset": "smoke", "seeds": [0], "variants": ["random", "baseline"]}


@pytest.fixture
def former(home: Path) -> Path:
    """Reports made earlier."""
    folder = home / "reports"
    for name in ("main", "one"):
        (folder / name).mkdir(parents=True)
        (folder / name / f"{name}.html").write_text("the former report")
    return folder


def intact(folder: Path) -> bool:
    """Whether a former report is there as it was, and nothing half-made beside it."""
    beside = [path for path in folder.parent.iterdir() if path.name.startswith(".")]
    return [path.name for path in folder.iterdir()] == [f"{folder.name}.html"] and not beside


@pytest.mark.slow
def test_a_report_from_rows_is_written_whole(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Another kernel of the same name comes first on Jupyter's path and must not be taken.
    kernel = home / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    spec = {"argv": ["/bin/false", "{connection_file}"], "display_name": "Wrong", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(home / "jupyter"))

    make_study({"random": 0.1, "baseline": 0.4})
    result = wb.report("main", SMOKE | {"variants": ["random", "baseline", "ld"]}, progress=False)
    assert result.folder == home / "reports" / "main" and not result.unchanged
    files = {path.name for path in result.folder.iterdir()}
    tables = ("accuracy", "criterion", "differences", "missing", "runs")
    endings = ("csv", "parquet", "md", "tex")
    assert files == {"report.json", "main.html", "main.ipynb"} | {f"{name}.{end}" for name in tables for end in endings}
    assert set(result.tables) == set(tables) and all(
        path.is_file() for paths in result.tables.values() for path in paths
    )
    assert [run.run for run in result.missing] == ["ld-smoke-s0"]
    assert "2 of 3 runs asked for have all results" in result.summary
    html = result.html.read_text()
    assert "workbench train ld --preset smoke --seed 0" in html and "MainReport" not in html and "<h1" in html
    notebook = nbformat.read(result.notebook, as_version=4)
    nbformat.validate(notebook)
    injected = next(cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", []))
    assert 'preset = "smoke"' in injected.source
    assert not any(out.output_type == "stream" for cell in notebook.cells for out in cell.get("outputs", []))
    json.dumps(result.plain(), default=str)
    origin = json.loads((result.folder / "report.json").read_text())
    assert origin["command"].startswith("workbench report main -p 'preset=smoke'")
    assert origin["data"]["test_clips"]["motion48"] == ["made-up-motion48"]
    for said in (origin["command"], origin["rows"], origin["data"]["key"]):
        assert (
            said in (result.folder / "accuracy.md").read_text() and said in (result.folder / "accuracy.tex").read_text()
        )
    assert result.html.read_text().count('<details class="origin">') == len(tables)


@pytest.mark.slow
def test_one_that_fails_leaves_the_others_whole(former: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_numbers()
    add_report(monkeypatch, "two")
    add_report(monkeypatch, "one", "1 + 1", "raise ValueError('no such thing')")
    add_report(monkeypatch, "dead", "import os; os._exit(3)")
    asked = {name: TinyParameters() for name in ("one", "dead", "two")}
    made = reports(asked, workers=2, progress=False)
    assert list(made.results) == ["two"] and set(made.failed) == {"one", "dead"}
    kept = former / "failed" / "one.ipynb"
    assert "ValueError: no such thing" in made.failed["one"] and str(kept) in made.failed["one"]
    assert "no such thing" in kept.read_text() and intact(former / "one")
    assert "its kernel died" in made.failed["dead"] and not (former / "dead").exists()
    table = pd.read_parquet(former / "two" / "small.parquet")
    assert table["accuracy"].tolist() == [0.25, 0.5, 0.75]
    pd.testing.assert_frame_equal(pd.read_csv(former / "two" / "small.csv"), table, check_dtype=False)


@pytest.mark.slow
def test_a_cell_that_takes_too_long_is_stopped(former: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_report(monkeypatch, "one", "import time; time.sleep(60)", cell_seconds=2)
    with pytest.raises(WorkbenchError, match="took over 2 s"):
        report("one", progress=False)
    assert intact(former / "one")


@pytest.mark.slow
def test_an_interruption_ends_the_kernels_and_leaves_the_former_reports(
    former: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pid = f"import os, pathlib, time; pathlib.Path({str(home)!r}, f'pid-{{words}}').write_text(str(os.getpid())); time.sleep(60)"
    for name in ("main", "one"):
        add_report(monkeypatch, name, write_pid)
    pids = [home / "pid-main", home / "pid-one"]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in the background

    def interrupt() -> None:
        until = time.monotonic() + 60
        while not all(path.is_file() and path.read_text() for path in pids) and time.monotonic() < until:
            time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    try:
        with pytest.raises(KeyboardInterrupt):
            reports({name: TinyParameters(words=name) for name in ("main", "one")}, workers=2, progress=False)
    finally:
        signal.signal(signal.SIGINT, before)
    assert intact(former / "main") and intact(former / "one")
    for path in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(int(path.read_text()), 0)


@pytest.mark.slow
def test_what_has_not_changed_is_not_made_again(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers, notebook = write_numbers(), add_report(monkeypatch, "one")
    first = report("one", progress=False)
    assert first.summary == "3 numbers." and not first.unchanged
    monkeypatch.setattr(execute, "execute_jobs", lambda *_: pytest.fail("it was executed"))
    again = report("one", progress=False)
    assert again.unchanged and again.summary == first.summary and again.tables == first.tables

    def stale(parameters: TinyParameters | None = None) -> bool:
        return unchanged("one", parameters or TinyParameters(), Inputs.now()) is None

    assert not stale() and stale(TinyParameters(times=2.0))
    write_numbers(ld=0.8)
    assert stale()
    write_numbers()
    assert not stale()
    run = make_run("random")
    assert stale()
    for path in sorted(run.folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    assert not stale()
    own = home / "own" / "mine.py"
    own.parent.mkdir()
    own.write_text("")
    assert stale()
    own.unlink()
    before = notebook.read_text()
    notebook.write_text(before.replace("# Tiny", "# Small"))
    assert stale()
    notebook.write_text(before)
    assert not stale()
    (first.folder / "small.tex").unlink()
    assert stale()
    assert numbers.is_file()
    with pytest.raises(pytest.fail.Exception, match="it was executed"):
        report("one", progress=False, force=True)


@pytest.mark.slow
def test_papermill_alone_refuses_a_misspelt_parameter(home: Path) -> None:
    with pytest.raises(papermill.PapermillExecutionError, match="Unknown parameter 'sedes' of report 'main'"):
        papermill.execute_notebook(
            REPORTS["main"].notebook,
            home / "out.ipynb",
            parameters=SMOKE | {"sedes": [1]},
            progress_bar=False,
            kernel_manager_class=this_interpreter(),
        )


def test_a_folder_that_cannot_be_written_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_report(monkeypatch, "one")
    (home / "reports").write_text("a file where the folder should be")
    with pytest.raises(WorkbenchError, match=r"'one' cannot be written to .*reports/one"):
        report("one", progress=False)
    assert (home / "reports").read_text() == "a file where the folder should be"


def test_missing_runs_are_made_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def executed(jobs: list[Job], *_: object) -> dict[str, Any]:
        return {job.name: {"tables": {}, "summary": "", "missing": missing_runs(job)} for job in jobs}

    monkeypatch.setattr(execute, "execute_jobs", executed)
    make_run("random")
    made: list[tuple[str, str, int]] = []

    def complete(variant: str, preset: str, seed: int, **conditions: Any) -> None:
        assert conditions == {"reading": "as_described", "data": None}
        made.append((variant, preset, seed))
        make_run(variant, seed, preset=preset)

    result = report("main", SMOKE, progress=False, complete=complete)
    assert made == [] and [run.run for run in result.missing] == ["baseline-smoke-s0"]
    assert result.missing[0].commands == ("workbench train baseline --preset smoke --seed 0",)
    result = report("main", SMOKE, train_missing=True, progress=False, complete=complete)
    assert made == [("baseline", "smoke", 0)] and result.missing == ()


def test_mistakes_fail_before_anything_is_executed(former: Path) -> None:
    with pytest.raises(WorkbenchError, match="Unknown parameter"):
        report("main", {"sedes": [0]})
    with pytest.raises(WorkbenchError, match="variants: List should have at least 1 item"):
        report("main", {"variants": []})
    with pytest.raises(UnknownName, match="report 'mein'"):
        report("mein")
    assert intact(former / "main")


def test_a_notebook_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(REPORTS._entries, "main", Report("Gone", tmp_path / "gone.ipynb", MainParameters))
    with pytest.raises(WorkbenchError, match=r"gone\.ipynb"):
        report("main", SMOKE, progress=False)


def test_the_kernel_is_this_interpreter() -> None:
    spec = this_interpreter()().kernel_spec
    assert spec.argv[0] == sys.executable and "{connection_file}" in spec.argv


@pytest.mark.parametrize("name", list(REPORTS))
def test_notebook_and_script_are_the_same_and_hold_no_outputs(name: str) -> None:
    path = REPORTS[name].notebook
    notebook, script = nbformat.read(path, as_version=4), jupytext.read(path.with_suffix(".py"))
    assert path.parent == NOTEBOOKS
    assert [(c.cell_type, c.source) for c in notebook.cells] == [(c.cell_type, c.source) for c in script.cells]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"


@pytest.mark.parametrize("name", list(REPORTS))
def test_the_parameters_cell_holds_every_parameter_with_its_default(name: str) -> None:
    entry = REPORTS[name]
    cells = [c for c in nbformat.read(entry.notebook, as_version=4).cells if "parameters" in c.metadata.get("tags", [])]
    assert len(cells) == 1
    values: dict[str, Any] = {}
    exec(cells[0].source, values)
    values.pop("__builtins__")
    usual = yaml.safe_load(yaml.safe_dump(entry.parameters().model_dump()))
    assert {key: usual.get(key) if value is None else value for key, value in values.items()} == usual
    described = {key: field.description for key, field in entry.parameters.model_fields.items()}
    assert all(f"# {described[line.split(' =')[0]]}" in line for line in cells[0].source.splitlines())

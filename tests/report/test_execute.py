"""Executing reports: what is written, and that a failure leaves the former report whole."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jupytext
import nbformat
import papermill
import pytest
import yaml

from tests.made_up import make_run, make_study
from workbench.errors import UnknownName, WorkbenchError
from workbench.report import execute
from workbench.report.execute import run_report, this_interpreter
from workbench.report.parameters import NOTEBOOKS, REPORTS, MainParameters, Report

SMOKE: dict[str, Any] = {"preset": "smoke", "seeds": [0], "variants": ["random", "baseline"]}


def write_notebook(path: Path, *sources: str) -> Path:
    first = nbformat.v4.new_code_cell("preset = 'standard'", metadata={"tags": ["parameters"]})
    cells = [first, *(nbformat.v4.new_code_cell(source) for source in sources)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
    return path


@pytest.fixture
def former(home: Path) -> Path:
    """A report made earlier."""
    folder = home / "reports" / "main"
    folder.mkdir(parents=True)
    (folder / "main.html").write_text("the former report")
    return folder


def intact(folder: Path) -> bool:
    """Whether the former report is there as it was, and nothing half-made beside it."""
    beside = [path for path in folder.parent.iterdir() if path.name.startswith(".")]
    return [path.name for path in folder.iterdir()] == ["main.html"] and not beside


@pytest.mark.slow
def test_a_report_from_rows_is_written_whole(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Another kernel of the same name comes first on Jupyter's path and must not be taken.
    kernel = home / "jupyter" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    spec = {"argv": ["/bin/false", "{connection_file}"], "display_name": "Wrong", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_PATH", str(home / "jupyter"))

    make_study({"random": 0.1, "baseline": 0.4})
    result = run_report("main", SMOKE | {"variants": ["random", "baseline", "ld"]}, progress=False)
    assert result.folder == home / "reports" / "main"
    files = {path.name for path in result.folder.iterdir()}
    tables = ("accuracy", "criterion", "differences", "missing", "runs")
    assert files == {"main.html", "main.ipynb"} | {f"{name}.{ending}" for name in tables for ending in ("csv", "md")}
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


@pytest.mark.slow
def test_a_failing_cell_is_named_and_the_former_report_stays(former: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_notebook(former.parent.parent / "bad.ipynb", "1 + 1", "raise ValueError('no such thing')")
    monkeypatch.setitem(REPORTS._entries, "main", Report("Bad", path, MainParameters))
    with pytest.raises(WorkbenchError, match="ValueError: no such thing") as error:
        run_report("main", SMOKE, progress=False)
    kept = former.parent / "failed" / "main.ipynb"
    assert str(kept) in str(error.value) and "no such thing" in kept.read_text()
    assert intact(former)


@pytest.mark.slow
def test_a_cell_that_takes_too_long_is_stopped(former: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_notebook(former.parent.parent / "slow.ipynb", "import time; time.sleep(60)")
    monkeypatch.setitem(REPORTS._entries, "main", Report("Slow", path, MainParameters, cell_seconds=2))
    with pytest.raises(WorkbenchError, match="took over 2 s"):
        run_report("main", SMOKE, progress=False)
    assert intact(former)


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


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), RuntimeError("disk full")])
def test_an_interruption_leaves_the_former_report(
    former: Path, monkeypatch: pytest.MonkeyPatch, stop: BaseException
) -> None:
    def interrupted(source: object, target: Path, **_: object) -> None:
        target.write_text("half a notebook")
        raise stop

    monkeypatch.setattr(papermill, "execute_notebook", interrupted)
    with pytest.raises(type(stop)):
        run_report("main", SMOKE, progress=False)
    assert intact(former)


def test_an_error_in_the_page_leaves_the_former_report(former: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "_execute", lambda *_: nbformat.v4.new_notebook())
    monkeypatch.setattr(execute, "page", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run_report("main", SMOKE, progress=False)
    assert intact(former)


def test_missing_runs_are_made_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute, "_execute", lambda *_: nbformat.v4.new_notebook())
    make_run("random")
    made: list[tuple[str, str, int]] = []

    def complete(variant: str, preset: str, seed: int, **conditions: Any) -> None:
        assert conditions == {"reading": "as_described", "data": None}
        made.append((variant, preset, seed))
        make_run(variant, seed, preset=preset)

    result = run_report("main", SMOKE, progress=False, complete=complete)
    assert made == [] and [run.run for run in result.missing] == ["baseline-smoke-s0"]
    result = run_report("main", SMOKE, train_missing=True, progress=False, complete=complete)
    assert made == [("baseline", "smoke", 0)] and result.missing == ()


def test_only_the_formats_asked_for_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    data = {"text/html": "<table></table>", "text/csv": "a\n1\n", "text/markdown": "| a |"}
    output = nbformat.v4.new_output("execute_result", data=data, metadata={"workbench": {"kind": "table", "name": "t"}})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=[output])])
    monkeypatch.setattr(execute, "_execute", lambda *_: notebook)
    result = run_report("main", SMOKE | {"formats": ["csv"]}, progress=False)
    assert {name: [path.name for path in paths] for name, paths in result.tables.items()} == {"t": ["t.csv"]}
    assert (result.folder / "t.csv").read_text() == "a\n1\n"


def test_mistakes_fail_before_anything_is_executed(former: Path) -> None:
    with pytest.raises(WorkbenchError, match="Unknown parameter"):
        run_report("main", {"sedes": [0]})
    with pytest.raises(UnknownName, match="report 'mein'"):
        run_report("mein")
    assert intact(former)


def test_a_notebook_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(REPORTS._entries, "main", Report("Gone", tmp_path / "gone.ipynb", MainParameters))
    with pytest.raises(WorkbenchError, match=r"gone\.ipynb"):
        run_report("main", SMOKE, progress=False)


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
    report = REPORTS[name]
    cells = [
        c for c in nbformat.read(report.notebook, as_version=4).cells if "parameters" in c.metadata.get("tags", [])
    ]
    assert len(cells) == 1
    values: dict[str, Any] = {}
    exec(cells[0].source, values)
    values.pop("__builtins__")
    usual = yaml.safe_load(yaml.safe_dump(report.parameters().model_dump()))
    assert {key: usual.get(key) if value is None else value for key, value in values.items()} == usual
    described = {key: field.description for key, field in report.parameters.model_fields.items()}
    assert all(f"# {described[line.split(' =')[0]]}" in line for line in cells[0].source.splitlines())

"""Executing a report: its notebook over the rows there are, then page and tables, all put in place at once."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from workbench.errors import WorkbenchError
from workbench.files import whole_file, whole_folder
from workbench.paths import home, reports_root
from workbench.progress import progress_bar
from workbench.report.gather import Missing, gather
from workbench.report.page import page
from workbench.report.parameters import REPORTS, Report, make_parameters

EXTENSIONS = {"csv": ("text/csv", "csv"), "markdown": ("text/markdown", "md")}
QUIET = ["--log-level=ERROR"]  # a kernel on this machine need not warn of its unencrypted local sockets
Complete = Callable[[str, str, int], Any]


@dataclass(frozen=True)
class ReportResult:
    """Where the report lies, what it says in one paragraph, and which runs it had to do without."""

    name: str
    folder: Path
    notebook: Path
    html: Path
    tables: dict[str, list[Path]]
    summary: str
    missing: tuple[Missing, ...]
    seconds: float

    def plain(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return asdict(self)


def run_report(
    name: str,
    parameters: Any = None,
    train_missing: bool = False,
    progress: bool = True,
    complete: Complete | None = None,
) -> ReportResult:
    """Make report `name` in `reports/<name>/`: executed notebook, HTML page, and each table as CSV and Markdown.

    `parameters`: plain values by name, or a validated model. Runs without results are named in the result with the
    commands that make them; with `train_missing` they are made first, by `complete(variant, preset, seed, reading=…, data=…)`. A failure at
    any point leaves the former report as it was.
    """
    started = time.monotonic()
    report = REPORTS[name]
    if not isinstance(parameters, report.parameters):
        parameters = make_parameters(name, parameters or {})
    study = gather(parameters)
    if train_missing and study.missing:
        _make(study.missing, parameters, complete, progress)
        study = gather(parameters)
    folder = reports_root() / name
    with whole_folder(folder) as temporary:
        notebook = _execute(report, name, parameters, temporary, progress)
        (temporary / f"{name}.html").write_text(page(notebook, report.title), encoding="utf-8")
        written = _write_tables(notebook, temporary, parameters.formats)
    return ReportResult(
        name=name,
        folder=folder,
        notebook=folder / f"{name}.ipynb",
        html=folder / f"{name}.html",
        tables={table: [folder / file for file in files] for table, files in written.items()},
        summary=_prose(notebook, "summary"),
        missing=study.missing,
        seconds=round(time.monotonic() - started, 1),
    )


def _make(missing: tuple[Missing, ...], parameters: Any, complete: Complete | None, progress: bool) -> None:
    if complete is None:
        from workbench.training.pipeline import complete_run

        complete = partial(complete_run, show=progress)
    for run in missing:
        complete(run.variant, parameters.preset, run.seed, **run.conditions)


def _execute(report: Report, name: str, parameters: Any, folder: Path, progress: bool) -> Any:
    """Run the notebook into `folder` with this interpreter as its kernel; an error in a cell raises and names it."""
    import nbformat
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    if not report.notebook.is_file():
        raise WorkbenchError(
            f"The notebook of report '{name}' is not at {report.notebook}. Reports need the repository."
        )
    output = folder / f"{name}.ipynb"
    total = len(nbformat.read(report.notebook, as_version=4).cells) + 1  # and the cell with the parameters
    try:
        with progress_bar(f"report {name}", total, 0, progress) as note:
            return papermill.execute_notebook(
                report.notebook,
                output,
                parameters=parameters.model_dump(),
                kernel_name="python3",
                progress_bar=False,
                cwd=home(),
                execution_timeout=report.cell_seconds,
                kernel_manager_class=this_interpreter(),
                on_cell_complete=lambda cell, cell_index: note(cell_index + 1, ""),
            )
    except PapermillExecutionError as error:
        if error.ename == "KeyboardInterrupt":
            raise KeyboardInterrupt from None
        where = _keep_failed(output, name)
        raise WorkbenchError(
            f"Report '{name}' failed in cell {error.exec_count}: {error.ename}: {error.evalue}. The notebook as far as it "
            f"came is in {where}; the former report is as it was."
        ) from error
    except CellTimeoutError as error:
        where = _keep_failed(output, name)
        raise WorkbenchError(
            f"Report '{name}' stopped: a cell took over {report.cell_seconds} s. The notebook as far as it came is in {where}; "
            "the former report is as it was."
        ) from error
    except DeadKernelError as error:
        raise WorkbenchError(f"Report '{name}' stopped: its kernel died, perhaps for want of memory.") from error


def this_interpreter() -> type:
    """A kernel manager that starts this very interpreter, whatever kernels are installed under the name python3."""
    from ipykernel.kernelspec import make_ipkernel_cmd
    from jupyter_client import AsyncKernelManager
    from jupyter_client.kernelspec import KernelSpec

    class ThisInterpreter(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(
                argv=make_ipkernel_cmd(extra_arguments=QUIET), display_name="Python 3 (ipykernel)", language="python"
            )

    return ThisInterpreter


def _keep_failed(output: Path, name: str) -> Path:
    where = reports_root() / "failed" / f"{name}.ipynb"
    if output.is_file():
        with whole_file(where) as temporary:
            temporary.write_bytes(output.read_bytes())
    return where


def _write_tables(notebook: Any, folder: Path, formats: list[str]) -> dict[str, list[str]]:
    """Write the tables that the notebook's outputs hold; gives the files of each."""
    written: dict[str, list[str]] = {}
    for output in _outputs(notebook, "table"):
        name = output.metadata["workbench"]["name"]
        for wanted in formats:
            mime, extension = EXTENSIONS[wanted]
            (folder / f"{name}.{extension}").write_text(output.data[mime], encoding="utf-8")
            written.setdefault(name, []).append(f"{name}.{extension}")
    return written


def _prose(notebook: Any, name: str) -> str:
    found = [
        output.data["text/markdown"]
        for output in _outputs(notebook, "prose")
        if output.metadata["workbench"]["name"] == name
    ]
    return found[0] if found else ""


def _outputs(notebook: Any, kind: str) -> list[Any]:
    outputs = (output for cell in notebook.cells for output in cell.get("outputs", []))
    return [output for output in outputs if output.get("metadata", {}).get("workbench", {}).get("kind") == kind]

"""Executing one notebook with papermill, and the files that it becomes. Runs in a process of its own: `python -m workbench.report.notebook`."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from workbench.disk import refusal, said
from workbench.errors import WorkbenchError
from workbench.files import content_key, git_state, package_versions, write_json
from workbench.paths import home, reports_root
from workbench.report.formats import outputs, prose, write_tables
from workbench.report.origin import FILE, data_keys, told
from workbench.report.parameters import REPORTS

QUIET = ["--log-level=ERROR"]  # a kernel on this machine need not warn of its unencrypted local sockets


@dataclass(frozen=True)
class Job:
    """One notebook to execute into `folder`, and what is to be told of it."""

    name: str
    title: str
    notebook: str
    folder: str
    parameters: dict[str, Any]
    cell_seconds: int
    command: str
    key: str
    source: str
    rows: str


def make(job: Job, tell: Callable[[int], None]) -> dict[str, Any]:
    """Execute the notebook, write page, tables and `report.json` to the job's folder; gives what the latter says.

    `tell` is called with the number of cells that are done. An error in a cell raises and names it; the notebook as far as it
    came is then in the folder.
    """
    started = time.monotonic()
    folder = Path(job.folder)
    notebook = execute(job, folder / f"{job.name}.ipynb", tell)
    preset = job.parameters.get("preset")
    data = data_keys(preset)
    origin: dict[str, Any] = {
        "report": job.name,
        "title": job.title,
        "key": job.key,
        "made": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "command": job.command,
        "parameters": job.parameters,
        "versions": package_versions(),
        "git": git_state(),
        "source": job.source,
        "rows": job.rows,
        "data": {"key": content_key(data), "preset": preset, "test_clips": data},
    }
    origin["tables"] = write_tables(notebook, folder, job.parameters.get("formats", []), told(origin))
    write_page(notebook, job, folder, told(origin))
    origin["missing"] = missing_runs(job)
    origin["summary"] = prose(notebook, "summary")
    origin["figures"] = len(outputs(notebook, "figure"))
    tables = [file for table in origin["tables"].values() for file in table["files"]]
    origin["files"] = [f"{job.name}.ipynb", f"{job.name}.html", *tables]
    origin["seconds"] = round(time.monotonic() - started, 1)
    write_json(folder / FILE, origin)
    return origin


def write_page(notebook: Any, job: Job, folder: Path, origin: dict[str, str]) -> None:
    """The notebook as one self-contained page."""
    from workbench.report.page import page

    (folder / f"{job.name}.html").write_text(page(notebook, job.title, origin), encoding="utf-8")


def missing_runs(job: Job) -> list[dict[str, Any]]:
    """The runs that the report has to do without."""
    if job.name not in REPORTS or (missing := REPORTS[job.name].missing) is None:
        return []
    entry = REPORTS[job.name]
    return [asdict(run) for run in missing(entry.parameters.model_validate(job.parameters))]


def execute(job: Job, output: Path, tell: Callable[[int], None]) -> Any:
    """Run the notebook into `output` with this interpreter as its kernel; an error in a cell raises and names it."""
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    try:
        return papermill.execute_notebook(
            as_it_stands(job.notebook),
            as_it_stands(output),
            parameters=job.parameters,
            kernel_name="python3",
            progress_bar=False,
            cwd=home(),
            execution_timeout=job.cell_seconds,
            kernel_manager_class=this_interpreter(),
            on_cell_complete=lambda cell, cell_index: tell(cell_index + 1),
        )
    except PapermillExecutionError as error:
        if error.ename == "KeyboardInterrupt":
            raise KeyboardInterrupt from None
        raise WorkbenchError(
            f"Report '{job.name}' failed in cell {error.exec_count}: {error.ename}: {error.evalue}."
        ) from error
    except CellTimeoutError as error:
        raise WorkbenchError(f"Report '{job.name}' stopped: a cell took over {job.cell_seconds} s.") from error
    except DeadKernelError as error:
        raise WorkbenchError(f"Report '{job.name}' stopped: its kernel died, perhaps for want of memory.") from error


def as_it_stands(path: str | Path) -> str:
    """A path for papermill, which would put the parameters in where a folder's name has braces."""
    return str(path).replace("{", "{{").replace("}", "}}")


def this_interpreter() -> type:
    """A kernel manager that starts this very interpreter, whatever kernels are installed under the name python3."""
    from ipykernel.kernelspec import make_ipkernel_cmd
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class ThisInterpreter(AsyncKernelManager):
        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(
                argv=make_ipkernel_cmd(extra_arguments=QUIET), display_name="Python 3 (ipykernel)", language="python"
            )

    return ThisInterpreter


def end_with_parent() -> None:
    """Interrupt this process when the one that started it is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=watch, daemon=True, name="report watcher").start()


def main() -> None:
    """Do the jobs that come as JSON, one on each line of standard input. What is said of one: lines of JSON with `cell`, then `done` or `failed`."""
    end_with_parent()
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no line of ours

    def say(**what: Any) -> None:
        lines.write(json.dumps(what, default=str) + "\n")
        lines.flush()

    try:
        for line in sys.stdin:
            try:
                say(done=make(Job(**json.loads(line)), lambda count: say(cell=count)))
            except WorkbenchError as error:
                say(failed=str(error))
            except OSError as error:  # papermill's among them, in the midst of a notebook
                if (number := refusal(error)) is None:
                    raise
                say(failed=said(number, error.filename or reports_root()))
    except KeyboardInterrupt:
        say(stopped=True)


def as_json(job: Job) -> str:
    """The job as `main` reads it."""
    return json.dumps(asdict(job))


if __name__ == "__main__":
    main()

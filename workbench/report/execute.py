"""Making reports: notebooks over the rows there are, then pages and tables, each put in place at once; what is unchanged stays."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.paths import reports_root
from workbench.progress import progress_bar
from workbench.report.notebook import Job
from workbench.report.origin import Inputs, read_origin, whole
from workbench.report.parameters import REPORTS, command, make_parameters
from workbench.report.processes import Processes, Start, cores

if TYPE_CHECKING:
    from workbench.report.gather import Missing

Complete = Callable[[str, str, int], Any]


@dataclass(frozen=True)
class ReportResult:
    """Where the report lies, what it says in one paragraph, which runs it had to do without, and whether it was made anew."""

    name: str
    folder: Path
    notebook: Path
    html: Path
    tables: dict[str, list[Path]]
    summary: str
    missing: tuple[Missing, ...]
    seconds: float
    unchanged: bool = False

    def plain(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Made:
    """What became of several reports: those that are there, and why the others are not."""

    results: dict[str, ReportResult]
    failed: dict[str, str] = field(default_factory=dict)


def report(
    name: str,
    parameters: Any = None,
    train_missing: bool = False,
    progress: bool = True,
    complete: Complete | None = None,
    force: bool = False,
) -> ReportResult:
    """Make report `name` in `reports/<name>/`: executed notebook, HTML page, and each table in the formats asked for.

    `parameters`: plain values by name, or a validated model. Nothing is executed where neither they nor notebook, source and
    rows have changed since the last time, unless `force` asks for it. Runs without results are named in the result with the
    commands that make them; with `train_missing` they are made first, by `complete(variant, preset, seed, reading=…, data=…)`.
    A failure at any point leaves the former report as it was.
    """
    if not isinstance(parameters, REPORTS[name].parameters):
        parameters = make_parameters(name, parameters or {})
    if train_missing:
        make_missing(name, parameters, complete, progress)
    made = reports({name: parameters}, progress=progress, force=force)
    if name in made.failed:
        raise WorkbenchError(made.failed[name])
    return made.results[name]


def reports(
    asked: Mapping[str, Any],
    workers: int | None = None,
    progress: bool = True,
    force: bool = False,
    beside: Start | None = None,
) -> Made:
    """Make the reports `asked` (name -> validated parameters), `workers` at a time, by default one a core.

    One that fails leaves the others whole, and its reason is in the answer. `beside` starts one more process, which takes the place of
    one of them until it ends.
    """
    started = time.monotonic()
    inputs = Inputs.now()
    there = (
        {} if force else {name: found for name, values in asked.items() if (found := unchanged(name, values, inputs))}
    )
    jobs = [job_of(name, values, inputs) for name, values in asked.items() if name not in there]
    done = execute_jobs(jobs, workers or cores(), progress, beside) if jobs else {}
    failed = {name: said for name, said in done.items() if isinstance(said, str)}
    results = {
        name: _result(name, origin, time.monotonic() - started, name in there)
        for name in asked
        if isinstance(origin := there.get(name) or done[name], dict)
    }
    return Made(results, failed)


def unchanged(name: str, parameters: Any, inputs: Inputs) -> dict[str, Any] | None:
    """What `report.json` says of the report where making it again would give the same, else None."""
    folder = reports_root() / name
    origin = read_origin(folder)
    if origin is None or origin["key"] != inputs.key(REPORTS[name], parameters) or not whole(folder, origin):
        return None
    return origin


def make_missing(name: str, parameters: Any, complete: Complete | None = None, progress: bool = True) -> None:
    """Train and probe the runs that a report lacks."""
    if complete is None:
        from workbench.training.pipeline import complete_run

        complete = partial(complete_run, show=progress)
    asked = REPORTS[name].missing
    for run in asked(parameters) if asked else ():
        complete(run.variant, parameters.preset, run.seed, **run.conditions)


def job_of(name: str, parameters: Any, inputs: Inputs) -> Job:
    entry = REPORTS[name]
    if not entry.notebook.is_file():
        raise WorkbenchError(
            f"The notebook of report '{name}' is not at {entry.notebook}. Reports need the repository."
        )
    return Job(
        name=name,
        title=entry.title,
        notebook=str(entry.notebook),
        folder=str(reports_root() / name),
        parameters=parameters.model_dump(mode="json"),
        cell_seconds=entry.cell_seconds,
        command=command(name, parameters),
        key=inputs.key(entry, parameters),
        source=inputs.source,
        rows=inputs.rows,
    )


def execute_jobs(
    jobs: list[Job], workers: int, progress: bool, beside: Start | None = None
) -> dict[str, dict[str, Any] | str]:
    """Execute the jobs with one bar over the cells of all."""
    total = {job.name: _cells(Path(job.notebook)) for job in jobs}
    counts = dict.fromkeys(total, 0)
    title = f"report {jobs[0].name}" if len(jobs) == 1 else f"{len(jobs)} reports"
    with progress_bar(title, sum(total.values()), 0, progress) as note:

        def tell(name: str, count: int) -> None:
            counts[name] = count
            done = sum(counts[job.name] == total[job.name] for job in jobs)
            note(sum(counts.values()), f"{done} of {len(jobs)} notebooks; {name}: cell {count} of {total[name]}")

        return Processes(min(workers, len(jobs) + bool(beside))).outcomes(jobs, tell, beside)


def _cells(notebook: Path) -> int:
    """Cells of a notebook and the one with the parameters that papermill adds."""
    return len(json.loads(notebook.read_text(encoding="utf-8"))["cells"]) + 1


def _result(name: str, origin: Mapping[str, Any], seconds: float, there: bool) -> ReportResult:
    folder = reports_root() / name
    return ReportResult(
        name=name,
        folder=folder,
        notebook=folder / f"{name}.ipynb",
        html=folder / f"{name}.html",
        tables={table: [folder / file for file in told["files"]] for table, told in origin["tables"].items()},
        summary=origin["summary"],
        missing=_as_missing(origin["missing"]),
        seconds=round(seconds, 1),
        unchanged=there,
    )


def _as_missing(found: Sequence[Mapping[str, Any]]) -> tuple[Missing, ...]:
    if not found:
        return ()
    from workbench.report.gather import Missing

    return tuple(Missing(**{**run, "commands": tuple(run["commands"])}) for run in found)

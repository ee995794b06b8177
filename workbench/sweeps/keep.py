"""Keeping a sweep: rows, answers, settings and audits of its runs in `reports/measured/`, without the weights."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.audit import audit_rows, audit_run
from workbench.errors import WorkbenchError
from workbench.files import whole_file, write_origin
from workbench.rows import keep_measured, load_rows
from workbench.runs import Run
from workbench.sweeps.sweep import SweepResult


def keep_sweep(name: str, result: SweepResult, command: str) -> Path:
    """Write `<name>.parquet` (rows), `.predictions.parquet`, `.audits.parquet`, `.gradients.parquet`, `.monitor.parquet` and `.json`.

    The JSON holds the command, the settings of every run, what failed, and the hours: those that this call took and those
    that the runs took in all. Only complete runs are kept; raises where none is.
    """
    runs = [Run.open(one.run) for one in result.outcomes if one.status in ("there", "done")]
    if not runs:
        raise WorkbenchError("No run of this sweep is complete, so there is nothing to keep.")
    names = [run.name for run in runs]
    rows = load_rows(source="runs")
    path = keep_measured(name, rows[rows["run"].isin(names)].reset_index(drop=True))
    audits = pd.DataFrame([{"run": run.name} | row for run in runs for row in audit_rows(audit_run(run))])
    gradients = pd.concat([run.gradients().assign(run=run.name) for run in runs], ignore_index=True)
    readings = pd.concat([run.readings().assign(run=run.name) for run in runs], ignore_index=True)
    for kind, table in (("audits", audits), ("gradients", gradients), ("monitor", readings)):
        with whole_file(path.with_name(f"{name}.{kind}.parquet")) as temporary:
            table.to_parquet(temporary, index=False, compression="zstd")
    seconds = {run.name: run.info.get("total_seconds", run.info["seconds"]) for run in runs}
    write_origin(
        path.with_suffix(".json"),
        command,
        hours_of_runs=round(sum(seconds.values()) / 3600, 3),
        hours_of_this_call=round(result.seconds / 3600, 3),
        runs_seconds=seconds,
        not_complete={one.run: one.message for one in result.failed},
        configs={run.name: run.config.model_dump(mode="json") for run in runs},
    )
    return path

"""Is a report what its rows give today? It is made again in a temporary folder, and every table's records are compared."""

from __future__ import annotations

import base64
import io
import json
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.errors import WorkbenchError
from workbench.paths import reports_root
from workbench.report.execute import execute_jobs, job_of
from workbench.report.formats import PARQUET_MIME, outputs
from workbench.report.origin import Inputs, read_origin
from workbench.report.parameters import text_parameters
from workbench.report.processes import cores
from workbench.report.records import Change, as_text, compare


@dataclass(frozen=True)
class Verification:
    """What differs between the report on disk and the one that its rows give today, and how many records were compared."""

    name: str
    folder: Path
    tables: tuple[str, ...]
    records: int
    changes: tuple[Change, ...]

    @property
    def holds(self) -> bool:
        """Whether every number is the same; words may differ."""
        return not any(change.number for change in self.changes)

    def plain(self) -> dict[str, Any]:
        """The same as plain values, for JSON."""
        return {**asdict(self), "holds": self.holds}


def verify(name: str, parameters: Any = None, progress: bool = True) -> Verification:
    """Make report `name` again from the rows, with the parameters it was made with, and compare its tables with those on disk.

    Nothing on disk changes. Raises where there is no former report, or where `parameters` are not those that it was made with.
    """
    return verify_all({name: parameters}, 1, progress)[0]


def verify_all(asked: Mapping[str, Any], workers: int | None = None, progress: bool = True) -> list[Verification]:
    """The same of several reports (name -> parameters or None), `workers` at a time, by default one a core."""
    former = {name: _former(name, parameters) for name, parameters in asked.items()}
    inputs = Inputs.now()
    with tempfile.TemporaryDirectory(prefix="workbench-verify-") as place:
        jobs = [
            replace(job_of(name, was.parameters, inputs), folder=str(Path(place) / name))
            for name, was in former.items()
        ]
        said = execute_jobs(jobs, workers or cores(), progress)
        if failed := [reason for reason in said.values() if isinstance(reason, str)]:
            raise WorkbenchError("\n".join(failed))
        return [_compared(was, embedded(Path(place) / name / f"{name}.ipynb")) for name, was in former.items()]


@dataclass(frozen=True)
class _Former:
    """A report on disk: what it was made with, and the records of its files as text, by table and file."""

    name: str
    folder: Path
    parameters: Any
    tables: Mapping[str, Any]
    records: Mapping[tuple[str, str], pd.DataFrame]


def _former(name: str, parameters: Any) -> _Former:
    folder = reports_root() / name
    origin = read_origin(folder)
    if origin is None:
        raise WorkbenchError(
            f"There is no former report '{name}' in {folder} to compare with. Make it with `workbench report {name}`."
        )
    former = text_parameters(name, origin["parameters"])
    if parameters is not None and parameters != former:
        raise WorkbenchError(
            f"The report in {folder} was made with other parameters: `{origin['command']}`. Verify it without parameters, "
            "or make it with yours first."
        )
    tables = origin["tables"]
    records = {
        (table, file): frame
        for table, told in tables.items()
        for file, frame in _on_disk(folder, name, table, told["files"])
    }
    return _Former(name, folder, former, tables, records)


def _compared(was: _Former, again: dict[str, pd.DataFrame]) -> Verification:
    changes = list(_tables(was.tables, again))
    for (table, file), frame in was.records.items():
        if table in again:
            changes += compare(table, file, frame, again[table])
    return Verification(was.name, was.folder, tuple(was.tables), sum(map(len, was.records.values())), tuple(changes))


def embedded(path: Path) -> dict[str, pd.DataFrame]:
    """The records of every table that an executed notebook holds, typed, by name."""
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        return {
            output["metadata"]["workbench"]["name"]: pd.read_parquet(
                io.BytesIO(base64.b64decode(_joined(output["data"][PARQUET_MIME])))
            )
            for output in outputs(notebook, "table")
        }
    except (OSError, ValueError, KeyError) as error:
        raise WorkbenchError(
            f"The tables in {path} cannot be read ({error}). Make the report anew with --force."
        ) from None


def _joined(text: Any) -> str:
    return text if isinstance(text, str) else "".join(text)


def _tables(old: Mapping[str, Any], new: dict[str, pd.DataFrame]) -> Iterator[Change]:
    for table in old.keys() - new.keys():
        yield Change(table, "all rows", "all columns", "there", "not made", True)
    for table in new.keys() - old.keys():
        yield Change(table, "all rows", "all columns", "not there", f"{len(new[table])} records", True)


def _on_disk(folder: Path, name: str, table: str, files: list[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every file of the table that holds records, as text; the notebook's where there is none."""
    readable = [file for file in files if Path(file).suffix in (".csv", ".parquet")]
    for file in readable:
        path = folder / file
        try:
            yield file, _read(path)
        except Exception as error:
            raise WorkbenchError(f"{path} cannot be read ({error}). Make the report anew with --force.") from None
    if not readable:
        yield f"{name}.ipynb", as_text(embedded(folder / f"{name}.ipynb")[table])


def _read(path: Path) -> pd.DataFrame:
    if path.suffix == ".parquet":
        return as_text(pd.read_parquet(path))
    if not path.read_text(encoding="utf-8").strip():
        return pd.DataFrame()
    return pd.read_csv(path, dtype=str, keep_default_na=False)

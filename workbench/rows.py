"""Result rows: their columns, and loading them over all runs and over the tables kept in `reports/measured/`.

One row is one number. Tables, figures and verdicts are views of rows; nothing else is a source of numbers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from workbench.errors import WorkbenchError
from workbench.files import whole_file, write_origin
from workbench.paths import home, reports_root, stays
from workbench.runs import list_runs

Kind = Literal["text", "whole", "number", "flag"]
Source = Literal["all", "runs", "measured"]


@dataclass(frozen=True)
class Column:
    """A column: its type, its meaning, and its value in tables written before it existed (None: required)."""

    kind: Kind
    meaning: str
    default: Any = None


COLUMNS: dict[str, Column] = {
    "run": Column("text", "name of the run"),
    "variant": Column("text", "what was trained"),
    "seed": Column("whole", "of weights, masks and order of clips"),
    "preset": Column("text", "how large"),
    "recipe": Column("text", "how trained"),
    "regime": Column("text", "data set that was trained on", "motion48"),
    "reading": Column("text", "as described, or as the released code of the study did", "as_described"),
    "benchmark": Column("text", "data set that was probed"),
    "split": Column("text", "split that the number is of"),
    "probe": Column("text", "how it was read"),
    "factor": Column("text", "what was read"),
    "metric": Column("text", "what the number is"),
    "value": Column("number", "the number; an accuracy is a share of 1, R² is clipped at 0"),
    "low": Column("number", "lower end of the 95 % interval: Wilson's of an accuracy, BCa's of R²"),
    "high": Column("number", "upper end"),
    "n": Column("whole", "clips behind the number"),
    "chance": Column("number", "what guessing gives"),
    "control": Column("text", "run it is compared with", ""),
    "encoder": Column("text", "context or teacher; empty for an encoder without a run"),
    "choice": Column("text", "what validation chose", ""),
    "val_accuracy": Column("number", "accuracy of that choice on validation clips", np.nan),
    "budget": Column("text", "labelled clips, settings tried, passes"),
    "config_key": Column("text", "content key of the run's settings"),
    "data_key": Column("text", "content key of the clips"),
    "steps": Column("whole", "training steps behind the weights"),
    "seconds": Column("number", "time of the probe"),
    "train_seconds": Column("number", "time of the training", np.nan),
    "fingerprint": Column("text", "content key of the initial weights", ""),
    "commit": Column("text", "source tree that wrote the row"),
    "dirty": Column("flag", "whether that tree had uncommitted changes"),
    "audit": Column("text", "status of the audits", ""),
    "note": Column("text", "what is out of the ordinary: classes that a split lacks", ""),
    "versions": Column("text", "package versions as JSON", "{}"),
    "source": Column("text", "folder or file that the row was read from", ""),
}
CELL = ["run", "benchmark", "split", "probe", "factor", "metric", "encoder"]
ANSWERS = ["benchmark", "probe", "factor", "encoder", "clip", "truth", "predicted"]
PREDICTIONS = ".predictions.parquet"


@dataclass(frozen=True)
class Results:
    """Rows that could be read, and sentences about what could not or is out of the ordinary."""

    rows: pd.DataFrame
    notes: tuple[str, ...] = ()


def load_rows(preset: str | None = None, source: Source = "all") -> pd.DataFrame:
    """Result rows of all runs and kept tables, one for each cell; see `load_results`."""
    return load_results(preset, source).rows


def load_results(preset: str | None = None, source: Source = "all") -> Results:
    """Rows of one preset (None: of all) from `checkpoints/` ("runs"), `reports/measured/` ("measured") or both.

    A run of another format is left out, and a note says so. The same cell with different values raises.
    """
    parts, notes = [empty_rows()], []
    if source in ("all", "runs"):
        for run in list_runs():
            try:
                run.check_format()
                rows = run.rows()
            except WorkbenchError as error:
                notes.append(f"{run.name} is left out. {error}")
                continue
            if len(rows):
                rows = rows.assign(versions=json.dumps(run.info.get("versions", {}), sort_keys=True))
                parts.append(checked(rows, run.folder / "rows.parquet"))
    if source in ("all", "measured"):
        parts += [checked(_read(path), path) for path in measured_files()]
    rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    if preset is not None:
        rows = rows[rows["preset"] == preset].reset_index(drop=True)
    return Results(_one_per_cell(rows), tuple(notes))


def load_predictions(rows: pd.DataFrame) -> pd.DataFrame:
    """Answers of the probes behind `rows`, from where each row was read.

    Columns: run, benchmark, probe, factor, encoder, clip, truth, predicted. Rows whose answers were not kept have none.
    """
    parts = list(each_predictions(rows))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["run", *ANSWERS])


def each_predictions(rows: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """As `load_predictions`, a table for each place that rows were read from; names are categories there, so that it stays small."""
    for source, runs in rows.groupby("source")["run"].unique().items():
        path = home() / str(source)
        path = (
            path.with_name(path.stem + PREDICTIONS)
            if path.parent == measured_folder()
            else path.parent / "predictions.parquet"
        )
        if not path.is_file():
            continue
        answers = _read(path)
        if "run" not in answers:
            answers = answers.assign(run=runs[0])
        if "encoder" not in answers:  # written before a run could be probed at both of its encoders
            answers = answers.assign(encoder=answers["run"].astype(str).map(rows.groupby("run")["encoder"].first()))
        if lacking := [name for name in ANSWERS if name not in answers]:
            raise WorkbenchError(f"{path} has no column {_listed(lacking)}. Delete it and probe the run again.")
        yield answers.loc[_of(answers, rows, list(runs)), ["run", *ANSWERS]]


def _of(answers: pd.DataFrame, rows: pd.DataFrame, runs: list[str]) -> pd.Series:
    """Which answers may be behind `rows`: those of `runs`, and of benchmarks and probes that are in them."""
    chosen = answers["run"].isin(runs)
    for name in ("benchmark", "probe"):
        chosen &= answers[name].isin(rows[name].unique())
    return chosen


def keep_measured(name: str, rows: pd.DataFrame) -> Path:
    """Write `rows` and the answers behind them to `reports/measured/`: tables can be made from it without the runs."""
    path = measured_path(name)
    answers = load_predictions(rows)
    for column in ("run", "benchmark", "probe", "factor", "encoder"):
        answers[column] = answers[column].astype("category")
    for column in ("clip", "truth", "predicted"):
        answers[column] = answers[column].astype("int32")
    with whole_file(path.with_name(path.stem + PREDICTIONS)) as temporary:
        answers.to_parquet(temporary, index=False, compression="zstd")
    with whole_file(path) as temporary:
        rows.drop(columns="source").to_parquet(temporary, index=False)
    return path


def measured_folder() -> Path:
    """`reports/measured/`."""
    return reports_root() / "measured"


def measured_path(name: str) -> Path:
    """Where the rows kept under `name` lie; see `rows_path`."""
    return rows_path(measured_folder(), name)


def rows_path(folder: Path, name: str) -> Path:
    """Where a folder keeps rows under `name`. A dot in it raises: it sets apart what lies beside the rows; so does a slash."""
    if not name or "." in name or not stays(name):
        raise WorkbenchError(f"Rows cannot be kept under the name '{name}'. Give one without dots and slashes.")
    return folder / f"{name}.parquet"


def beside_path(name: str, kind: str) -> Path:
    """Where a table of another kind kept under `name` lies; the dot in its name sets it apart from result rows."""
    return measured_path(name).with_name(f"{name}.{kind}.parquet")


def keep_beside(name: str, kind: str, table: pd.DataFrame, command: str) -> Path:
    """Write `<name>.<kind>.parquet`, and `<name>.<kind>.json` with the command, versions and git state."""
    path = beside_path(name, kind)
    with whole_file(path) as temporary:
        table.to_parquet(temporary, index=False, compression="zstd")
    write_origin(path.with_suffix(".json"), command)
    return path


def measured_files() -> list[Path]:
    """Kept tables of rows, without what lies beside them: answers, audits, gradients."""
    return [path for path in sorted(measured_folder().glob("*.parquet")) if "." not in path.stem]


def empty_rows() -> pd.DataFrame:
    """A table of no rows with every column typed."""
    return pd.DataFrame(
        {name: _typed(pd.Series([], dtype=object), column, name, "") for name, column in COLUMNS.items()}
    )


def checked(rows: pd.DataFrame, path: Path | str) -> pd.DataFrame:
    """`rows` with every column present and typed; what is missing, ill-typed or impossible raises and names `path`."""
    lacking = [name for name, column in COLUMNS.items() if column.default is None and name not in rows]
    if lacking:
        raise WorkbenchError(
            f"{path} has no column {_listed(lacking)}. Rows need {_listed(COLUMNS)}. Probe the run again."
        )
    here = Path(path)
    source = str(here.relative_to(home())) if here.is_relative_to(home()) else str(path)
    rows = rows.assign(source=source).reset_index(drop=True)
    typed = {
        name: _typed(
            rows[name] if name in rows else pd.Series([column.default] * len(rows), dtype=object), column, name, path
        )
        for name, column in COLUMNS.items()
    }
    table = pd.DataFrame(typed)
    accuracy = table["metric"] == "accuracy"
    impossible = accuracy & ~(table["value"].between(0, 1) & (table["n"] >= 1))
    if impossible.any():
        at = int(impossible.to_numpy().argmax())
        raise WorkbenchError(
            f"{path}, row {at + 1}: an accuracy of {table['value'][at]} over {table['n'][at]} clips cannot be. "
            "Accuracies are shares of 1. Probe the run again."
        )
    return table


def _typed(values: pd.Series, column: Column, name: str, path: Path | str) -> pd.Series:
    if column.kind == "text":
        return values.fillna("").astype(str)
    if column.kind == "flag":
        return values.fillna(False).astype(bool)
    numbers = pd.to_numeric(values, errors="coerce")
    wrong = numbers.isna() & (values.notna() | (column.default is None))
    if column.kind == "whole":
        wrong |= (numbers % 1 != 0).fillna(True).astype(bool)
    if wrong.any():
        at = int(wrong.to_numpy().argmax())
        what = "a whole number" if column.kind == "whole" else "a number"
        raise WorkbenchError(
            f"{path}, row {at + 1}: {name} is {values.iloc[at]!r}, which is not {what}. Probe the run again."
        )
    return numbers.astype("int64" if column.kind == "whole" else "float64")


def _one_per_cell(rows: pd.DataFrame) -> pd.DataFrame:
    """Drop repeats of a cell that agree; raise where they do not."""
    repeated = rows[rows.duplicated(CELL, keep=False)]
    differing = repeated.drop_duplicates([*CELL, "value", "n", "data_key"])
    differing = differing[differing.duplicated(CELL, keep=False)]
    for cell, group in differing.groupby(CELL, sort=False):
        values = "; ".join(f"{r.value:.4f} of {r.n} clips in {r.source}" for r in group.itertuples())
        named = ", ".join(f"{key} {value}" for key, value in zip(CELL, cell, strict=True))
        raise WorkbenchError(
            f"One cell has different values ({named}): {values}. Delete the source that is out of date, or read "
            "one kind only (`-p source=runs` or `-p source=measured`)."
        )
    return rows.drop_duplicates(CELL, ignore_index=True)


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path)
    except Exception as error:
        raise WorkbenchError(f"{path} cannot be read ({error}). Restore it or delete it.") from None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)

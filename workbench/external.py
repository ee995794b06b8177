"""Results of other tools: read from CSV and JSON, kept in `reports/external/`, shown beside ours and marked as external.

workbench import results.csv --keep theirs --column value=top1_percent --percent --column n=n_val
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.errors import UnknownName, WorkbenchError
from workbench.files import file_key, whole_file, write_origin
from workbench.paths import external_folder
from workbench.published import study_runs
from workbench.rows import Column, rows_path
from workbench.stats import wilson

STUDY_FILE = re.compile(r"eval_(?P<benchmark>\w+)_results\.json")  # below a folder with the run's name
UNSTATED = -1  # of a seed


FIELDS: dict[str, Column] = {  # numbers are shares of 1
    "name": Column("text", "what was trained; a variant of ours by its name stands in that variant's line"),
    "benchmark": Column("text", "data set that was read: one of ours, or a published one"),
    "value": Column("number", "accuracy, a share of 1; in per cent with --percent"),
    "n": Column("whole", "clips behind it"),
    "regime": Column("text", "what was trained on: single, mixed, or a data set's name", "single"),
    "seed": Column("whole", "of the pretraining; -1: not stated", UNSTATED),
    "probe": Column("text", "how it was read", ""),
    "chance": Column("number", "what guessing gives", math.nan),
    "note": Column("text", "what else is to be said", ""),
}
CELL = ["name", "benchmark", "regime", "seed", "probe"]
NEEDED = "needed are " + ", ".join(name for name, field in FIELDS.items() if field.default is None)


@dataclass(frozen=True)
class Reading:
    """How fields are found: `columns` our name -> theirs, `constants` our name -> the value of all rows, numbers in per cent or not."""

    columns: Mapping[str, str]
    constants: Mapping[str, str]
    percent: bool = False

    def __post_init__(self) -> None:
        for name in (*self.columns, *self.constants):
            if name not in FIELDS:
                raise UnknownName("column of external rows", name, FIELDS)
        if twice := set(self.columns) & set(self.constants):
            raise WorkbenchError(f"'{min(twice)}' is given by a column and as a value: give one of both.")


def read_external(paths: Sequence[Path], reading: Reading) -> pd.DataFrame:
    """Rows of CSV and JSON files, and of JSON files below folders, with the columns of `FIELDS`, Wilson's interval and `file`.

    A JSON file holds an object or a list of objects; `a.b` names b within a. Of a file `RUN/eval_BENCHMARK_results.json`, the form of the
    study's, the benchmark is that of its name, and the name the variant that the study trained in that run. Raises, with file and line or
    object, where a column is missing, a value is impossible, or one cell has two values.
    """
    rows = [_row(entry, where, path, reading) for path in _files(paths) for where, entry in _entries(path)]
    if not rows:
        raise WorkbenchError(f"{', '.join(map(str, paths))}: no rows. A CSV has a header and a line a row; {NEEDED}.")
    table = pd.DataFrame(rows)
    for cell, group in table.groupby(CELL, sort=False):
        if len(group[["value", "n"]].drop_duplicates()) > 1:
            said = "; ".join(f"{row.value:.4f} of {row.n} ({row.where})" for row in group.itertuples())
            named = ", ".join(
                f"{key} {value}" for key, value in zip(CELL, cell, strict=True) if value not in ("", UNSTATED)
            )
            raise WorkbenchError(f"One cell has different values ({named}): {said}. Tell them apart by seed or probe.")
    return table.drop_duplicates(CELL, ignore_index=True).drop(columns="where")


def keep_external(name: str, rows: pd.DataFrame, command: str, paths: Sequence[Path]) -> Path:
    """Write `reports/external/NAME.parquet`, and NAME.json with the command, versions and content keys of the files."""
    path = rows_path(external_folder(), name)
    with whole_file(path) as temporary:
        rows.to_parquet(temporary, index=False)
    files = {str(one): file_key(one) for one in _files(paths)}
    write_origin(path.with_suffix(".json"), command, files=files)
    return path


def load_external() -> pd.DataFrame:
    """All external rows that are kept; `kept_in` names the table."""
    columns = [*FIELDS, "low", "high", "file"]
    parts = []
    for path in sorted(external_folder().glob("*.parquet")):
        try:
            part = pd.read_parquet(path)
        except (OSError, ValueError) as error:
            raise WorkbenchError(f"{path} cannot be read ({error}). Import the rows again or delete it.") from None
        if lacking := [name for name in columns if name not in part]:
            raise WorkbenchError(f"{path} has no column '{lacking[0]}'. Import the rows again or delete it.")
        parts.append(part.assign(kept_in=path.stem))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*columns, "kept_in"])


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            found = sorted(path.rglob("*.json"))
            if not found:
                raise WorkbenchError(f"{path} holds no JSON file.")
            yield from found
        elif not path.is_file():
            raise WorkbenchError(f"{path} is not there. Give a CSV, a JSON, or a folder with JSON files.")
        else:
            yield path


def _entries(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each record of a file, with where it stands in words."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = json.loads(text) if path.suffix == ".json" else None
    except (OSError, ValueError, RecursionError) as error:
        raise WorkbenchError(f"{path} cannot be read: {error}. Give a CSV or JSON, as text in UTF-8.") from None
    if path.suffix == ".json":
        for number, entry in enumerate(found if isinstance(found, list) else [found], start=1):
            where = f"{path}, object {number}" if isinstance(found, list) else str(path)
            if not isinstance(entry, dict):
                raise WorkbenchError(f"{where}: not an object of keys and values.")
            yield where, _named(path) | _flat(entry)
        return
    lines = csv.DictReader(io.StringIO(text, newline=""))
    try:
        for entry in lines:
            where = f"{path}, line {lines.line_num}"
            if None in entry or None in entry.values():
                raise WorkbenchError(f"{where}: not as many values as the header has columns. Mend the line.")
            yield where, entry
    except csv.Error as error:
        raise WorkbenchError(f"{path}, line {lines.line_num + 1}: {error}. Mend the line.") from None


def _named(path: Path) -> dict[str, str]:
    """What the name of a result file of the study says."""
    match = STUDY_FILE.fullmatch(path.name)
    if match is None:
        return {}
    run = path.parent.name
    variant, regime = study_runs().get(run, (run, "single"))
    return {"name": variant, "benchmark": match["benchmark"], "regime": regime}


def _flat(entry: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in entry.items():
        found |= _flat(value, f"{before}{key}.") if isinstance(value, dict) else {f"{before}{key}": value}
    return found


def _row(entry: Mapping[str, Any], where: str, path: Path, reading: Reading) -> dict[str, Any]:
    row = {name: _value(name, field, entry, where, reading) for name, field in FIELDS.items()}
    low, high = wilson(round(row["value"] * row["n"]), row["n"])
    return row | {"low": low, "high": high, "file": path.name, "where": where}


def _value(name: str, field: Column, entry: Mapping[str, Any], where: str, reading: Reading) -> Any:
    theirs = reading.columns.get(name, name)
    if name in reading.constants:
        value: Any = reading.constants[name]
    elif theirs in entry and entry[theirs] not in ("", None):
        value = entry[theirs]
    elif field.default is not None and name not in reading.columns:
        return field.default
    else:
        said = f"--column {name}=THEIRS, or --value {name}=… for all rows"
        raise WorkbenchError(f"{where}: no '{theirs}' ({field.meaning}). It has {', '.join(entry)}; say which: {said}.")
    if field.kind == "text":
        return str(value)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise WorkbenchError(
            f"{where}: {theirs} is {value!r}, which is not a number. Mend it, or name another column: --column {name}=THEIRS."
        ) from None
    return (
        _whole(number, name, theirs, where) if field.kind == "whole" else _share(number, name, theirs, where, reading)
    )


def _whole(number: float, name: str, theirs: str, where: str) -> int:
    least = 1 if name == "n" else UNSTATED
    if not math.isfinite(number) or number % 1 or number < least:
        raise WorkbenchError(f"{where}: {theirs} is {number:g}; a whole number from {least} is wanted.")
    return int(number)


def _share(number: float, name: str, theirs: str, where: str, reading: Reading) -> float:
    if name == "value" and reading.percent:
        number /= 100
    if not 0 <= number <= 1:  # not a number included
        way = "a number from 0 to 100" if reading.percent else "a share of 1; give --percent if it is in per cent"
        raise WorkbenchError(f"{where}: {theirs} is {number * (100 if reading.percent else 1):g}; wanted: {way}.")
    return number

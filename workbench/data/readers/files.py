"""Reading annotation files, and finding the files that they name."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.data.listing import VIDEO_SUFFIXES, class_folders, find_files, is_name, read_text
from workbench.data.readers.base import Problem
from workbench.errors import WorkbenchError

DEPTH = 2  # folders below the given one in which annotation files are looked for


def read_json(path: Path, kind: type | None = None) -> Any:
    """The value of a JSON file; `kind` is what it must be, list or dict. Errors name the line."""
    try:
        value = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise WorkbenchError(f"{path}, line {error.lineno}, column {error.colno}: not JSON: {error.msg}.") from None
    except ValueError as error:  # a number of thousands of digits
        raise WorkbenchError(f"{path} cannot be read as JSON: {error}.") from None
    except RecursionError:
        raise WorkbenchError(f"{path} is not a file of annotations: its JSON is nested too deeply.") from None
    if kind is not None and not isinstance(value, kind):
        wanted = "a list, [...]" if kind is list else "an object, {...}"
        raise WorkbenchError(f"{path} must hold {wanted}; it begins with {read_text(path).strip()[:20]!r}.")
    return value


def read_entries(
    path: Path, problems: list[Problem], identity: str, **needed: type
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Number (from 1) and entry of a JSON list of objects with the `needed` keys; others become problems.

    So does an entry whose text under the key `identity` an entry before it has.
    """
    seen: set[str] = set()
    place = f"{path}, entry"
    for number, entry in checked_entries(read_json(path, list), place, problems, **{identity: str}, **needed):
        if entry[identity] in seen:
            problems.append(Problem("duplicate id", f"{place} {number}", repr(entry[identity])))
        else:
            seen.add(entry[identity])
            yield number, entry


def checked_entries(
    entries: Iterable[Any], place: str, problems: list[Problem], **needed: type
) -> Iterator[tuple[int, dict[str, Any]]]:
    """The entries that are objects with the `needed` keys, numbered from 1; `place` is what comes before the number."""
    for number, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            problems.append(Problem("malformed entry", f"{place} {number}", f"not an object: {str(entry)[:60]!r}"))
        elif wrong := [key for key, kind in needed.items() if not _is(entry.get(key), kind)]:
            said = ", ".join(_wrong(entry, key, needed[key]) for key in wrong)
            problems.append(Problem("malformed entry", f"{place} {number}", said))
        else:
            yield number, entry


def _wrong(entry: dict[str, Any], key: str, kind: type) -> str:
    if key not in entry:
        return f"no {key}"
    return f"{key}={entry[key]!r:.40} is not {'text' if kind is str else 'a whole number'}"


def _is(value: Any, kind: type) -> bool:
    return isinstance(value, kind) and not (kind is int and isinstance(value, bool))


def read_table(path: Path, problems: list[Problem], column: str, *more: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and row of a CSV file with a header that has the given columns; a column that a row lacks is "" in it.

    A row with more fields than the header, or without the first column, is a problem.
    """
    reader = csv.DictReader(io.StringIO(read_text(path)), strict=True)
    columns = (column, *more)
    if lacking := [name for name in columns if name not in (reader.fieldnames or [])]:
        raise WorkbenchError(f"{path}, line 1 lacks the column {', '.join(lacking)}; it has {reader.fieldnames or []}.")
    try:
        for row in reader:
            place = f"{path}, line {reader.line_num}"
            if None in row:  # a comma in a field without quotes, as a rule: what follows it would be lost
                rest = ",".join(row[None])
                said = f"more fields than columns, from {rest[:40]!r} on; a field with a comma needs quotes"
                problems.append(Problem("malformed entry", place, said))
            elif not (row[column] or "").strip():
                problems.append(Problem("malformed entry", place, f"no {column}"))
            else:
                yield reader.line_num, {name: text or "" for name, text in row.items()}
    except csv.Error as error:
        raise WorkbenchError(f"{path}, line {reader.line_num}: {error}.") from None


def look_for(folder: Path, *names: str) -> Path | None:
    """The file or folder of one of these names in `folder` or up to two folders below, the nearest; None without one."""
    level = [folder]
    for depth in range(DEPTH + 1):
        if depth:  # by hand: `glob` passes over folders that cannot be read
            level = [inner / name for inner in level for name in class_folders(inner)]
        found = sorted({inner / name for inner in level for name in names if os.path.exists(inner / name)})
        if len(found) > 1:
            raise WorkbenchError(
                f"{folder} holds {' and '.join(str(path.relative_to(folder)) for path in found[:3])}. "
                "Keep one, or give the folder of one."
            )
        if found:
            return found[0]
    return None


def need(folder: Path, layout: str, *names: str) -> Path:
    """`look_for`, with an error where there is none."""
    found = look_for(folder, *names) if folder.is_dir() else None
    if found is None:
        raise WorkbenchError(
            f"{folder} has no {' or '.join(names)}, which the layout {layout} needs; see docs/data.md."
        )
    return found


def fault_of_name(name: str) -> str:
    """The kind of problem that a file's name in a list is; "" for a good one, which stays in the folder of the list."""
    if not name or not is_name(name):
        return "malformed entry"
    if os.path.isabs(name) or os.path.normpath(name).split(os.sep)[0] == os.pardir:
        return "outside the data folder"
    return ""


@dataclass(frozen=True)
class FileIndex:
    """The files below a folder by their name without suffix. `home` is the folder that holds most of them."""

    paths: dict[str, str]
    twice: dict[str, str]
    home: str

    @classmethod
    def of(cls, folder: Path, suffixes: tuple[str, ...] = VIDEO_SUFFIXES) -> FileIndex:
        """Look at everything below `folder` once."""
        paths: dict[str, str] = {}
        twice: dict[str, str] = {}
        homes: Counter[str] = Counter()
        for path in find_files(folder, suffixes):
            home, name = os.path.split(path)
            homes[home] += 1
            if paths.setdefault(stem := os.path.splitext(name)[0], path) != path:
                twice[stem] = path
        return cls(paths, twice, max(homes, key=lambda home: homes[home], default=str(folder.absolute())))

    def path(self, stem: str, suffix: str, place: str, problems: list[Problem]) -> str:
        """Where the file of an id lies, or should lie; an id that cannot name a file gives a problem and ""."""
        if kind := fault_of_name(stem):
            problems.append(Problem(kind, place, repr(stem)))
            return ""
        if stem in self.twice:
            problems.append(Problem("two files of one name", place, f"{self.paths[stem]} and {self.twice[stem]}"))
        return self.paths.get(stem) or os.path.join(self.home, stem + suffix)

"""What a report was made from: keys of all that it may read, and `report.json`, which says so beside what was written.

Nothing here is slow to import: a report whose inputs are unchanged is told from one that is not within a second.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.files import content_key, file_key, package_versions
from workbench.own import own_folder
from workbench.paths import external_folder, home, published_root, reports_root, runs_root
from workbench.report.parameters import Report

FILE = "report.json"
PACKAGE = Path(__file__).resolve().parents[1]
SOURCES = (".py", ".j2", ".css", ".js")
ROWS = (".parquet", ".json", ".csv", ".yaml")
LARGE = ("features", "snapshots", "weights", "tower")  # folders of a run that hold no rows


@dataclass(frozen=True)
class Inputs:
    """Content keys of what every report may read: the package's source with a person's own, and the rows."""

    source: str
    rows: str

    @classmethod
    def now(cls) -> Inputs:
        """As they lie on this disk."""
        return cls(_key(source_files()), _key(row_files()))

    def key(self, report: Report, parameters: Any) -> str:
        """Content key of one report: equal inputs give an equal report."""
        notebook = file_key(report.notebook) if report.notebook.is_file() else ""
        asked = parameters.model_dump(mode="json")
        return content_key(asked, notebook, report.title, self.source, self.rows, package_versions())


def source_files() -> Iterator[Path]:
    """The files of the package and of `own/`."""
    yield from (path for path in _below(PACKAGE) if path.suffix in SOURCES)
    yield from sorted(own_folder().glob("*.py"))


def row_files() -> Iterator[Path]:
    """The files that hold numbers: kept rows and what lies beside them, external and published ones, claims, and the runs on this disk.

    The runs belong to a report from kept rows too: it names those that are missing and draws the histories of those that are there.
    """
    for folder in (reports_root() / "measured", external_folder(), published_root()):
        yield from (path for path in _below(folder) if path.suffix in ROWS)
    for folder in dict.fromkeys((reports_root(), published_root().parent)):
        yield from sorted(folder.glob("claims.y*ml"))
    yield from (path for path in _below(runs_root()) if path.suffix in ROWS)


def read_origin(folder: Path) -> dict[str, Any] | None:
    """What `report.json` in `folder` says, or None where there is none that can be read."""
    try:
        found = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) and "key" in found else None


def whole(folder: Path, origin: Mapping[str, Any]) -> bool:
    """Whether every file that `report.json` names is there."""
    return all((folder / name).is_file() for name in origin.get("files", ()))


def data_keys(preset: str | None) -> dict[str, list[str]]:
    """Content keys of the test clips behind all rows (of one preset), by benchmark."""
    import pyarrow.dataset as ds

    from workbench.rows import measured_files

    found: dict[str, set[str]] = {}
    for path in [*measured_files(), *sorted(runs_root().glob("*/rows.parquet"))]:
        try:
            rows = ds.dataset(path).to_table(["preset", "benchmark", "data_key"])
        except (OSError, ValueError):  # the notebook that reads it says what is wrong with it
            continue
        for row in rows.to_pylist():
            if preset in (None, row["preset"]):
                found.setdefault(row["benchmark"], set()).add(row["data_key"])
    return {name: sorted(keys) for name, keys in sorted(found.items())}


def told(origin: Mapping[str, Any]) -> dict[str, str]:
    """What every table says of its making, in a line each."""
    git, versions = origin["git"], origin["versions"]
    tree = f"commit {git['commit'][:10]}{' with uncommitted changes' if git['dirty'] else ''}"
    return {
        "Command": origin["command"],
        "Parameters": json.dumps(origin["parameters"], ensure_ascii=False),
        "Made": f"{origin['made']}, {tree}",
        "Versions": ", ".join(f"{name} {version}" for name, version in versions.items()),
        "Test clips, content key": origin["data"]["key"],
        "Rows, content key": origin["rows"],
    }


def _key(paths: Iterable[Path]) -> str:
    return content_key([(_name(path), file_key(path)) for path in paths if path.is_file()])


def _name(path: Path) -> str:
    """The path below the project, so that equal files have an equal key wherever the project lies."""
    roots = (root for root in (home(), PACKAGE.parent) if path.is_relative_to(root))
    return next((path.relative_to(root).as_posix() for root in roots), str(path))


def _below(root: Path) -> Iterator[Path]:
    """All files below `root` in the order of their names, without hidden ones and the large ones of runs."""
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(
            name for name in inner if name not in LARGE and not name.startswith((".", "state-", "__pycache__"))
        )
        yield from (Path(folder, name) for name in sorted(names) if not name.startswith("."))

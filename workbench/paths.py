"""Where things lie: one home folder with data, cache, checkpoints and reports below it."""

from __future__ import annotations

import os
from pathlib import Path

from workbench.errors import WorkbenchError

LONGEST = 200  # bytes of a name: file systems take 255, and endings and temporary names come on top


def home() -> Path:
    """The project's home: $WORKBENCH_HOME, else the nearest folder above the current one that holds `checkpoints`, else the current one."""
    if value := os.environ.get("WORKBENCH_HOME"):
        return Path(value).resolve()
    here = Path.cwd().resolve()
    for folder in (here, *here.parents):
        if (folder / "checkpoints").is_dir():
            return folder
    return here


def data_root() -> Path:
    """Data sets: `data/<name>/`."""
    return home() / "data"


def cache_root() -> Path:
    """Decoded clips and projections. Safe to delete."""
    return home() / "cache"


def runs_root() -> Path:
    """Trained runs: `checkpoints/<run>/`."""
    return home() / "checkpoints"


def reports_root() -> Path:
    """Executed notebooks, tables and pages."""
    return home() / "reports"


def external_folder() -> Path:
    """Result rows of other tools."""
    return reports_root() / "external"


def check_stays(name: str, what: str) -> None:
    """Raise where a person's name for `what`, as "a run", does not stay in the folder where it is put."""
    if not name or not stays(name):
        raise WorkbenchError(
            f"{name!r} cannot name {what}: give a name without slashes that does not begin with a dot."
        )


def stays(name: str) -> bool:
    """Whether a name given by a person stays in the folder where it is put, and can be seen there: no slashes, no dot at its start."""
    return Path(name).name == name and not name.startswith(".") and name.isprintable() and len(name.encode()) <= LONGEST


def shipped(path: str) -> Path:
    """What this project ships beside the package, by its place in the repository; an installed package holds it in `shipped/`."""
    package = Path(__file__).resolve().parent
    inside = package / "shipped"
    return (inside if inside.is_dir() else package.parent) / path


def published_root() -> Path:
    """The study's results, settings and claims."""
    return shipped("reports/published")


def claims_file() -> Path:
    """The 12 claims of the study as tests."""
    return shipped("reports/claims.yaml")

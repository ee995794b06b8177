"""Keeping a diagnosis: every number of every table in `reports/measured/`, without the weights."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.files import git_state, package_versions, whole_file, write_json
from workbench.rows import measured_path

if TYPE_CHECKING:
    from workbench.diagnosis.diagnosis import Diagnosis


def diagnosis_path(name: str) -> Path:
    """Where a diagnosis kept under `name` lies; the dot in its name sets it apart from result rows."""
    path = measured_path(name)
    return path.with_name(f"{name}.diagnosis.parquet")


def keep_diagnosis(name: str, diagnosis: Diagnosis, command: str) -> Path:
    """Write `<name>.diagnosis.parquet`, a number a row, and `<name>.diagnosis.json` with the command, versions and git state."""
    path = diagnosis_path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        diagnosis.rows().to_parquet(temporary, index=False, compression="zstd")
    about = {"command": command, "kept": time.strftime("%Y-%m-%dT%H:%M:%S%z")}
    write_json(path.with_suffix(".json"), about | {"versions": package_versions(), "git": git_state()})
    return path

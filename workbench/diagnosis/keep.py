"""Keeping a diagnosis: every number of every table in `reports/measured/`, without the weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.files import whole_file, write_origin
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
    write_origin(path.with_suffix(".json"), command)
    return path

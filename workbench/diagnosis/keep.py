"""Keeping a diagnosis: every number of every table in `reports/measured/`, without the weights."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.rows import beside_path, keep_beside

if TYPE_CHECKING:
    from workbench.diagnosis.diagnosis import Diagnosis

KIND = "diagnosis"


def diagnosis_path(name: str) -> Path:
    """Where a diagnosis kept under `name` lies."""
    return beside_path(name, KIND)


def keep_diagnosis(name: str, diagnosis: Diagnosis, command: str) -> Path:
    """Write `<name>.diagnosis.parquet`, a number a row, and `<name>.diagnosis.json` with the command, versions and git state."""
    return keep_beside(name, KIND, diagnosis.rows(), command)

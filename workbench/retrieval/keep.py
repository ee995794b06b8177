"""Keeping rows of retrieval in `reports/measured/`, beside the command that made them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from workbench.files import whole_file, write_origin
from workbench.rows import measured_path


def retrieval_path(name: str) -> Path:
    """Where rows of retrieval kept under `name` lie; the dot in its name sets it apart from result rows."""
    return measured_path(name).with_name(f"{name}.retrieval.parquet")


def keep_retrieval(name: str, rows: pd.DataFrame, command: str) -> Path:
    """Write `<name>.retrieval.parquet`, and `<name>.retrieval.json` with the command, versions and git state."""
    path = retrieval_path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        rows.to_parquet(temporary, index=False, compression="zstd")
    write_origin(path.with_suffix(".json"), command)
    return path

"""The columns that all tables of disentanglement share, and rows made into them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from workbench.disentangle.nulls import NUMBERS

MEASURED = ("value", "low", "high", "n")
BESIDE = ("chance", "null_mean", "null_low", "null_high", "nulls", "p", "pca", "random_encoder", "note")
COUNTS = ("n", "nulls")


def table(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a table: what is measured, then `value` … `note`; a number that is not there is missing (NA), never NaN."""
    frame = pd.DataFrame(rows)
    for name in (*MEASURED, *BESIDE):
        if name not in frame:
            frame[name] = "" if name == "note" else None
    frame["note"] = frame["note"].fillna("")
    numbers = [name for name in (*NUMBERS, "accuracy") if name in frame]
    frame = frame.astype({name: "Float64" for name in numbers} | {name: "Int64" for name in COUNTS})
    shared = (*MEASURED, *BESIDE)
    return frame[[name for name in frame if name not in shared] + list(shared)]

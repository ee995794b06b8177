"""The study's results and settings, as shipped in `reports/published/`, read as result rows like our own."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.errors import UnknownName, WorkbenchError
from workbench.paths import published_root
from workbench.stats import wilson
from workbench.variants import VARIANTS

PRESET = "published"
REGIMES = {"ucf101": "motion48", "mixed": "mixed"}  # a regime of the study -> ours that stands for it
# Classes of the benchmarks, of which chance is one; the probe designs `diving48_…` are on Diving-48.
CLASSES = {"diving48": 48, "ssv2": 174, "imagenet100": 100, "synth": 8, "ucf101": 101, "ucf101_full": 101}
AUDIT = "published: not audited"


def published_rows() -> pd.DataFrame:
    """The 88 published evaluations with Wilson intervals, as rows of `workbench.rows`; `source` names the CSV.

    `value` is the published top-1 as a share; the released code read all of them from the teacher (OBJECTIVES, item 1).
    """
    from workbench.rows import checked

    path = published_root() / "results.csv"
    table = read(path.name)
    rows = []
    for line, entry in enumerate(table.to_dict("records"), start=2):
        try:
            rows.append(_row(entry))
        except (KeyError, ValueError, UnknownName) as error:
            raise WorkbenchError(f"{path}, line {line}: {error} Restore the file from the repository.") from None
    return checked(pd.DataFrame(rows), path)


def published_settings() -> pd.DataFrame:
    """The settings of the 32 published four-GPU runs, one row a run."""
    return read("variants.csv")


def study_runs() -> dict[str, tuple[str, str]]:
    """Of each published run its variant and its regime, "single" or "mixed"."""
    table = read("results.csv")
    regimes = table["regime"].map({"ucf101": "single"}).fillna(table["regime"])
    return dict(zip(table["run"], zip(table["variant"], regimes, strict=True), strict=True))


def read(name: str) -> pd.DataFrame:
    """A CSV of `reports/published/`."""
    path = published_root() / name
    if not path.is_file():
        raise WorkbenchError(f"{path} is not there. Published results come with the repository; restore the file.")
    return pd.read_csv(path)


def _row(entry: Mapping[Any, Any]) -> dict[str, Any]:
    VARIANTS[entry["variant"]]
    n, value = int(entry["n_val"]), entry["top1_percent"] / 100
    low, high = wilson(round(value * n), n)
    epochs = "unstated" if math.isnan(entry["probe_epochs"]) else f"{entry['probe_epochs']:.0f}"
    name = entry["benchmark"]
    return {
        "run": entry["run"],
        "variant": entry["variant"],
        "seed": entry["pretrain_seed"],
        "preset": PRESET,
        "recipe": PRESET,
        "regime": REGIMES[entry["regime"]],
        "reading": "as_published" if entry["ema_teacher"] == "no" else _reading(entry["variant"]),
        "benchmark": name,
        "split": "test",
        "probe": entry["probe"],
        "factor": "label",
        "metric": "accuracy",
        "value": value,
        "low": low,
        "high": high,
        "n": n,
        "chance": 1 / CLASSES["diving48" if name.startswith("diving48") else name],
        "encoder": "teacher",
        "budget": f"{entry['n_train']} labelled clips, {epochs} epochs",
        "config_key": "",
        "data_key": "",
        "steps": 0,
        "seconds": 0.0,
        "commit": "3588723",
        "dirty": False,
        "audit": AUDIT,
    }


def _reading(variant: str) -> str:
    return VARIANTS[variant].readings[-1]

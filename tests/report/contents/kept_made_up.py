"""Kept tables with invented numbers: of retrieval, computed from random scores, and of a diagnosis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.presets import build_config, run_name
from workbench.retrieval.metrics import retrieval_metrics
from workbench.retrieval.ranks import ranks
from workbench.retrieval.robustness import robustness_rows
from workbench.retrieval.scores import as_scores
from workbench.retrieval.truth import as_truth
from workbench.rows import keep_beside
from workbench.stats import wilson

KINDS = ("sprite", "colour", "order")


def about(
    variant: str, seed: int = 0, audit: str = "passed", data: str | None = "mixed", preset: str = "smoke"
) -> dict[str, Any]:
    """The columns that say which encoder a row is of."""
    config = build_config(variant, preset, seed, data=data)
    run = {"run": run_name(config), "variant": variant, "seed": seed, "preset": preset, "recipe": config.recipe}
    return run | {"regime": config.data.source, "reading": "as_described", "encoder": "context", "audit": audit}


def retrieval_table(
    of: dict[str, Any], skill: float, shifts: Sequence[tuple[str, int]] = (), clips: int = 60, seed: int = 0
) -> pd.DataFrame:
    """Rows as `workbench retrieve` keeps them, of scores that are `skill` on the diagonal and noise."""
    rng = np.random.default_rng(seed)
    truth = as_truth(None, clips, clips)

    def scores(strength: float) -> np.ndarray:
        return rng.normal(size=(clips, clips)) + strength * np.eye(clips)

    clean = scores(skill)
    parts = []
    for shift, severity in [("", 0), *shifts]:
        seen = clean if not shift else scores(skill / (1 + severity))
        rows = list(retrieval_metrics(seen).assign(factor="").to_dict("records"))
        if shift:
            rows += list(robustness_rows(*(ranks(as_scores(one), truth) for one in (clean, seen)), truth))
        for kind in KINDS:
            right = int(rng.binomial(clips, 0.5 + min(0.4, skill / 10)))
            low, high = wilson(right, clips)
            word = {
                "direction": "video→text",
                "metric": "word",
                "factor": kind,
                "value": 100 * right / clips,
                "rerank": "",
            }
            rows.append(word | {"low": 100 * low, "high": 100 * high, "chance": 50.0, "n": clips, "pool": 2})
            rows.append(rows[-1] | {"metric": "zero-shot", "chance": 10.0, "pool": 10})
        parts.append(pd.DataFrame(rows).assign(shift=shift, severity=severity, family="camera" if shift else ""))
    said = {"benchmark": "mixed", "split": "test", "head": "fitted by infonce", "note": "", "data_key": "made-up"}
    return pd.concat(parts, ignore_index=True).assign(**of, **said)


def keep_retrieval(name: str, *tables: pd.DataFrame) -> None:
    """To `reports/measured/NAME.retrieval.parquet`."""
    keep_beside(name, "retrieval", pd.concat(tables, ignore_index=True), "workbench retrieve")


def chiral_table(encoder: str, value: float, audit: str = "passed", benchmark: str = "motion48") -> pd.DataFrame:
    """One number of a diagnosis."""
    numbers = {
        "value": value,
        "low": value - 0.02,
        "high": value + 0.02,
        "n": 100,
        "chance": 0.5,
        "random_encoder": 0.5,
    }
    what = {"table": "chiral", "metric": "chiral accuracy", "pair": "mean over pairs", "note": ""}
    return pd.DataFrame([{"encoder": encoder, "benchmark": benchmark, "audit": audit, **what, **numbers}])


WORDS = {"colour": 80.0, "sprite": 60.0, "order": 70.0, "reversal": 50.0}


def planted_rows(
    variant: str, seed: int, add: float = 0.0, split: str = "test", preset: str = "smoke", **words: float
) -> pd.DataFrame:
    """Clean and shifted numbers of one run: each seed adds 1, each severity takes 10 from words and recalls."""
    found = []
    for family, shift, severity in (("", "", 0), ("camera", "shake", 1), ("camera", "shake", 5), ("noise", "shot", 5)):
        less = (10 if severity == 5 else 2 if severity else 0) + (5 if family == "noise" else 0)
        row = {"shift": shift, "severity": severity, "family": family, "rerank": "", "n": 100, "pool": 100}
        for direction in ("text→video", "video→text"):
            for metric in ("R@1", "R@10"):
                value = 30 + seed + add - less
                number = {"value": value, "low": value - 1, "high": value + 1, "chance": 1.0}
                found.append(row | {"direction": direction, "metric": metric, "factor": ""} | number)
        found.append(row | {"direction": "both", "metric": "rsum", "factor": "", "value": 200 + add, "chance": 9.0})
        for kind, clean in (WORDS | words).items():
            word = {"direction": "video→text", "metric": "word", "factor": kind, "value": clean + seed - less}
            found.append(row | word | {"low": 0.0, "high": 100.0, "chance": 50.0})
    own = "+" in variant
    head = "own, infonce" if own else "fitted on the frozen encoder, infonce, 12 steps"
    said = {"benchmark": "mixed", "split": split, "head": head, "note": "", "data_key": "k"}
    return pd.DataFrame(found).assign(**about(variant, seed, preset=preset), **said)

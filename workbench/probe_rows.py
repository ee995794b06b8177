"""What a probe's outcome becomes: a tidy row with all that its number depends on, and the answers behind it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.audit import NOT_AUDITED, audit_mark
from workbench.data.clips import ClipSet
from workbench.encoders.base import FrozenEncoder
from workbench.files import content_key, git_state
from workbench.presets import run_name, same_conditions
from workbench.probes import ProbeOutcome, ProbeTask
from workbench.runs import Run
from workbench.variants import VARIANTS


def about_run(run: Run, encoder: str) -> dict[str, Any]:
    """The columns that are the same in every row of a run's `encoder`."""
    config, info = run.config, run.info
    return {
        "run": run.name,
        "variant": config.variant,
        "seed": config.seed,
        "preset": config.preset,
        "recipe": config.recipe,
        "regime": config.data.source,
        "reading": config.reading,
        "control": control_run(run),
        "encoder": encoder,
        "config_key": config.key(),
        "steps": info["step"],
        "train_seconds": info["seconds"],
        "fingerprint": info.get("fingerprint", ""),
        "commit": info["git"]["commit"],
        "dirty": bool(info["git"]["dirty"]),
        "audit": audit_mark(run, encoder),
    }


def about_encoder(encoder: FrozenEncoder) -> dict[str, Any]:
    """The same columns of an encoder without a run: what was trained, and on what, is not known here.

    Seed, preset and recipe are those of the clips and the probes' budget.
    """
    config, git = encoder.config, git_state()
    return {
        "run": encoder.name,
        "variant": "random" if encoder.is_random else encoder.name,
        "seed": config.seed,
        "preset": config.preset,
        "recipe": config.recipe,
        "regime": "none" if encoder.is_random else "unknown",
        "reading": config.reading,
        "control": "",
        "encoder": "",
        "config_key": content_key(encoder.key, config.key()),
        "steps": 0,
        "train_seconds": np.nan,
        "fingerprint": "",
        "commit": git["commit"],
        "dirty": bool(git["dirty"]),
        "audit": NOT_AUDITED,
    }


def result_row(
    about: dict[str, Any],
    test: ClipSet,
    factor: str,
    probe: str,
    task: ProbeTask,
    outcome: ProbeOutcome,
    seconds: float,
) -> dict[str, Any]:
    """One tidy row: the accuracy on test clips with its Wilson interval, or R² (clipped at 0) of a continuous factor with BCa's."""
    return about | {
        "benchmark": test.name,
        "split": test.split,
        "probe": probe,
        "factor": factor,
        **(_r_squared(task, outcome) if task.continuous else _accuracy(task, outcome)),
        "n": len(task.test.labels),
        "choice": outcome.choice,
        "val_accuracy": outcome.val_accuracy,
        "budget": outcome.budget,
        "data_key": test.key,
        "seconds": round(seconds, 2),
        "note": task.note,
    }


def _accuracy(task: ProbeTask, outcome: ProbeOutcome) -> dict[str, Any]:
    from workbench.stats import wilson

    correct, n = int((outcome.predicted == task.test.labels).sum()), len(task.test.labels)
    low, high = wilson(correct, n)
    return {"metric": "accuracy", "value": correct / n, "low": low, "high": high, "chance": 1 / task.classes}


def _r_squared(task: ProbeTask, outcome: ProbeOutcome) -> dict[str, Any]:
    """1 − Σ(y − ŷ)²/Σ(y − ȳ)² on test clips, ȳ their own mean in every draw."""
    from workbench.stats import bca

    def unexplained(truth: np.ndarray, predicted: np.ndarray, axis: int = -1) -> np.ndarray:
        spread = np.square(truth - truth.mean(axis, keepdims=True)).sum(axis)
        return 1 - np.square(truth - predicted).sum(axis) / np.maximum(spread, np.finfo(np.float64).tiny)

    found = bca(task.test.labels.astype(np.float64), outcome.predicted.astype(np.float64), statistic=unexplained)
    value, low, high = (float(np.clip(v, 0, 1)) for v in (found.estimate, found.low, found.high))
    return {"metric": "r2", "value": value, "low": low, "high": high, "chance": 0.0}


def answers(
    encoder: str, benchmark: str, probe: str, factor: str, task: ProbeTask, outcome: ProbeOutcome
) -> pd.DataFrame:
    """What the probe said of every test clip, for paired statistics; nothing of a continuous factor."""
    if task.continuous:
        return pd.DataFrame()
    return pd.DataFrame(
        {
            "benchmark": benchmark,
            "probe": probe,
            "factor": factor,
            "encoder": encoder,
            "clip": task.test.features.table["clip"].to_numpy(),
            "truth": task.test.labels,
            "predicted": outcome.predicted.astype(np.int64),
        }
    )


def control_run(run: Run) -> str:
    """Name of the matched control: the control variant, as described, with the same seed, preset, recipe and training data.

    Empty for the random encoder.
    """
    config = run.config
    variant = VARIANTS[config.variant]
    if not variant.trained:
        return ""
    return run_name(same_conditions(config, variant.control))

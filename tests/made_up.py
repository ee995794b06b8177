"""Finished runs with invented answers, for tests of what is made from result rows. No model is trained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from workbench.config import Reading
from workbench.files import git_state
from workbench.presets import build_config, run_name
from workbench.runs import Run
from workbench.stats import wilson
from workbench.variants import VARIANTS

CLASSES = {"motion48": 48, "temporal16": 16, "appearance100": 100}
Skill = float | Mapping[tuple[str, str], float]


def make_run(
    variant: str,
    seed: int = 0,
    *,
    preset: str = "smoke",
    skill: Skill = 0.3,
    clips: int = 200,
    benchmarks: tuple[str, ...] = tuple(CLASSES),
    probes: tuple[str, ...] = ("linear", "linear_time", "knn", "knn_time", "attentive"),
    factors: tuple[str, ...] = ("label",),
    changes: dict[str, Any] | None = None,
    reading: Reading = "as_described",
    name: str | None = None,
    predictions: bool = True,
    history: bool = True,
    **columns: Any,
) -> Run:
    """A finished run whose probes are right with probability `skill` (one number, or one for each (benchmark, probe)).

    `columns` replaces values of its rows. The same variant and seed give the same answers.
    """
    config = build_config(variant, preset, seed, changes=changes, reading=reading)
    run = Run.create(config, name)
    steps = config.optim.steps if VARIANTS[variant].trained else 0
    run.update(status="finished", step=steps, fingerprint=f"start-{seed}", seconds=12.0)
    if history and steps:
        step = np.arange(1, steps + 1)
        terms = {
            "prediction": 1 / step,
            "context": 0.5 / step,
            **{term: 0.1 / step for term in config.objective.weights},
        }
        table = pd.DataFrame(
            {"step": step, "lr": 1e-3, "loss": sum(terms.values()), **{f"raw/{k}": v for k, v in terms.items()}}
        )
        table.to_parquet(run.folder / "history.parquet")
    rng = np.random.default_rng([seed, sum(map(ord, variant))])
    rows, answers = [], []
    for benchmark in benchmarks:
        truth = np.random.default_rng(1).integers(0, CLASSES[benchmark], clips)  # one test split for everybody
        for probe in probes:
            for factor in factors:
                share = skill if isinstance(skill, int | float) else skill[benchmark, probe]
                right = rng.random(clips) < share
                predicted = np.where(right, truth, (truth + 1) % CLASSES[benchmark])
                rows.append(_row(run, benchmark, probe, factor, int(right.sum()), clips) | columns)
                where = {"benchmark": benchmark, "probe": probe, "factor": factor, "encoder": run.config.probe.encoder}
                answers.append(pd.DataFrame(where | {"clip": np.arange(clips), "truth": truth, "predicted": predicted}))
    if rows:
        run.add_results(pd.DataFrame(rows), pd.concat(answers, ignore_index=True))
    if not predictions:
        (run.folder / "predictions.parquet").unlink()
    return run


def _row(run: Run, benchmark: str, probe: str, factor: str, correct: int, n: int) -> dict[str, Any]:
    config, (low, high) = run.config, wilson(correct, n)
    variant = VARIANTS[config.variant]
    control = run_name(build_config(variant.control, config.preset, config.seed)) if variant.trained else ""
    return {
        "run": run.name,
        "variant": config.variant,
        "seed": config.seed,
        "preset": config.preset,
        "recipe": config.recipe,
        "regime": config.data.source,
        "reading": config.reading,
        "benchmark": benchmark,
        "split": "test",
        "probe": probe,
        "factor": factor,
        "metric": "accuracy",
        "value": correct / n,
        "low": low,
        "high": high,
        "n": n,
        "chance": 1 / CLASSES[benchmark],
        "control": control,
        "encoder": config.probe.encoder,
        "choice": "C=0.3",
        "val_accuracy": correct / n,
        "budget": f"{config.probe.train_clips} labelled clips",
        "config_key": config.key(),
        "data_key": f"made-up-{benchmark}",
        "steps": run.info["step"],
        "seconds": 1.0,
        "train_seconds": 12.0,
        "fingerprint": f"start-{config.seed}",
        "commit": git_state()["commit"],
        "dirty": False,
        "audit": "passed",
    }


def make_study(variants: Mapping[str, Skill], seeds: tuple[int, ...] = (0,), **settings: Any) -> list[Run]:
    """One made-up run for each variant (with its skill) and seed."""
    return [make_run(variant, seed, skill=skill, **settings) for variant, skill in variants.items() for seed in seeds]

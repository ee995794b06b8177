"""The whole of a run: train it (or go on), then probe it; what is there already is not done again."""

from __future__ import annotations

import time
from typing import Any

from workbench.config import Reading
from workbench.distributed import is_first
from workbench.presets import build_config
from workbench.probing import probe_run
from workbench.runs import Run
from workbench.training.train import train


def complete_run(
    variant: str,
    preset: str = "quick",
    seed: int = 0,
    *,
    recipe: str | None = None,
    changes: dict[str, Any] | None = None,
    reading: Reading = "as_described",
    data: str | None = None,
    name: str | None = None,
    show: bool = True,
) -> Run:
    """Train `variant` at `preset` with `seed` and probe it as its settings say; seconds of the call go to run.json.

    The arguments are those of `build_config`. Of several training processes the first probes.
    """
    started = time.monotonic()
    config = build_config(variant, preset, seed, recipe, changes, reading=reading, data=data)
    run = train(config, name=name, show=show)
    if not is_first():
        return run
    probe_run(run, show=show)
    spent = time.monotonic() - started
    run.update(total_seconds=round(max(spent, run.info.get("total_seconds", 0.0)), 1))
    return run

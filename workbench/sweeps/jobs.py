"""The runs of a sweep: which there are, which are complete, and doing one of them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from workbench.config import Config, Reading
from workbench.errors import UnknownName, WorkbenchError
from workbench.paths import home
from workbench.presets import build_config, run_name
from workbench.runs import Run
from workbench.variants import VARIANTS, studied

READINGS = ("as_described", "as_published", "both")


@dataclass(frozen=True)
class Job:
    """One run of a sweep, as `complete_run` takes it, and the folder that it works in. Plain values, to be sent anywhere."""

    variant: str
    seed: int
    preset: str
    recipe: str | None = None
    reading: Reading = "as_described"
    data: str | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    threads: int = 1
    home: str = ""

    @property
    def config(self) -> Config:
        """Settings of the run."""
        return build_config(
            self.variant, self.preset, self.seed, self.recipe, self.changes, reading=self.reading, data=self.data
        )

    @property
    def name(self) -> str:
        """Name of the run."""
        return run_name(self.config)

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return asdict(self)


@dataclass(frozen=True)
class Outcome:
    """What became of a job."""

    run: str
    status: Literal["there", "done", "failed", "stopped"]
    seconds: float = 0.0
    message: str = ""


def plan(
    variants: Sequence[str] | None,
    seeds: Sequence[int],
    preset: str,
    *,
    recipe: str | None = None,
    regime: str = "single",
    reading: str = "as_described",
    changes: dict[str, Any] | None = None,
    threads: int = 1,
) -> list[Job]:
    """The jobs of a sweep, seed by seed, so that a seed is complete before the next begins.

    `variants` None: the random encoder, the baseline and every variant that the study ran in the regime. With `reading`
    "both" a variant with two readings is run in both. Anything unknown raises before any work.
    """
    if reading not in READINGS:
        raise UnknownName("reading of a sweep", reading, READINGS)
    if not seeds:
        raise WorkbenchError("This sweep has no seeds. Give whole numbers from 0: --seeds 0,1,2.")
    names = list(variants) if variants else studied(regime)
    data = None if regime == "single" else regime
    jobs = [
        Job(name, seed, preset, recipe, one, data, changes or {}, threads, str(home()))
        for seed in seeds
        for name in names
        for one in _readings(name, reading)
    ]
    if not jobs:
        raise WorkbenchError("This sweep has no runs: none of its variants has the reading 'as_published'.")
    _refuse_repeats(job.name for job in jobs)
    return jobs


def _readings(variant: str, asked: str) -> list[Reading]:
    known = VARIANTS[variant].readings
    return [one for one in known if asked in (one, "both")]


def _refuse_repeats(names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise WorkbenchError(f"The run '{name}' stands twice in this sweep; name each variant and seed once.")
        seen.add(name)


def complete(job: Job) -> bool:
    """Whether the run is trained and probed with these settings."""
    from workbench.probing import lacking

    try:
        run = Run.open(job.name)
    except WorkbenchError:
        return False
    return run.finished and run.config.key() == job.config.key() and not lacking(run)


def do(job: Job) -> Outcome:
    """Train and probe one run in this process; an error is an outcome, so that it stops nothing else.

    The features, some hundred times the size of the weights, are not kept: a sweep of many runs would fill the disk. Runs in
    a worker of any scheduler: what it needs to know of the machine it was planned on is the folder.
    """
    import torch

    from workbench.features import drop_features
    from workbench.training.pipeline import complete_run

    os.environ["WORKBENCH_HOME"] = job.home
    torch.set_num_threads(job.threads)
    started = time.monotonic()
    try:
        run = complete_run(
            job.variant,
            job.preset,
            job.seed,
            recipe=job.recipe,
            changes=job.changes,
            reading=job.reading,
            data=job.data,
            show=False,
        )
        drop_features(run)
    except KeyboardInterrupt as stop:
        return Outcome(job.name, "stopped", time.monotonic() - started, str(stop))
    except Exception as error:
        return Outcome(job.name, "failed", time.monotonic() - started, f"{type(error).__name__}: {error}")
    return Outcome(job.name, "done", time.monotonic() - started)

"""Training and probing every run of a plan: what is there is not done again, what fails is listed and stops nothing."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from workbench.errors import WorkbenchError
from workbench.progress import progress_bar
from workbench.sweeps.jobs import Job, Outcome, complete, plan


@dataclass(frozen=True)
class SweepResult:
    """One outcome a run, in the order of the plan, and the seconds that the sweep took."""

    jobs: tuple[Job, ...]
    outcomes: tuple[Outcome, ...]
    seconds: float

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The runs that are not complete."""
        return tuple(one for one in self.outcomes if one.status in ("failed", "stopped"))

    def plain(self) -> dict[str, Any]:
        """As JSON can hold it."""
        return {
            "runs": [one.__dict__ for one in self.outcomes],
            "failed": [one.run for one in self.failed],
            "seconds": round(self.seconds, 1),
        }


def sweep(
    variants: Sequence[str] | None = None,
    seeds: Sequence[int] = (0, 1, 2),
    preset: str = "standard",
    *,
    recipe: str | None = None,
    regime: str = "single",
    reading: str = "as_described",
    changes: dict[str, Any] | None = None,
    workers: int | None = None,
    scheduler: str | None = None,
    show: bool = True,
) -> SweepResult:
    """Train and probe `variants` × `seeds`; None: the random encoder and all that the study ran in the regime.

    Every run of a seed has the same clips in the same order, the same initial weights and masks, steps and probe budget.
    On this machine `workers` processes share the cores evenly (by default one a core, one in all on a GPU machine); with `scheduler` the runs
    go to the workers of a dask scheduler at that address, one thread each. Rows are the same either way.
    """
    workers, threads = _shared_cores(workers, scheduler)
    jobs = plan(
        variants, seeds, preset, recipe=recipe, regime=regime, reading=reading, changes=changes, threads=threads
    )
    started = time.monotonic()
    there = [job for job in jobs if complete(job)]
    todo = [job for job in jobs if job not in there]
    found = {job.name: Outcome(job.name, "there") for job in there}
    if todo:
        prepare(todo, show)
        with progress_bar("sweep", len(jobs), len(there), show) as report, interruptible():
            for outcome in _outcomes(todo, workers, scheduler):
                found[outcome.run] = outcome
                lost = sum(one.status in ("failed", "stopped") for one in found.values())
                report(len(found), f"{outcome.run} {outcome.status}" + (f"; {lost} failed" if lost else ""))
    return SweepResult(tuple(jobs), tuple(found[job.name] for job in jobs), time.monotonic() - started)


def _outcomes(jobs: list[Job], workers: int, scheduler: str | None) -> Iterator[Outcome]:
    if scheduler is not None:
        from workbench.sweeps.cluster import outcomes

        return outcomes(jobs, scheduler)
    from workbench.sweeps.local import Processes

    return Processes(workers).outcomes(jobs)


def _shared_cores(workers: int | None, scheduler: str | None) -> tuple[int, int]:
    """Number of processes at a time and threads of each."""
    import torch

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if workers is not None and workers < 1:
        raise WorkbenchError(f"A sweep needs at least one worker; given {workers}.")
    if scheduler is not None:
        return 1, 1
    workers = workers or (1 if torch.cuda.is_available() else cores)
    return workers, max(cores // workers, 1)


def prepare(jobs: Sequence[Job], show: bool = True) -> None:
    """Render, import and decode what the runs share, once, before they start."""
    from workbench.data.clips import SPLITS, load_clips
    from workbench.training.train import check_config

    done: set[str] = set()
    for job in jobs:
        config = job.config
        check_config(config)
        for source in dict.fromkeys([config.data.source, *config.probe.benchmarks]):
            for split in SPLITS if source in config.probe.benchmarks else ("train",):
                key = f"{config.data.model_dump_json(exclude={'source'})} {source} {split}"
                if key not in done:
                    load_clips(config.data, split, source=source, progress=show)
                    done.add(key)


@contextmanager
def interruptible() -> Iterator[None]:
    """Make SIGTERM stop as Ctrl-C does, for a sweep in the background."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    old = signal.signal(signal.SIGTERM, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, old)

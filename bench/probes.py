"""Time of the probes, as ratios measured in one run: all settings and factors against one, and logistic against scikit-learn's.

    python -m bench.probes

Features of the size of the preset `quick` on motion48, made up: time does not depend on what they hold. Seconds are processor
time of one thread, which a busy machine does not stretch.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import torch

from bench.machine import describe
from workbench.config import ProbeSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.features import Features
from workbench.presets import build_config
from workbench.probes import Labelled, ProbeTask
from workbench.probes.attentive import HEADS
from workbench.probes.blocks import fit_blocks
from workbench.probes.grid import GRID
from workbench.probes.logistic import PENALTIES, fit_logistic
from workbench.probes.many import fit_many

SIZES = {"train": 1500, "val": 600, "test": 1000}
EPOCHS = 2  # every epoch costs the same


def made_up() -> tuple[dict[str, ProbeTask], tuple[int, int]]:
    """Every factor of motion48 on the same features, and tokens a clip and channels."""
    config, rng = build_config("baseline", "quick"), np.random.default_rng(0)
    width, count = config.latent_width, int(np.prod(config.grid))
    factors = BENCHMARKS["motion48"].factors
    directions = {name: rng.normal(size=(classes, width)) * 0.2 for name, classes in factors.items()}
    parts = []
    mix = rng.normal(size=(width, width)) * np.exp(-0.03 * np.arange(width))[:, None]
    for n in SIZES.values():
        table = pd.DataFrame({name: rng.integers(0, classes, n) for name, classes in factors.items()})
        tokens = rng.normal(size=(n, count, width)) + sum(d[table[name]][:, None] for name, d in directions.items())
        parts.append((Features((tokens @ mix).astype(np.float16), config.grid, table, ""), table))
    settings = ProbeSettings(attentive_epochs=EPOCHS)
    tasks = {
        name: ProbeTask(
            **{
                split: Labelled(features, table[name].to_numpy(np.int64))
                for split, (features, table) in zip(SIZES, parts, strict=True)
            },
            classes=classes,
            seed=0,
            settings=settings,
        )
        for name, classes in factors.items()
    }
    return tasks, (count, width)


def seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """Least processor time of the process over some runs, after one that does not count."""
    work()
    times = []
    for _ in range(repeats):
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return min(times)


def attentive_table(tasks: dict[str, ProbeTask], shape: tuple[int, int]) -> None:
    """The light probe: everything in one pass against one setting of one factor, and against as many trainings apart."""

    def took(settings: int, factors: int, repeats: int) -> float:
        some = dict(list(tasks.items())[:factors])
        return seconds(lambda: fit_many(some, GRID[:settings]), repeats)

    one = took(1, 1, 5)
    print("| settings × factors | ratio to one setting of one factor | trainings apart would take |\n|---|---|---|")
    for settings, factors in ((len(GRID), 1), (1, len(tasks)), (len(GRID), len(tasks))):
        time_ = took(settings, factors, 2)
        print(
            f"| {settings} × {factors} | {time_ / one:.1f} | {settings * factors * one / time_:.1f} × as long |",
            flush=True,
        )
    count, width = shape
    flops = len(GRID) * len(tasks) * (8 * count * HEADS * width + 6 * width * width)  # a clip, forward and back
    matrix = torch.randn(2048, 2048)
    rate = 2 * 2048**3 / seconds(lambda: matrix @ matrix)
    least = flops * (EPOCHS * SIZES["train"] + SIZES["val"] / 3) / rate
    print(
        f"\nWhat bounds it: {flops / 1e6:.0f} MFLOP a clip of the heads' own matrix products, which no sharing spares; at the rate of a large "
        f"product of this machine they alone take {least / one:.1f} times one setting of one factor.\n"
    )


def blocks_line(tasks: dict[str, ProbeTask]) -> None:
    """V-JEPA 2's probe against the light one, one setting of one factor each."""
    task = {"label": tasks["label"]}
    light = seconds(lambda: fit_many(task, GRID[:1]), 5)
    heavy = seconds(lambda: fit_blocks(task, GRID[:1]), 1)
    minutes = 15 * heavy / EPOCHS * len(GRID) / 60
    print(
        f"V-JEPA 2's four blocks cost {heavy / light:.0f} times the light probe (one setting, one factor); 15 epochs of all {len(GRID)} "
        f"settings are some {minutes:.0f} minutes of one thread a factor.\n"
    )


def logistic_table(tasks: dict[str, ProbeTask]) -> None:
    """`logistic` against scikit-learn's on the same penalties, at its usual tolerance and at one where it converges."""
    print(
        "| factor, features | time to scikit-learn's | accuracy less its, points | time, tol 1e-6 | points, tol 1e-6 |"
    )
    print("|---|---|---|---|---|")
    for name, per_time in (("label", False), ("sprite", False), ("size", False), ("label", True), ("sprite", True)):
        task = tasks[name]
        mine, accuracy = _timed(lambda task=task, per_time=per_time: _ours(task, per_time), task)
        cells = [f"{name}, {task.train.means(per_time).shape[1]}"]
        for tolerance in (1e-4, 1e-6):
            theirs, other = _timed(
                lambda task=task, per_time=per_time, tolerance=tolerance: _theirs(task, per_time, tolerance), task
            )
            cells += [f"{mine / theirs:.2f}", f"{100 * (accuracy - other):+.1f}"]
        print("| " + " | ".join(cells) + " |", flush=True)


def _timed(predict: Callable[[], np.ndarray], task: ProbeTask) -> tuple[float, float]:
    return seconds(predict, 2), float((predict() == task.test.labels).mean())


def _ours(task: ProbeTask, per_time: bool) -> np.ndarray:
    train, val, test = (part.means(per_time) for _, part in task.splits())
    return fit_logistic(train, task.train.labels, val, task.val.labels, task.classes).predict(test)


def _theirs(task: ProbeTask, per_time: bool, tolerance: float) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression

    train, val, test = task.means(per_time)
    models = [LogisticRegression(C=c, max_iter=5000, tol=tolerance).fit(train, task.train.labels) for c in PENALTIES]
    best = max(models, key=lambda model: float((model.predict(val) == task.val.labels).mean()))
    return np.asarray(best.predict(test))


def main() -> None:
    """Print the tables."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    tasks, shape = made_up()
    print(f"## Probes\n\n{describe()}\n")
    attentive_table(tasks, shape)
    blocks_line(tasks)
    logistic_table(tasks)
    torch.set_num_threads(threads)


if __name__ == "__main__":
    main()

"""What watching the space costs a training step, and what `quality` costs a clip: ratios of one run.

    python -m bench.quality

A reading and a step alternate, and the share is that of their medians, over the steps between two readings.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
from accelerate import Accelerator

from bench.machine import Watch, describe
from bench.objectives import seconds
from bench.step import random_clips, stepper
from workbench.features import Features
from workbench.models.jepa import Jepa
from workbench.presets import build_config
from workbench.quality.measures import quality
from workbench.training.monitor import EVERY, READINGS, Monitor

BOUND = 0.01
GRID, WIDTH = (4, 3, 3), 96


def reading_share(preset: str, repeats: int = 30) -> tuple[float, float]:
    """A reading over a step, and its share of training."""
    config = build_config("baseline", preset)
    step, model, clips = stepper(config), Jepa(config), random_clips(config)
    monitor, accelerator = Monitor(), Accelerator(cpu=True)

    def reading() -> None:
        monitor.look(model, clips, 0, accelerator)
        monitor.read()

    for _ in range(3):
        step(), reading()
    pairs = [(seconds(reading), seconds(step)) for _ in range(repeats)]
    ratio = median(a for a, _ in pairs) / median(b for _, b in pairs)
    return ratio, ratio / max(EVERY, config.optim.steps // READINGS)


def measured(folder: Path, n: int) -> tuple[float, float]:
    """Seconds and additional private memory in MB of `quality` on `n` clips of random tokens on disk."""
    shape = (n, GRID[0] * GRID[1] * GRID[2], WIDTH)
    store = np.lib.format.open_memmap(folder / f"{n}.npy", mode="w+", dtype=np.float16, shape=shape)
    rng = np.random.default_rng(0)
    for start in range(0, n, 1000):
        store[start : start + 1000] = rng.normal(size=(len(store[start : start + 1000]), *shape[1:]))
    store.flush()
    tokens = np.load(folder / f"{n}.npy", mmap_mode="r")
    features = Features(tokens, GRID, pd.DataFrame(index=range(n)), "bench")
    started = time.perf_counter()
    with Watch() as watch:
        before = watch.now
        quality(features)
    return time.perf_counter() - started, watch.peak - before


def main() -> None:
    """Print both tables."""
    print(f"## Quality\n\n{describe()}\n")
    print("| preset | a reading ÷ a step | share of training | bound |\n|---|---|---|---|")
    for preset in ("quick", "standard"):
        ratio, share = reading_share(preset)
        met = "met" if share < BOUND else "NOT MET"
        print(f"| {preset} | {ratio:.2f} | {100 * share:.2f} % | {100 * BOUND:.0f} % {met} |", flush=True)
    print("\n| `quality` of clips of 36 × 96 | seconds | memory beside before, MB |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for n in (1000, 3000, 30000):
            spent, memory = measured(Path(folder), n)
            print(f"| {n:,} | {spent:.1f} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()

"""Clips a second of rendering, as `data make` and `load_clips` render them before the clips are written as video files.

    python -m bench.render

Clips of 32×32×8 under the default settings, in the batches and on the one thread of torch that making a benchmark uses. The benchmarks take
turns round by round, so that other load on the machine meets all alike, and the median round counts.
"""

from __future__ import annotations

import statistics
import time

import pandas as pd

from bench.machine import describe
from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.making import RENDER_BATCH, rendered

CLIPS, ROUNDS, TARGET = 2048, 15, 2000.0  # clips a round; clips a second that are asked for


def rendered_seconds(table: pd.DataFrame, settings: DataSettings) -> float:
    """Wall time of rendering all rows, batch by batch."""
    started = time.perf_counter()
    for _ in rendered(table, settings):
        pass
    return time.perf_counter() - started


def measure() -> dict[str, list[float]]:
    """Benchmark -> clips a second in every round; a first round, in which photographs are read, does not count."""
    settings = DataSettings(train_clips=CLIPS)
    tables = {name: BENCHMARKS[name].rows(settings, "train") for name in BENCHMARKS}
    for table in tables.values():
        rendered_seconds(table, settings)
    rates: dict[str, list[float]] = {name: [] for name in tables}
    for _ in range(ROUNDS):
        for name, table in tables.items():
            rates[name].append(CLIPS / rendered_seconds(table, settings))
    return rates


def main() -> None:
    """Print the table."""
    print(f"## Rendering 32×32×8, batches of {RENDER_BATCH}, one thread\n\n{describe()}\n")
    print(f"| benchmark | clips/s, median of {ROUNDS} | slowest to fastest round | ÷ {TARGET:.0f} |\n|---|---|---|---|")
    for name, rates in measure().items():
        middle = statistics.median(rates)
        print(f"| {name} | {middle:.0f} | {min(rates):.0f} to {max(rates):.0f} | {middle / TARGET:.2f} |", flush=True)


if __name__ == "__main__":
    main()

"""How the cost grows with tokens, width, batch, variants and models compared: exponents beside the expected ones.

    python -m bench.cost [--rounds 5] [--picture docs/images/cost.png]

The amounts of one line take turns, and the median round counts. Steps are whole ones of the reference model on random clips. A report's seconds are of all
cores, start included; its runs are made up. What grows with the number of clips is in `bench.growth`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.exponents import Line, draw, table
from bench.machine import describe, gemm_rate
from bench.report import call
from bench.step import ONE_MASK, REFERENCE_MODEL, stepper
from workbench.config import Config

STEPS, CLIPS = 5, 2000


@dataclass(frozen=True)
class Axis:
    """Amounts of one kind of work; `make` gives, for one amount, a function that does it once and tells its seconds."""

    name: str
    amounts: Sequence[int]
    expected: float
    make: Callable[[int], Callable[[], float]]


def reference(batch: int = 16, size: int = 32, width: int = 96) -> Config:
    """The reference model at another batch, clip size in pixels, or width; its heads keep their width."""
    base = Config(masks=(ONE_MASK,), model=REFERENCE_MODEL)
    heads = {"heads": width // 24, "predictor_width": width // 2, "predictor_heads": width // 48}
    return base.model_copy(
        update={
            "model": base.model.model_copy(update={"width": width, **heads}),
            "data": base.data.model_copy(update={"size": size}),
            "optim": base.optim.model_copy(update={"batch": batch}),
        }
    )


def timed_steps(config: Config) -> Callable[[], float]:
    """Seconds of one step, the mean of some."""
    step = stepper(config)
    step()

    def once() -> float:
        started = time.perf_counter()
        for _ in range(STEPS):
            step()
        return (time.perf_counter() - started) / STEPS

    return once


def tokens_of(tokens: int) -> Callable[[], float]:
    """A step on clips of so many tokens: 4 time steps of a square."""
    return timed_steps(reference(size=8 * round((tokens / 4) ** 0.5)))


def report_over(home: Path) -> Callable[[int], Callable[[], float]]:
    """A report over so many variants of three seeds."""
    from tests.made_up import make_study
    from workbench.variants import studied

    (home / "checkpoints").mkdir(parents=True)
    os.environ["WORKBENCH_HOME"] = str(home)
    names = list(studied("mixed"))
    make_study({name: 0.3 for name in names}, (0, 1, 2), history=False)

    def make(count: int) -> Callable[[], float]:
        words = ["main", "--force", "-p", "preset=smoke", "-p", f"variants=[{','.join(names[:count])}]"]
        return lambda: call(home, *words).busy

    return make


def comparer_of(models: int) -> Callable[[], float]:
    """Opening the comparer on so many models of 2,000 clips; their projections are kept from a call before."""
    from tests.widgets.planted_compare import planted_comparer

    def once() -> float:
        started = time.perf_counter()
        planted_comparer(CLIPS, models)
        return time.perf_counter() - started

    once()
    return once


def axes(home: Path) -> list[Axis]:
    """Every line of the table."""
    return [
        Axis("step, tokens a clip", (16, 64, 144, 256, 400), 1, tokens_of),
        Axis("step, width", (48, 96, 192, 384), 2, lambda width: timed_steps(reference(width=width))),
        Axis("step, batch", (8, 16, 32, 64, 128), 1, lambda batch: timed_steps(reference(batch=batch))),
        Axis("report, variants", (2, 4, 8, 16), 1, report_over(home)),
        Axis("comparer, models", (2, 3, 4), 1, comparer_of),
    ]


def measure(axis: Axis, rounds: int) -> Line:
    """The median of some rounds over all amounts."""
    calls = {amount: axis.make(amount) for amount in axis.amounts}
    found: dict[int, list[float]] = {amount: [] for amount in axis.amounts}
    for _ in range(rounds):
        for amount, once in calls.items():
            found[amount].append(once())
    return Line(axis.name, axis.amounts, [statistics.median(found[amount]) for amount in axis.amounts], axis.expected)


def main() -> None:
    """Print the table, and draw it where that is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--picture", help="a PNG of the curves")
    asked = parser.parse_known_args()[0]
    print(f"## Cost against work\n\n{describe()}, GEMM {gemm_rate():.0f} GFLOP/s, medians of {asked.rounds} rounds\n")
    with tempfile.TemporaryDirectory() as name:
        lines = [measure(axis, asked.rounds) for axis in axes(Path(name, "home"))]
    print(table(lines))
    if asked.picture:
        draw(lines, "amount", asked.picture)


if __name__ == "__main__":
    main()

"""Peak memory of the training step of every variant, each in processes of its own.

    python -m bench.memory [--preset standard] [--keep memory]

Private memory at its peak over some steps, less that before the model was made: weights, gradients, optimiser, teacher and activations. With `--keep`
the numbers go to reports/measured/NAME.cost.parquet, where the report `cost` finds them.
"""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys

import pandas as pd

from bench.machine import Watch, describe
from bench.step import stepper
from workbench.presets import build_config
from workbench.variants import VARIANTS, studied

STEPS, REPEATS = 6, 3
REGIMES = ("mixed", "single")


def peak(variant: str, preset: str, regime: str) -> float:
    """MB of one process: this one, which is to do nothing else."""
    config = build_config(variant, preset, data=None if regime == "single" else regime)
    with Watch() as watch:
        before = watch.now
        step = stepper(config)
        for _ in range(STEPS):
            step()
    return watch.peak - before


def measured(variant: str, preset: str, regime: str) -> list[float]:
    """MB of fresh processes, one after the other."""
    command = [sys.executable, "-m", "bench.memory", "--one", variant, "--preset", preset, "--regime", regime]
    return [
        float(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
        for _ in range(REPEATS)
    ]


def table(preset: str) -> pd.DataFrame:
    """A line a regime and variant that trains: mean, least and most MB, and the batch."""
    rows = []
    for regime in REGIMES:
        for variant in studied(regime):
            if not VARIANTS[variant].trained:
                continue
            found = measured(variant, preset, regime)
            batch = build_config(variant, preset).optim.batch
            row = {
                "regime": regime,
                "variant": variant,
                "preset": preset,
                "batch": batch,
                "memory_mb": sum(found) / len(found),
            }
            rows.append(row | {"memory_low": min(found), "memory_high": max(found), "processes": len(found)})
            print(
                f"| {regime} | {variant} | {row['memory_mb']:.0f} | {min(found):.0f} to {max(found):.0f} |", flush=True
            )
    return pd.DataFrame(rows)


def main() -> None:
    """Print the table, and keep it where that is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--preset", default="standard")
    parser.add_argument("--keep")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--regime", help=argparse.SUPPRESS)
    asked = parser.parse_known_args()[0]
    if asked.one:
        print(json.dumps(peak(asked.one, asked.preset, asked.regime)))
        return
    print(f"## Memory of the training step, preset {asked.preset}\n\n{describe()}\n")
    print("| regime | variant | MB | three processes |\n|---|---|---|---|")
    found = table(asked.preset)
    if asked.keep:
        from workbench.rows import keep_beside

        print(
            f"\nKept in {keep_beside(asked.keep, 'cost', found, shlex.join(['python', '-m', 'bench.memory', *sys.argv[1:]]))}"
        )


if __name__ == "__main__":
    main()

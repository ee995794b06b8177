"""Share of training that waits for data: from asking for a batch to having it, over all steps of a run.

    python -m bench.waiting [--steps 300]

Runs go through `train`, so the waits are those that a run's history holds (`waited`, the first batch included) and the time is that
of its steps. "from disk" first gives the pages of the cache's files back to the system, as far as it takes them.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

from bench.machine import describe
from workbench.data.clips import load_clips
from workbench.paths import cache_root
from workbench.presets import build_config
from workbench.training.train import train

PRESETS, TARGET = ("quick", "standard"), 0.05


class Waited(NamedTuple):
    """Seconds of all steps, seconds of them that were waits, and the median and longest wait in seconds."""

    seconds: float
    waited: float
    middle: float
    longest: float


def give_back() -> None:
    """Ask the system to drop the pages of the decoded clips."""
    for file in (cache_root() / "clips" / "shards").glob("*/clips.u8"):
        descriptor = os.open(file, os.O_RDONLY)
        os.fsync(descriptor)  # only clean pages are dropped
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        os.close(descriptor)


def measure(preset: str, steps: int, cold: bool) -> Waited:
    """A run of `steps` steps on decoded clips."""
    config = build_config("baseline", preset, changes={"optim": {"steps": steps}})
    load_clips(config.data, "train", progress=False)  # made and decoded, or there already
    if cold:
        give_back()
    run = train(config, name=f"{preset}-{cold}", show=False)
    waits = run.history()["waited"]
    assert len(waits) == steps
    return Waited(run.info["seconds"], float(waits.sum()), float(waits.median()), float(waits.max()))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=300)
    steps = parser.parse_known_args()[0].steps
    print(f"## Waiting for data\n\n{describe()}\n")
    print(f"| preset, {steps} steps | ms a step | waited, share | ÷ {TARGET:.0%} | median wait, ms | longest, ms |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBENCH_HOME"] = str(Path(folder))
        for preset in PRESETS:
            for cold in (False, True) if hasattr(os, "posix_fadvise") else (False,):
                found = measure(preset, steps, cold)
                share = found.waited / found.seconds
                print(
                    f"| {preset}{', from disk' if cold else ''} | {1e3 * found.seconds / steps:.1f} | {share:.2%} | "
                    f"{share / TARGET:.2f} | {1e3 * found.middle:.2f} | {1e3 * found.longest:.1f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()

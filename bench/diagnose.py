"""Seconds and memory of diagnosing an encoder of the size of `quick`, part by part, nothing stored beforehand but the clips.

python -m bench.diagnose
"""

from __future__ import annotations

import os
import tempfile
import time

from bench.machine import describe, peak_memory_mb
from workbench.data.clips import SPLITS, load_clips
from workbench.diagnosis import PARTS, diagnose
from workbench.encoders import open_encoder

ENCODER = "random-quick-s0"
SECONDS, MEMORY = 180, 3000  # limits


def main() -> None:
    """Print the table: every part with its default benchmarks, its untrained twin included."""
    print(f"## Diagnosis of an encoder of `quick`\n\n{describe()}\n")
    print("| part | s | processor s | peak memory of the process so far, MB |\n|---|---|---|---|")
    before = os.environ.get("WORKBENCH_HOME")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBENCH_HOME"] = folder
        try:
            config = open_encoder(ENCODER).config
            for benchmark in config.probe.benchmarks:
                for split in SPLITS:
                    load_clips(config.data, split, source=benchmark, progress=False)
            total = 0.0
            for part in PARTS:
                started, busy = time.perf_counter(), time.process_time()
                diagnose(ENCODER, parts=[part], show=False)
                taken = time.perf_counter() - started
                total += taken
                print(
                    f"| {part} | {taken:.0f} | {time.process_time() - busy:.0f} | {peak_memory_mb():.0f} |", flush=True
                )
        finally:
            os.environ.pop("WORKBENCH_HOME")
            if before is not None:
                os.environ["WORKBENCH_HOME"] = before
    met = "met" if total <= SECONDS and peak_memory_mb() <= MEMORY else "NOT MET"
    print(f"\nTogether {total:.0f} s, {peak_memory_mb():.0f} MB; limits {SECONDS} s and {MEMORY} MB: {met}")


if __name__ == "__main__":
    main()

"""Clips per second of feature extraction into its store, and whether its memory grows with the number of clips.

Every row is measured in a process of its own, on clips that are mapped from a file as those of the cache are. Private memory
is what the process has for itself; resident memory also counts pages of the mapped clips, which the system may take back.
"""

from __future__ import annotations

import multiprocessing
import os
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from bench.machine import Watch, describe, gemm_rate, peak_memory_mb
from bench.step import block_flops
from workbench.config import Config
from workbench.data.clips import ClipSet

ROWS = (("standard", 2_000), ("standard", 16_000), ("smoke", 10_000), ("smoke", 100_000))


class Measured(NamedTuple):
    """Clips a second, the share of the GEMM rate, private memory above the start and the most resident memory, in MB."""

    speed: float
    share: float
    above: float
    resident: float


def clip_set(clips: np.ndarray, key: str) -> ClipSet:
    """Clips without factors."""
    table = pd.DataFrame({"clip": np.arange(len(clips))})
    return ClipSet("bench", "test", clips, table, {}, {}, key, pd.DataFrame())


def mapped_clips(folder: Path, config: Config, count: int) -> ClipSet:
    """Black clips of the preset's size, mapped from a file."""
    shape = (count, config.data.frames, config.data.size, config.data.size, 3)
    return clip_set(np.memmap(folder / "clips.u8", np.uint8, "w+", shape=shape), f"bench-{count}")


def clip_flops(config: Config) -> float:
    """Operations of the encoder for one clip."""
    model, tokens = config.model, int(np.prod(config.grid))
    embed = 2 * model.tubelet * model.patch**2 * 3 * model.width
    return tokens * (embed + model.depth * block_flops(model.width, model.mlp_ratio))


def measure(preset: str, count: int) -> Measured:
    """Extract once, after some clips that do not count. In a new process."""
    from workbench.encoders import open_encoder
    from workbench.features import features_of

    encoder = open_encoder("random", preset=preset)
    rate = gemm_rate()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBENCH_HOME"] = folder
        clips = mapped_clips(Path(folder), encoder.config, count)
        features_of(encoder, clip_set(clips.clips[:512], "warm up"))
        with Watch() as watch:
            start, started = watch.now, time.perf_counter()
            features_of(encoder, clips)
            speed = count / (time.perf_counter() - started)
    share = speed * clip_flops(encoder.config) / 1e9 / rate
    return Measured(speed, share, watch.peak - start, peak_memory_mb())


def main() -> None:
    """Print the table."""
    print(f"## Feature extraction\n\n{describe()}\n")
    print(
        "| encoder | clips | clips/s | share of the GEMM rate | private memory above the start, MB | most resident, MB |\n"
        "|---|---|---|---|---|---|"
    )
    for preset, count in ROWS:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            found = pool.submit(measure, preset, count).result()
        print(
            f"| {preset} | {count:,} | {found.speed:.0f} | {100 * found.share:.0f} % | {found.above:.0f} | "
            f"{found.resident:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()

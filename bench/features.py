"""Clips per second of feature extraction, and whether its memory grows with the number of clips."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from bench.machine import describe, gemm_rate, peak_memory_mb
from bench.step import block_flops
from workbench.features import encode
from workbench.models.jepa import build_encoder
from workbench.presets import build_config


def main() -> None:
    """Print the table: the same encoder over 2,000 and 16,000 clips, read from and written to memory maps."""
    config = build_config("baseline", "standard")
    encoder, model, tokens = (
        build_encoder(config).eval(),
        config.model,
        config.grid[0] * config.grid[1] * config.grid[2],
    )
    flops = tokens * (
        2 * model.tubelet * model.patch**2 * 3 * model.width + model.depth * block_flops(model.width, model.mlp_ratio)
    )
    print(f"## Feature extraction\n\n{describe()}\n")
    print("| clips | clips/s | share of the GEMM rate | peak memory of the process, MB |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for n in (2000, 16000):
            shape = (n, config.data.frames, config.data.size, config.data.size, 3)
            clips = np.lib.format.open_memmap(Path(folder) / "clips.npy", mode="w+", dtype=np.uint8, shape=shape)
            out = np.lib.format.open_memmap(
                Path(folder) / "tokens.npy", mode="w+", dtype=np.float16, shape=(n, tokens, model.width)
            )
            rate, started = gemm_rate(), time.perf_counter()
            encode(encoder, clips, out, tubelet=model.tubelet, patch=model.patch)
            speed = n / (time.perf_counter() - started)
            print(
                f"| {n} | {speed:.0f} | {100 * speed * flops / 1e9 / rate:.0f} % | {peak_memory_mb():.0f} |", flush=True
            )


if __name__ == "__main__":
    main()

"""Speed of making, writing, decoding and mapping clips, with the libraries called directly beside it.

    python bench/decode.py [--clips 512] [--rounds 5] [--json]

All figures come from one run; the cases take turns round by round, so that other load on the machine meets all alike,
and the median round counts. "one thread" is this process's main thread; the cache is filled on a few threads.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import av
import numpy as np
import pandas as pd
import torch

from workbench.config import DataSettings
from workbench.data.cache import Decoding, decode_clips
from workbench.data.encode import write_clip
from workbench.data.factors import motion48_factors
from workbench.data.render import render_clips
from workbench.data.video import has_decord, read_frames

BATCH = 64


def main() -> None:
    """Measure every case and print clips a second, with ratios to the library behind it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clips", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBENCH_HOME"] = folder
        rates = measure(cases(Path(folder), options.clips), options.clips, options.rounds)
    if options.json:
        print(
            json.dumps(
                {"clips": options.clips, "threads": torch.get_num_threads(), "clips_per_second": rates}, indent=2
            )
        )
        return
    print(f"{options.clips} clips of 32×32×8, torch on {torch.get_num_threads()} threads, median of {options.rounds}")
    for name, rate in rates.items():
        print(f"{name:44} {rate:9.0f} clips/s")
    for name, rate in rates.items():
        for library in ("decord, library", "PyAV, library"):
            if "our interface" in name and library in rates:
                print(f"{name} : {library} = {rate / rates[library]:.2f}")


def cases(folder: Path, count: int) -> dict[str, Callable[[], object]]:
    """Name -> a call that handles `count` clips once."""
    settings = DataSettings(train_clips=count)
    table = motion48_factors(settings, "train")
    clips = np.concatenate([clips.numpy() for clips in rendered(table, settings)])
    paths = [str(folder / f"{index:06d}.mp4") for index in range(count)]
    for path, clip in zip(paths, clips, strict=True):
        write_clip(path, clip)
    decoding = Decoding(settings.frames, settings.size)
    decode_clips(paths, decoding, "fill", progress=False)
    order = np.random.default_rng(0).permutation(count)

    def from_cache() -> None:
        mapped = decode_clips(paths, decoding, "map", progress=False).clips
        for start in range(0, count, BATCH):
            torch.from_numpy(mapped[np.sort(order[start : start + BATCH])])

    def fill_cache() -> None:
        shutil.rmtree(folder / "cache")
        decode_clips(paths, decoding, "fill", progress=False)

    def encode() -> None:
        for clip in clips:
            write_clip(folder / "x.mp4", clip)

    found: dict[str, Callable[[], object]] = {
        f"render, batches of {BATCH}": lambda: [None for _ in rendered(table, settings)],
        "encode H.264, one thread": encode,
    }
    if has_decord():
        found["decord, library"] = lambda: [decord_alone(path) for path in paths]
        found["decord, our interface"] = lambda: [read_frames(path, range(8), "decord") for path in paths]
    found["PyAV, library"] = lambda: [pyav_alone(path) for path in paths]
    found["PyAV, our interface"] = lambda: [read_frames(path, range(8), "pyav") for path in paths]
    found["fill the cache (auto reader)"] = fill_cache
    found["read from the cache, random batches"] = from_cache
    return found


def rendered(table: pd.DataFrame, settings: DataSettings) -> Iterator[torch.Tensor]:
    """Rendered batches of the table."""
    for start in range(0, len(table), BATCH):
        yield render_clips(table.iloc[start : start + BATCH], settings)


def decord_alone(path: str) -> np.ndarray:
    """Frames of a file as decord's own documentation reads them."""
    import decord

    reader = decord.VideoReader(path, num_threads=1)
    return reader.get_batch(range(len(reader))).asnumpy()


def pyav_alone(path: str) -> np.ndarray:
    """Frames of a file as PyAV's own documentation reads them."""
    with av.open(path) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


def measure(calls: dict[str, Callable[[], object]], count: int, rounds: int) -> dict[str, float]:
    """Median clips a second of every case, cases taking turns."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            started = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - started)
    return {name: count / statistics.median(taken) for name, taken in seconds.items()}


if __name__ == "__main__":
    main()

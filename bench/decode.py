"""Speed of making, writing, decoding and mapping clips, with the libraries called directly beside it.

    python -m bench.decode [--clips 512] [--rounds 7] [--json]

All figures come from one run; the cases take turns round by round, so that other load on the machine meets all alike,
and the median round counts. A ratio is the median over the rounds of two cases that follow each other. "by hand" reads the same
frames with the same settings (one decoder thread for small frames, one converter) and none of our checks; "as documented" is
the loop of PyAV's documentation. Small clips are 32×32×8; the large file is 320×240 with 300 frames, of which 16 at a stride of 4
are read. Reading in this process's main thread; the cache is filled on a few threads.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import av
import numpy as np
import pandas as pd
import torch
from av.video.reformatter import VideoReformatter

from bench.step import CASES
from bench.step import measure as measure_step
from workbench.config import DataSettings
from workbench.data.cache import Decoding, decode_clips
from workbench.data.encode import X264, write_clip
from workbench.data.factors import motion48_factors
from workbench.data.render import render_clips
from workbench.data.sampling import frame_indices
from workbench.data.video import THREADED_PIXELS, has_decord, read_frames

BATCH = 64
LARGE_READS = 8  # of the large file in a round
STEP = "reference model, one mask, 40 % visible"
Case = tuple[Callable[[], object], int]  # a call, and how many clips it handles
RATIOS = {
    "small, PyAV, ours": ("small, PyAV by hand", "small, PyAV as documented"),
    "small, decord, ours": ("small, decord",),
    "large, PyAV, ours": ("large, PyAV by hand",),
    "large, decord, ours": ("large, decord",),
}


def main() -> None:
    """Measure every case and print clips a second, and ratios to the library behind each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["WORKBENCH_HOME"] = folder
        found = small_cases(Path(folder), options.clips) | large_cases(Path(folder))
        rates, ratios = measure(found, options.rounds)
    step = measure_step(CASES[STEP])
    ratios["read from the cache ÷ training step"] = rates["read from the cache, random batches"] / step
    rates[f"training step, {STEP}"] = step
    if options.json:
        print(json.dumps({"clips": options.clips, "clips_per_second": rates, "ratios": ratios}, indent=2))
        return
    print(f"{options.clips} small clips, torch on {torch.get_num_threads()} threads, median of {options.rounds}")
    for name, rate in rates.items():
        print(f"{name:58} {rate:9.0f} clips/s")
    for name, ratio in ratios.items():
        print(f"{name:58} {ratio:9.2f}")


def small_cases(folder: Path, count: int) -> dict[str, Case]:
    """Rendering, writing, decoding and caching of `count` small clips."""
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
            torch.from_numpy(mapped[order[start : start + BATCH]])

    def fill_cache() -> None:
        shutil.rmtree(folder / "cache")
        decode_clips(paths, decoding, "fill", progress=False)

    def encode() -> None:
        for clip in clips:
            write_clip(folder / "x.mp4", clip)

    def each(read: Callable[[str], object]) -> Case:
        return lambda: [read(path) for path in paths], count

    every = range(settings.frames)
    found: dict[str, Case] = {
        f"render, batches of {BATCH}": (lambda: [None for _ in rendered(table, settings)], count),
        "encode H.264, one thread": (encode, count),
        "small, PyAV as documented": each(documented),
        "small, PyAV by hand": each(lambda path: by_hand(path, every)),
        "small, PyAV, ours": each(lambda path: read_frames(path, every)),
    }
    if has_decord():
        found["small, decord"] = each(lambda path: decord_alone(path, every))
        found["small, decord, ours"] = each(lambda path: read_frames(path, every, "decord"))
    found["fill the cache"] = fill_cache, count
    found["read from the cache, random batches"] = from_cache, count
    return found


def large_cases(folder: Path) -> dict[str, Case]:
    """Decoding 16 frames from the middle of a file of usual size."""
    path = str(folder / "large.mp4")
    write_large(path)
    indices, _ = frame_indices(300, 16, 4)
    reads: dict[str, Callable[[], np.ndarray]] = {
        "large, PyAV by hand": lambda: by_hand(path, indices),
        "large, PyAV, ours": lambda: read_frames(path, indices),
    }
    assert np.array_equal(*(read() for read in reads.values()))
    if has_decord():
        reads["large, decord"] = lambda: decord_alone(path, indices)
        reads["large, decord, ours"] = lambda: read_frames(path, indices, "decord")
    return {name: (lambda read=read: [read() for _ in range(LARGE_READS)], LARGE_READS) for name, read in reads.items()}  # type: ignore[misc]


def write_large(path: str) -> None:
    """320×240, 300 frames of drifting waves with noise at 8 frames a second, a keyframe every 50."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:240, :320]
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=8, options=X264 | {"preset": "medium", "qp": "28", "g": "50"})
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(300):
            waves = [128 + 90 * np.sin(x / a + y / b + number / 7) for a, b in ((9, 31), (17, 12), (40, 25))]
            pixels = np.stack(waves, -1) + rng.integers(-8, 9, (240, 320, 3))
            container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels.clip(0, 255).astype(np.uint8), "rgb24")))
        container.mux(stream.encode(None))


def rendered(table: pd.DataFrame, settings: DataSettings) -> Iterator[torch.Tensor]:
    """Rendered batches of the table."""
    for start in range(0, len(table), BATCH):
        yield render_clips(table.iloc[start : start + BATCH], settings)


def decord_alone(path: str, indices: Sequence[int] | np.ndarray) -> np.ndarray:
    """Frames of a file as decord's own documentation reads them, with as many threads as we give it."""
    import decord

    reader = decord.VideoReader(path, num_threads=1 if "large" not in path else 0)
    return reader.get_batch(list(indices)).asnumpy()


def documented(path: str) -> np.ndarray:
    """All frames of a file as PyAV's own documentation reads them."""
    with av.open(path) as container:
        return np.stack([frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)])


CONVERTER = VideoReformatter()


def by_hand(path: str, indices: Sequence[int] | np.ndarray) -> np.ndarray:
    """Frames of a file with PyAV as someone writes it who knows the file: constant rate, times from 0, nothing checked."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        small = stream.codec_context.width * stream.codec_context.height < THREADED_PIXELS
        stream.codec_context.thread_count = 1 if small else 0
        spacing = round(1 / (stream.average_rate * stream.time_base))
        wanted = {int(index) * spacing for index in indices}
        if min(wanted) > 0:
            container.seek(min(wanted), stream=stream)
        found = []
        for frame in container.decode(stream):
            if frame.pts in wanted:
                found.append(CONVERTER.reformat(frame, format="rgb24", threads=1).to_ndarray())
                if len(found) == len(wanted):
                    break
        return np.stack(found)


def measure(cases: dict[str, Case], rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """Median clips a second of every case, cases taking turns; and the ratios of `RATIOS`, medians over the rounds."""
    seconds: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, (call, _) in cases.items():
            started = time.perf_counter()
            call()
            seconds[name].append(time.perf_counter() - started)
    rates = {name: cases[name][1] / statistics.median(taken) for name, taken in seconds.items()}
    pairs = [(ours, library) for ours, others in RATIOS.items() for library in others if ours in cases]
    ratios = {
        f"{ours} ÷ {library.split(', ', 1)[1]}": statistics.median(
            b / a for a, b in zip(seconds[ours], seconds[library], strict=True)
        )
        for ours, library in pairs
    }
    return rates, ratios


if __name__ == "__main__":
    main()

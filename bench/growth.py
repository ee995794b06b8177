"""How time and memory grow with the number of clips: filling, opening and reading the cache, and embedding.

    python -m bench.growth [--rounds 3]

Every number of clips is measured in a process of its own, the numbers take turns, and the median round counts. An exponent is the slope
of log time over log clips: 1 is linear. Memory is the peak of what a process has for itself (anonymous pages) above where it stood
with everything imported and 64 clips done; pages of mapped files, which the system takes back when it needs them, are not in it.
Linux alone tells it. Clips are those of the preset `standard`, from 512 different files under as many names as there are clips.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from bench.machine import describe, private_memory_mb

NUMBERS, FILES, BATCH = (1000, 2000, 4000, 8000), 512, 32
PARTS = ("fill the cache", "open the cache", "read in random batches", "embed")


class Watch:
    """The largest private memory of this process while the context is open, looked at every 5 ms."""

    def __enter__(self) -> Watch:
        self.peak, self._ended = private_memory_mb(), threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.005):
            self.peak = max(self.peak, private_memory_mb())


def write_files(folder: Path) -> None:
    """Rendered clips of the preset, and links to them under enough names."""
    from workbench.data.encode import write_clip
    from workbench.data.factors import motion48_factors
    from workbench.data.render import render_clips
    from workbench.presets import build_config

    settings = build_config("baseline", "standard", changes={"data": {"train_clips": FILES}}).data
    table = motion48_factors(settings, "train")
    for start in range(0, FILES, 64):
        for n, clip in enumerate(render_clips(table.iloc[start : start + 64], settings).numpy(), start):
            write_clip(folder / f"{n:06d}.mp4", clip)
    for n in range(FILES, max(NUMBERS)):
        os.link(folder / f"{n % FILES:06d}.mp4", folder / f"{n:06d}.mp4")


def work(folder: str, count: int) -> tuple[dict[str, float], float]:
    """Seconds of every part over `count` clips, and peak private memory above the start in MB. In a new process."""
    parts = Parts(Path(folder))
    parts.run(64)
    before = private_memory_mb()
    with Watch() as watch:
        seconds = parts.run(count)
    return seconds, watch.peak - before


class Parts:
    """The parts in order, with a cache of its own for every call."""

    def __init__(self, folder: Path) -> None:
        from workbench.models.jepa import build_encoder
        from workbench.presets import build_config

        self.config, self.folder = build_config("baseline", "standard"), folder
        self.encoder = build_encoder(self.config).eval()

    def run(self, count: int) -> dict[str, float]:
        """Seconds of every part."""
        from workbench.data.cache import Decoding, decode_clips
        from workbench.features import encode

        data, model, tokens = self.config.data, self.config.model, int(np.prod(self.config.grid))
        paths = [str(self.folder / f"{n:06d}.mp4") for n in range(count)]
        with tempfile.TemporaryDirectory() as home:
            os.environ["WORKBENCH_HOME"] = home

            def decoded() -> object:
                return decode_clips(paths, Decoding(data.frames, data.size), "x", progress=False).clips

            filled, _ = timed(decoded)
            opened, clips = timed(decoded)
            order = np.random.default_rng(0).permutation(count)
            read, _ = timed(lambda: [clips[order[at : at + BATCH]].shape for at in range(0, count, BATCH)])  # type: ignore[index]
            shape = (count, tokens, model.width)
            out = np.lib.format.open_memmap(Path(home) / "tokens.npy", mode="w+", dtype=np.float16, shape=shape)
            embedded, _ = timed(lambda: encode(self.encoder, clips, out, tubelet=model.tubelet, patch=model.patch))  # type: ignore[arg-type]
        return dict(zip(PARTS, (filled, opened, read, embedded), strict=True))


def timed(call: Callable[[], object]) -> tuple[float, object]:
    """Wall seconds of a call, and what it gave."""
    started = time.perf_counter()
    result = call()
    return time.perf_counter() - started, result


def measure(rounds: int) -> tuple[dict[str, list[float]], list[float]]:
    """Median seconds of every part, and of the memory, at every number of clips."""
    seconds: dict[tuple[str, int], list[float]] = {(part, count): [] for part in PARTS for count in NUMBERS}
    memory: dict[int, list[float]] = {count: [] for count in NUMBERS}
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder))
        for _ in range(rounds):
            for count in NUMBERS:
                with ProcessPoolExecutor(1, mp_context=context) as pool:
                    taken, peak = pool.submit(work, folder, count).result()
                memory[count].append(peak)
                for part, value in taken.items():
                    seconds[part, count].append(value)
    medians = {part: [statistics.median(seconds[part, count]) for count in NUMBERS] for part in PARTS}
    return medians, [statistics.median(memory[count]) for count in NUMBERS]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_known_args()[0].rounds
    print(f"## Growth with the number of clips\n\n{describe()}\n")
    print(
        f"| seconds, median of {rounds} | {' | '.join(map(str, NUMBERS))} | exponent |\n|---|{'---|' * len(NUMBERS)}---|"
    )
    seconds, memory = measure(rounds)
    for part, values in seconds.items():
        slope = np.polyfit(np.log(NUMBERS), np.log(values), 1)[0]
        print(f"| {part} | {' | '.join(f'{value:.3f}' for value in values)} | {slope:.2f} |")
    print(f"| peak memory above the start, MB | {' | '.join(f'{value:.0f}' for value in memory)} | – |", flush=True)


if __name__ == "__main__":
    main()

"""How time and memory grow with the number of clips: filling, opening and reading the cache, and embedding.

    python -m bench.growth [--rounds 3]

Every number of clips is measured in a process of its own, the numbers take turns, and the median round counts. An exponent is the slope
of log time over log clips: 1 is linear. Memory is the peak of what a process has for itself (anonymous pages) above where it stood
before the part, everything imported and `ENCODED` clips done; pages of mapped files, which the system takes back when it needs them, are not in it.
Linux alone tells it. Clips are those of the preset `standard`, from 512 different files under as many names as there are clips.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np

from bench.features import clip_set
from bench.machine import Watch, describe, private_memory_mb

if TYPE_CHECKING:
    from workbench.data.shards import Clips

T = TypeVar("T")
NUMBERS, FILES, BATCH, ENCODED, PASSES = (1000, 2000, 4000, 8000), 512, 32, 256, 5
PARTS = ("fill the cache", "open the cache", f"read in random batches, {PASSES} passes", "embed")


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


def work(folder: str, count: int) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds of every part over `count` clips, and peak private memory above the start in MB. In a new process."""
    parts = Parts(Path(folder))
    parts.run(ENCODED)
    return parts.run(count)


class Parts:
    """The parts in order, with a cache of its own for every call."""

    def __init__(self, folder: Path) -> None:
        from workbench.encoders import open_encoder

        self.encoder, self.folder = open_encoder("random", preset="standard"), folder
        self.config = self.encoder.config

    def run(self, count: int) -> tuple[dict[str, float], dict[str, float]]:
        """Seconds and peak memory of every part."""
        from workbench.data.cache import Decoding, decode_clips
        from workbench.features import features_of

        data = self.config.data
        paths = [str(self.folder / f"{n:06d}.mp4") for n in range(count)]
        with tempfile.TemporaryDirectory() as home:
            os.environ["WORKBENCH_HOME"] = home

            def decoded() -> Clips:
                return decode_clips(paths, Decoding(data.frames, data.size), "x", progress=False).clips

            filled, clips = timed(decoded)
            opened, clips = timed(decoded)
            order = np.random.default_rng(0).permutation(count)
            starts = [start for _ in range(PASSES) for start in range(0, count, BATCH)]
            read, _ = timed(lambda: [clips[order[start : start + BATCH]].shape for start in starts])
            embedded, _ = timed(lambda: features_of(self.encoder, clip_set(clips, "x")).tokens.shape)
        found = dict(zip(PARTS, (filled, opened, read, embedded), strict=True))
        return {part: used.seconds for part, used in found.items()}, {part: used.memory for part, used in found.items()}


class Used(NamedTuple):
    """Wall seconds, and peak private memory above where it stood, in MB."""

    seconds: float
    memory: float


def timed(call: Callable[[], T]) -> tuple[Used, T]:
    """What a call used, and what it gave."""
    before, started = private_memory_mb(), time.perf_counter()
    with Watch() as watch:
        result = call()
        seconds = time.perf_counter() - started
    return Used(seconds, watch.peak - before), result


def measure(rounds: int) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Part -> median seconds, and part -> median memory, at every number of clips."""
    found: list[dict[tuple[str, int], list[float]]] = [{}, {}]
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder))
        for _ in range(rounds):
            for count in NUMBERS:
                with ProcessPoolExecutor(1, mp_context=context) as pool:
                    for kind, values in zip(found, pool.submit(work, folder, count).result(), strict=True):
                        for part, value in values.items():
                            kind.setdefault((part, count), []).append(value)
    seconds, memory = (
        {part: [statistics.median(kind[part, count]) for count in NUMBERS] for part in PARTS} for kind in found
    )
    return seconds, memory


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
    heads = " | ".join(map(str, NUMBERS))
    print(f"\n| peak memory above the start, MB | {heads} |\n|---|{'---|' * len(NUMBERS)}")
    for part, values in memory.items():
        print(f"| {part} | {' | '.join(f'{value:.0f}' for value in values)} |", flush=True)


if __name__ == "__main__":
    main()

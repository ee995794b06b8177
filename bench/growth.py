"""How time and memory grow with the number of clips: the cache, training, embedding, probing, projection and report.

    python -m bench.growth [--rounds 3] [--picture docs/images/growth.png]

Every number of clips is measured in a process of its own, the numbers take turns, and the median round counts. An exponent is the slope
of log time over log clips: 1 is linear. Memory is the peak of what a process has for itself (anonymous pages) above where it stood
before the part, everything imported and `ENCODED` clips done; pages of mapped files, which the system takes back when it needs them, are not in it.
Linux alone tells it. Clips are those of the preset `standard`, from 512 different files under as many names as there are clips. A report has answers
to as many test clips of six made-up runs; its seconds and memory are of all its processes.
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

from bench.exponents import Line, draw, table
from bench.features import clip_set
from bench.machine import Watch, describe, private_memory_mb

if TYPE_CHECKING:
    from workbench.config import Config
    from workbench.data.shards import Clips
    from workbench.features import Features
    from workbench.probes import ProbeTask

T = TypeVar("T")
NUMBERS, FILES, BATCH, ENCODED, PASSES, STEPS = (1000, 2000, 4000, 8000), 512, 32, 256, 5, 20
# Part -> the exponent of time that is expected: a step takes its batch, however many clips there are.
PARTS = {
    "fill the cache": 1,
    "open the cache": 1,
    f"read in random batches, {PASSES} passes": 1,
    f"train {STEPS} steps": 0,
    "embed": 1,
    "probe (linear)": 1,
    "probe (kNN)": 1,
    "project by PCA": 1,
    "report": 1,
}


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
    found = [*parts.run(count), report(Path(folder, f"made-up-{count}"), count)]
    return (
        {name: used.seconds for name, used in zip(PARTS, found, strict=True)},
        {name: used.memory for name, used in zip(PARTS, found, strict=True)},
    )


class Parts:
    """The parts in order, with a cache of its own for every call."""

    def __init__(self, folder: Path) -> None:
        from workbench.encoders import open_encoder

        self.encoder, self.folder = open_encoder("random", preset="standard"), folder
        self.config = self.encoder.config

    def run(self, count: int) -> list[Used]:
        """Seconds and peak memory of every part but the report."""
        from workbench.data.cache import Decoding, decode_clips
        from workbench.features import features_of
        from workbench.probes import ask
        from workbench.projection import project

        data = self.config.data
        paths = [str(self.folder / f"{n:06d}.mp4") for n in range(count)]
        with tempfile.TemporaryDirectory() as home:
            os.environ["WORKBENCH_HOME"] = home

            def decoded() -> Clips:
                return decode_clips(paths, Decoding(data.frames, data.size), "x", progress=False).clips

            found: list[Used] = []

            def part(call: Callable[[], T]) -> T:
                used, result = timed(call)
                found.append(used)
                return result

            part(decoded)
            clips = part(decoded)
            order = np.random.default_rng(0).permutation(count)
            starts = [start for _ in range(PASSES) for start in range(0, count, BATCH)]
            part(lambda: [clips[order[start : start + BATCH]].shape for start in starts])
            part(lambda: train(self.config, clips))
            features = part(lambda: features_of(self.encoder, clip_set(clips, "x")))
            task = probe_task(features)
            part(lambda: ask("linear", task))
            part(lambda: ask("knn", task))
            part(lambda: project(features.pooled, "pca"))
        return found


def train(config: Config, clips: Clips) -> None:
    """Some whole steps, their batches read as in training."""
    from bench.step import stepper
    from workbench.training.batches import Loader

    with Loader(clips, batch=config.optim.batch, seed=0, start=0, stop=STEPS) as loader:
        step = stepper(config, batches=iter(loader))
        for _ in range(STEPS):
            step()


def probe_task(features: Features) -> ProbeTask:
    """A class in four to be read, planted in no channel; validated and told on the first clips."""
    from workbench.config import ProbeSettings
    from workbench.probes import Labelled, ProbeTask

    labels = np.random.default_rng(0).integers(0, 4, len(features.tokens))
    whole, few = Labelled(features, labels), Labelled(features.head(ENCODED), labels[:ENCODED])
    return ProbeTask(whole, few, few, 4, 0, ProbeSettings())


def report(home: Path, count: int) -> Used:
    """One report over made-up runs with answers to `count` test clips, in processes of its own."""
    from bench.report import call
    from tests.made_up import make_study

    if not home.exists():
        (home / "checkpoints").mkdir(parents=True)
        os.environ["WORKBENCH_HOME"] = str(home)
        make_study({"random": 0.2, "baseline": 0.3}, (0, 1, 2), clips=count)
    called = call(home, "main", "--force", "-p", "preset=smoke")
    return Used(called.seconds, called.memory)


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
    parser.add_argument("--picture", help="a PNG of the curves")
    asked = parser.parse_known_args()[0]
    rounds = asked.rounds
    print(f"## Growth with the number of clips\n\n{describe()}\n")
    seconds, memory = measure(rounds)
    lines = [Line(part, NUMBERS, values, PARTS[part]) for part, values in seconds.items()]
    print(f"Seconds, medians of {rounds}.\n\n{table(lines)}\n")
    heads = " | ".join(map(str, NUMBERS))
    print(f"| peak memory above the start, MB | {heads} | KB a clip |\n|---|{'---|' * len(NUMBERS)}---|")
    for part, values in memory.items():
        slope = np.polyfit(NUMBERS, values, 1)[0] * 1024
        print(f"| {part} | {' | '.join(f'{value:.0f}' for value in values)} | {slope:.1f} |", flush=True)
    if asked.picture:
        draw(lines, "clips", asked.picture)


if __name__ == "__main__":
    main()

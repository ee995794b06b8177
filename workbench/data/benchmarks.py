"""The rendered benchmarks: what each stands for, and making one as MP4 files, `path label` CSVs and factor tables."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from workbench.config import DataSettings
from workbench.data.factors import (
    COLOURS,
    DIRECTIONS,
    SPLITS,
    TEXTURES,
    appearance100_factors,
    motion48_factors,
    motion_pairs,
)
from workbench.data.listing import write_split
from workbench.errors import WorkbenchError
from workbench.files import content_key, package_versions, whole_folder, write_json
from workbench.paths import data_root
from workbench.progress import progress_bar
from workbench.registry import Registry

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1  # of a data set's folder
VERSION = 1  # of the renderer and the encoder: raise it when the same settings would give other clips
RENDER_BATCH = 64  # larger ones leave the processor cache and take twice the time
BYTES_A_PIXEL = 1.0  # generous estimate for a clip's file, with 2,048 bytes of headers


@dataclass(frozen=True)
class Benchmark:
    """A rendered data set. `factors`: what can be probed and its number of classes; `table` draws a split's factors."""

    title: str
    stands_for: str
    factors: dict[str, int]
    class_names: dict[str, list[str]]
    table: Callable[[DataSettings, str], pd.DataFrame]

    @property
    def classes(self) -> int:
        """Number of classes of the label."""
        return self.factors["label"]


BENCHMARKS: Registry[Benchmark] = Registry("benchmark")

_MOTIONS = [f"{DIRECTIONS[first]}, then {DIRECTIONS[second]}" for first, second in motion_pairs()]
_DIGITS = [str(digit) for digit in range(10)]
_SCENES = [f"{digit} on {texture}" for digit in _DIGITS for texture in TEXTURES]
_APPEARANCE = {"sprite": 10, "texture": 10, "colour": len(COLOURS), "size": 3}
_APPEARANCE_NAMES = {
    "sprite": _DIGITS,
    "texture": list(TEXTURES),
    "colour": list(COLOURS),
    "size": ["small", "medium", "large"],
}

BENCHMARKS.add(
    "motion48",
    Benchmark(
        title="48 motions in two parts",
        stands_for="Diving-48: a motion is a sequence of parts",
        factors={"label": 48, "motion": 48, "first": 8, "second": 8, **_APPEARANCE},
        class_names={
            "label": _MOTIONS,
            "motion": _MOTIONS,
            "first": list(DIRECTIONS),
            "second": list(DIRECTIONS),
            **_APPEARANCE_NAMES,
        },
        table=motion48_factors,
    ),
)
BENCHMARKS.add(
    "appearance100",
    Benchmark(
        title="10 handwritten digits on 10 textures",
        stands_for="ImageNet-100: what is there",
        factors={"label": 100, **_APPEARANCE},
        class_names={
            "label": _SCENES,
            **_APPEARANCE_NAMES,
        },
        table=appearance100_factors,
    ),
)


def benchmark_key(name: str, data: DataSettings) -> str:
    """Content key of what changes a benchmark's clips. `stride` does not: clips are rendered as they are read."""
    relevant = {"frames", "size", "train_clips", "val_clips", "test_clips", "seed", "background", "speed"}
    return content_key(VERSION, name, data.model_dump(mode="json", include=relevant), length=8)


def benchmark_folder(name: str, data: DataSettings) -> Path:
    """Where the benchmark lies, made or not."""
    return data_root() / f"{name}-{benchmark_key(name, data)}"


def make_benchmark(name: str, data: DataSettings, progress: bool = True) -> Path:
    """The folder of the benchmark under `data`; rendered and written on the first call, whole or not at all.

    A second process that wants the same set waits for the first.
    """
    benchmark, folder = BENCHMARKS[name], benchmark_folder(name, data)
    if (folder / "dataset.json").exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(f".{folder.name}.lock")):
        if not (folder / "dataset.json").exists():
            _check_space(folder.parent, data)
            with whole_folder(folder) as temporary:
                _write(temporary, name, benchmark, data, progress)
    return folder


def _check_space(parent: Path, data: DataSettings) -> None:
    clips = sum(data.count(split) for split in SPLITS)
    need = int(clips * (2048 + BYTES_A_PIXEL * data.frames * data.size**2))
    if (free := shutil.disk_usage(parent).free) < need:
        raise WorkbenchError(f"{parent} has {free >> 20} MB free; {clips} clips need up to {need >> 20} MB.")


def _write(folder: Path, name: str, benchmark: Benchmark, data: DataSettings, progress: bool) -> None:
    from workbench.data.encode import write_clip
    from workbench.data.render import render_clips

    total, done = sum(data.count(split) for split in SPLITS), 0
    with progress_bar(f"render {name}", total, show=progress) as report, ThreadPoolExecutor(2) as pool:
        for split in SPLITS:
            table = benchmark.table(data, split)
            table.insert(1, "path", [f"videos/{split}/{clip:06d}.mp4" for clip in table["clip"]])
            (folder / "videos" / split).mkdir(parents=True)
            written: list[Future[None]] = []
            for start in range(0, len(table), RENDER_BATCH):
                rows = table.iloc[start : start + RENDER_BATCH]
                clips = render_clips(rows, data).numpy()  # while the batch before it is being written
                _finish(written)
                written = [
                    pool.submit(write_clip, folder / path, clip) for path, clip in zip(rows["path"], clips, strict=True)
                ]
                done += len(rows)
                report(done, split)
            _finish(written)
            write_split(folder, split, table)
    write_json(
        folder / "dataset.json",
        {
            "format": FORMAT,
            "name": name,
            "kind": "benchmark",
            "title": benchmark.title,
            "factors": benchmark.factors,
            "class_names": benchmark.class_names,
            "counts": {split: data.count(split) for split in SPLITS},
            "settings": data.model_dump(mode="json", exclude={"source", "stride", "max_bad_share"}),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": package_versions(),
        },
    )


def _finish(written: list[Future[None]]) -> None:
    """Wait for files; the first failure of one is raised."""
    for file in written:
        file.result()

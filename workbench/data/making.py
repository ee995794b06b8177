"""Making a rendered benchmark: MP4 files, `path label` CSVs, factor tables and captions, whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import FileLock

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS, FORMAT, Benchmark
from workbench.data.captions import make_captions
from workbench.data.factors import SPLITS
from workbench.data.listing import write_split
from workbench.data.msrvtt_json import write_captions_json
from workbench.disk import writing
from workbench.errors import WorkbenchError
from workbench.files import content_key, package_versions, whole_file, whole_folder, write_json
from workbench.paths import data_root
from workbench.progress import progress_bar

VERSION = 2  # of the renderer and the encoder: raise it when the same settings would give other clips
RENDER_BATCH = 64  # larger ones leave the processor cache and take twice the time
CAPTIONS = "captions.parquet"
NOT_RENDERED = {"source", "stride", "sampling", "fps", "max_bad_share"}  # settings of how any file is read
BYTES_A_PIXEL = 1.0  # generous estimate for a clip's file, with 2,048 bytes of headers


def benchmark_key(name: str, data: DataSettings) -> str:
    """Content key of what changes a benchmark's clips. How a video is sampled does not: clips are rendered as they are read."""
    relevant = set(DataSettings.model_fields) - NOT_RENDERED
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
    with writing(folder.parent):
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
        raise WorkbenchError(
            f"{parent} has {free >> 20} MB free; {clips} clips need up to {need >> 20} MB. Free some space, "
            "or set WORKBENCH_HOME to a larger disk."
        )


def _write(folder: Path, name: str, benchmark: Benchmark, data: DataSettings, progress: bool) -> None:
    total, done = sum(data.count(split) for split in SPLITS), 0
    tables: dict[str, pd.DataFrame] = {}
    with progress_bar(f"render {name}", total, show=progress) as report:
        for split in SPLITS:
            table = benchmark.rows(data, split)
            table.insert(1, "path", [f"videos/{split}/{clip:06d}.mp4" for clip in table["clip"]])
            (folder / "videos" / split).mkdir(parents=True)
            for count in _write_videos(folder, table, data):
                done += count
                report(done, split)
            write_split(folder, split, table)
            tables[split] = table
    _write_captions(folder, tables, data, benchmark.title)
    write_json(
        folder / "dataset.json",
        {
            "format": FORMAT,
            "name": name,
            "kind": "benchmark",
            "title": benchmark.title,
            "factors": benchmark.factors,
            "class_names": benchmark.class_names(data.sprites),
            "counts": {split: data.count(split) for split in SPLITS},
            "settings": data.model_dump(mode="json", exclude=NOT_RENDERED),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "versions": package_versions(),
        },
    )


def rendered(table: pd.DataFrame, data: DataSettings) -> Iterator[tuple[pd.DataFrame, np.ndarray]]:
    """The rows of a table batch by batch with their clips, uint8 (rows, frames, size, size, 3)."""
    import torch

    from workbench.data.render import render_clips

    threads = torch.get_num_threads()
    for start in range(0, len(table), RENDER_BATCH):
        rows = table.iloc[start : start + RENDER_BATCH]
        # Its operations are short: threads that wait for each other stand still whenever something else has a core, as
        # the writing of the clips before has.
        torch.set_num_threads(1)
        try:
            clips = render_clips(rows, data).numpy()
        finally:
            torch.set_num_threads(threads)
        yield rows, clips


def _write_videos(folder: Path, table: pd.DataFrame, data: DataSettings) -> Iterator[int]:
    """Render and write the clips of a table batch by batch; gives the number of each batch."""
    from workbench.data.encode import write_clip

    written: list[Future[None]] = []
    with ThreadPoolExecutor(2) as pool:
        for rows, clips in rendered(table, data):  # while the batch before it is being written
            _finish(written)
            written = [
                pool.submit(write_clip, folder / path, clip) for path, clip in zip(rows["path"], clips, strict=True)
            ]
            yield len(rows)
        _finish(written)


def _write_captions(folder: Path, tables: dict[str, pd.DataFrame], data: DataSettings, title: str) -> None:
    """`captions.parquet`: one row a caption with its split and the factors that it states; and MSR-VTT's JSON."""
    from workbench.data.encode import FPS

    captions = {split: make_captions(table, data.seed, sprites=data.sprites) for split, table in tables.items()}
    write_captions_json(folder, tables, captions, seconds=data.frames / FPS, title=title)
    joint = pd.concat([found.assign(split=split) for split, found in captions.items()], ignore_index=True)
    with whole_file(folder / CAPTIONS) as temporary:
        joint.assign(sen_id=range(len(joint))).to_parquet(temporary, index=False)


def _finish(written: list[Future[None]]) -> None:
    """Wait for files; the first failure of one is raised."""
    for file in written:
        file.result()

"""Decoded clips on disk: memory-mapped uint8 shards of a list of files, made once and shared by all processes.

A shard is found by path, size and time of change of each of its files and by how they are decoded; reading every byte of a
large video collection to find its clips would cost more than it saves. What a list of shards *holds* is named by the hash
of its pixels, which is equal on every machine. Shards are written whole or not at all, so a stopped decoding goes on after
its last whole one; lists that begin alike share them; and they may be deleted whenever nothing uses them.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from filelock import FileLock

from workbench.data.room import PIXELS, STATE, Held, disk_errors, hold, lock_of
from workbench.data.sampling import Sampling
from workbench.data.shards import Clips, Shards, map_rows
from workbench.data.video import Reader
from workbench.data.views import ONE, Views, sampled_views
from workbench.errors import BadClip
from workbench.files import content_key, whole_folder, write_json
from workbench.paths import cache_root
from workbench.progress import Report, progress_bar

VERSION = 2  # of decoding and of the files here: raise it when the same videos would give other pixels
SHARD = 1024  # files a shard
AHEAD = 32  # clips decoded ahead of the one that is written
BLOCK = 64  # clips read at a time to hash a shard
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Decoding:
    """How a file becomes a clip, or several `views` of it: `size` in pixels, and the fields of `Sampling`."""

    frames: int
    size: int
    stride: int = 1
    reader: Reader = "pyav"
    rule: str = "stride"
    fps: float = 8.0
    views: Views = ONE

    @property
    def row(self) -> tuple[int, ...]:
        """Shape of a clip."""
        return self.frames, self.size, self.size, 3

    @property
    def bytes_of_file(self) -> int:
        """Bytes of all clips of one file."""
        return len(self.views) * int(np.prod(self.row))

    @property
    def sampling(self) -> Sampling:
        """The rule for the frames."""
        return Sampling(self.frames, self.rule, self.stride, self.fps)

    def key(self) -> list[Any]:
        """What decides the pixels: of the rule's settings only its own."""
        setting = {"stride": self.stride, "fps": self.fps}.get(self.rule)
        return [
            self.frames,
            self.size,
            self.rule,
            setting,
            self.reader,
            *([str(self.views)] if len(self.views) > 1 else []),
        ]


@dataclass(frozen=True)
class Decoded:
    """Clips of a list of files: `clips` uint8 (kept·views, frames, size, size, 3), all views of a file side by side.

    `kept`: positions of the readable files.
    """

    clips: Clips
    kept: np.ndarray
    problems: pd.DataFrame
    key: str
    sampling: dict[str, int]


def decode_clips(paths: Sequence[str], decoding: Decoding, title: str, progress: bool = True) -> Decoded:
    """Decode `paths`, or open what earlier calls decoded. Broken files are left out and listed in `problems`.

    A second process that wants the same files waits for the first, shard by shard. Raises where the cache's limit
    ($WORKBENCH_CACHE_GB) or the disk has no room, or it cannot be written.
    """
    root = cache_root() / "clips"
    groups = [paths[start : start + SHARD] for start in range(0, max(len(paths), 1), SHARD)]
    names = [content_key(VERSION, decoding.key(), [_state(path) for path in group]) for group in groups]
    key = content_key(VERSION, names)
    one = decoding.bytes_of_file
    with disk_errors(root):
        held = hold(root, key, {name: one * len(group) for name, group in zip(names, groups, strict=True)}, title)
        folders = [root / "shards" / name for name in names]
        facts = root / "lists" / key / "pixels.json"
        if not facts.exists() or not all(_whole(folder, decoding) for folder in folders):
            pixels = hashlib.sha256(repr(decoding.row).encode())
            with progress_bar(title, len(paths), show=progress) as report:
                for number, (folder, group) in enumerate(zip(folders, groups, strict=True)):
                    _fill(folder, group, decoding, pixels, _counting(report, number * SHARD))
            write_json(facts, {"key": pixels.hexdigest()[:16]})
        return _open(folders, decoding, json.loads(facts.read_text())["key"], held)


def _state(path: str) -> tuple[str, int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return path, -1, 0
    return path, found.st_size, found.st_mtime_ns


def _counting(report: Report, before: int) -> Report:
    return lambda count, note="": report(before + count, note)


def _fill(folder: Path, paths: Sequence[str], decoding: Decoding, pixels: Any, report: Report) -> None:
    """Decode a shard unless it is there, and add its clips to the hash `pixels`."""
    root = folder.parent.parent
    with FileLock(lock_of(root, folder.name)):
        if not _whole(folder, decoding):
            for left in folder.parent.glob(f".{folder.name}.*"):  # of a process that was killed
                shutil.rmtree(left)
            with whole_folder(folder) as temporary:
                _decode_to(temporary, paths, decoding, pixels, report)
            return
    clips = map_rows(folder / PIXELS, len(decoding.views) * _read_state(folder)["clips"], decoding.row)
    for start in range(0, len(clips), BLOCK):
        pixels.update(clips[start : start + BLOCK])
    report(len(paths))


def _decode_to(folder: Path, paths: Sequence[str], decoding: Decoding, pixels: Any, report: Report) -> None:
    problems: list[tuple[int, str, str, str]] = []
    sampling: dict[str, int] = {}
    # Written, not mapped: on a full disk a write fails with an error, a mapped page ends the process.
    with (folder / PIXELS).open("wb") as stream:
        for position, outcome in enumerate(in_order(lambda path: _decode(path, decoding), paths)):
            if isinstance(outcome, BadClip):
                problems.append((position, outcome.path, outcome.reason, outcome.detail))
            else:
                clip, rule = outcome
                stream.write(clip.data)
                pixels.update(clip.data)
                sampling[rule] = sampling.get(rule, 0) + 1
            report(position + 1, f"{len(problems)} broken" if problems else "")
        stream.flush()
        os.fsync(stream.fileno())
    clips = len(paths) - len(problems)
    write_json(folder / STATE, {"files": len(paths), "clips": clips, "sampling": sampling, "problems": problems})


def _decode(path: str, decoding: Decoding) -> tuple[np.ndarray, str] | BadClip:
    """One file's clips (views, frames, size, size, 3) and the sampling rule that gave them, or what is wrong with the file."""
    try:
        return sampled_views(path, decoding.sampling, decoding.size, decoding.views, decoding.reader)
    except BadClip as error:
        return error


def in_order(function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Results of `function` in the order of `items`, computed on a few threads (decoders let go of the interpreter)."""
    with ThreadPoolExecutor(min(4, os.cpu_count() or 1)) as pool:
        waiting: deque[Future[R]] = deque()
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) >= AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


def _read_state(folder: Path) -> dict[str, Any]:
    state: dict[str, Any] = json.loads((folder / STATE).read_text())
    return state


def _whole(folder: Path, decoding: Decoding) -> bool:
    """Whether a shard is there with all of its bytes; a shorter file would end the process that reads it."""
    try:
        clips = _read_state(folder)["clips"]
        return (folder / PIXELS).stat().st_size == clips * decoding.bytes_of_file
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError):
        return False


def _open(folders: Sequence[Path], decoding: Decoding, key: str, held: Held) -> Decoded:
    states = [_read_state(folder) for folder in folders]
    starts = np.cumsum([0, *(state["files"] for state in states)])
    rows = [
        (int(start) + at, *rest)
        for start, state in zip(starts, states, strict=False)
        for at, *rest in state["problems"]
    ]
    problems = pd.DataFrame(rows, columns=["position", "path", "reason", "detail"])
    problems["position"] = problems["position"].astype(np.int64)
    kept = np.delete(np.arange(starts[-1]), problems["position"].to_numpy())
    sampling: dict[str, int] = {}
    for state in states:
        for rule, count in state["sampling"].items():
            sampling[rule] = sampling.get(rule, 0) + count
    files = [folder / PIXELS for folder in folders]
    clips = Shards(files, [len(decoding.views) * state["clips"] for state in states], decoding.row, held)
    return Decoded(clips, kept, problems, key, sampling)

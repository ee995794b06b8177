"""Decoded clips on disk: one memory-mapped uint8 array a list of files, made once and shared by all processes.

An entry is found by path, size and time of change of each file and by how it is decoded; reading every byte of a large
video collection to find its entry would cost more than it saves. What is *in* an entry is named by the hash of its
pixels, which is equal on every machine. Entries are written whole or not at all, and may be deleted at any time.
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

from workbench.data.sampling import fit_square, frame_indices
from workbench.data.video import Reader, read_clip
from workbench.errors import BadClip, WorkbenchError
from workbench.files import content_key, whole_folder, write_json
from workbench.paths import cache_root
from workbench.progress import progress_bar

VERSION = 1  # of decoding: raise it when the same files would give other pixels
AHEAD = 32  # clips decoded ahead of the one that is written
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Decoding:
    """How a file becomes a clip."""

    frames: int
    size: int
    stride: int = 1
    reader: Reader = "pyav"


@dataclass(frozen=True)
class Decoded:
    """One entry: `clips` uint8 (kept, frames, size, size, 3), memory-mapped; `kept`: positions of readable files."""

    clips: np.ndarray
    kept: np.ndarray
    problems: pd.DataFrame
    key: str
    sampling: dict[str, int]


def decode_clips(paths: Sequence[str], decoding: Decoding, title: str, progress: bool = True) -> Decoded:
    """Decode `paths`, or open what an earlier call decoded. Broken files are left out and listed in `problems`.

    A second process that wants the same entry waits for the first.
    """
    folder = cache_root() / "clips" / content_key(VERSION, _decoding_key(decoding), [_state(path) for path in paths])
    if not (folder / "cache.json").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(f".{folder.name}.lock")):
            if not (folder / "cache.json").exists():
                _check_space(folder.parent, len(paths), decoding)
                with whole_folder(folder) as temporary:
                    _decode_to(temporary, paths, decoding, title, progress)
    return _open(folder)


def _decoding_key(decoding: Decoding) -> list[Any]:
    # The readers give the same frames, so 'auto' is not told apart by what is installed.
    return [decoding.frames, decoding.size, decoding.stride, decoding.reader]


def _state(path: str) -> tuple[str, int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return path, -1, 0
    return path, found.st_size, found.st_mtime_ns


def _check_space(parent: Path, count: int, decoding: Decoding) -> None:
    # A full disk under a memory map kills the process, so the room is looked for first.
    need = count * decoding.frames * decoding.size**2 * 3
    if (free := shutil.disk_usage(parent).free) < need:
        raise WorkbenchError(
            f"{parent} has {free >> 20} MB free; {count} decoded clips need {need >> 20} MB. "
            "Entries there are safe to delete."
        )


def _decode_to(folder: Path, paths: Sequence[str], decoding: Decoding, title: str, progress: bool) -> None:
    shape = (len(paths), decoding.frames, decoding.size, decoding.size, 3)
    clips = np.lib.format.open_memmap(folder / "clips.npy", mode="w+", dtype=np.uint8, shape=shape)
    digest = hashlib.sha256(repr(shape[1:]).encode())
    kept: list[int] = []
    problems: list[tuple[int, str, str, str]] = []
    sampling: dict[str, int] = {}
    with progress_bar(title, len(paths), show=progress) as report:
        for position, outcome in enumerate(in_order(lambda path: _decode(path, decoding), paths)):
            if isinstance(outcome, BadClip):
                problems.append((position, outcome.path, outcome.reason, outcome.detail))
            else:
                clip, rule = outcome
                clips[len(kept)] = clip
                digest.update(clip.tobytes())
                sampling[rule] = sampling.get(rule, 0) + 1
                kept.append(position)
            report(position + 1, f"{len(problems)} broken" if problems else "")
    clips.flush()
    np.save(folder / "kept.npy", np.array(kept, dtype=np.int64))
    pd.DataFrame(problems, columns=["position", "path", "reason", "detail"]).to_parquet(folder / "problems.parquet")
    state = {
        "version": VERSION,
        "title": title,
        "key": digest.hexdigest()[:16],
        "sampling": sampling,
        "kept": len(kept),
    }
    write_json(folder / "cache.json", state)


def _decode(path: str, decoding: Decoding) -> tuple[np.ndarray, str] | BadClip:
    """One file's clip (frames, size, size, 3) and the sampling rule that gave it, or what is wrong with the file."""
    rule = ""

    def choose(info: Any) -> np.ndarray:
        nonlocal rule
        indices, rule = frame_indices(info.frames, decoding.frames, decoding.stride)
        return indices

    try:
        frames, _ = read_clip(path, choose, decoding.reader)
    except BadClip as error:
        return error
    return fit_square(frames, decoding.size), rule


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


def _open(folder: Path) -> Decoded:
    state = json.loads((folder / "cache.json").read_text())
    kept = np.load(folder / "kept.npy")
    clips = np.load(folder / "clips.npy", mmap_mode="r")[: len(kept)]
    problems = pd.read_parquet(folder / "problems.parquet")
    return Decoded(clips, kept, problems, state["key"], state["sampling"])

"""Ways to break what a home folder holds. Each gives a function that a case calls with the folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from tests.bad_input.case import Prepare
from tests.data.videos import pattern, write_video
from workbench.data.imports import import_videos


def put(path: str, content: str | bytes) -> Prepare:
    """A file with this content."""

    def prepare(home: Path) -> None:
        (home / path).parent.mkdir(parents=True, exist_ok=True)
        (home / path).write_bytes(content if isinstance(content, bytes) else content.encode())

    return prepare


def gone(path: str) -> Prepare:
    """A file or folder that is not there."""

    def prepare(home: Path) -> None:
        shutil.rmtree(home / path) if (home / path).is_dir() else (home / path).unlink()

    return prepare


def cut(path: str) -> Prepare:
    """The first half of a file, as a copy that was stopped leaves it."""

    def prepare(home: Path) -> None:
        data = (home / path).read_bytes()
        (home / path).write_bytes(data[: len(data) // 2])

    return prepare


def edited(path: str, change: Callable[[dict[str, Any]], object]) -> Prepare:
    """A JSON file with its value changed in place."""

    def prepare(home: Path) -> None:
        value = json.loads((home / path).read_text())
        change(value)
        (home / path).write_text(json.dumps(value))

    return prepare


def table(path: str, change: Callable[[pd.DataFrame], pd.DataFrame]) -> Prepare:
    """A Parquet file with its table changed."""
    return lambda home: change(pd.read_parquet(home / path)).to_parquet(home / path)


def array(path: str, values: object, kind: Any = None) -> Prepare:
    """A .npy file."""
    return lambda home: np.save(home / path, np.array(values, kind), allow_pickle=True)


def both(*parts: Prepare) -> Prepare:
    """One after the other."""

    def prepare(home: Path) -> None:
        for part in parts:
            part(home)

    return prepare


def videos(home: Path, classes: tuple[str, ...] = ("a", "b"), each: int = 3) -> None:
    """Class folders of small videos."""
    for number, name in enumerate(classes):
        for n in range(each):
            write_video(home / "videos" / name / f"{n}.mp4", pattern(4, 16, 16, seed=10 * number + n))


def imported(home: Path) -> None:
    """The same, imported as `mine`: 2 videos to train on of each class."""
    videos(home)
    import_videos(home / "videos", "mine")

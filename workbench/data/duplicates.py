"""Finds files of equal content under different names. Only files of equal size are read, block by block."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from workbench.data.cache import in_order
from workbench.errors import WorkbenchError
from workbench.files import file_key
from workbench.progress import progress_bar


def same_content(paths: Sequence[str], sizes: Sequence[int] | np.ndarray, progress: bool = True) -> list[list[int]]:
    """Groups of two and more positions in `paths` whose files hold equal bytes, in order. `sizes` are those of the files."""
    _, which, counts = np.unique(np.asarray(sizes, dtype=np.int64), return_inverse=True, return_counts=True)
    alike = np.flatnonzero(counts[which] > 1)
    groups: dict[tuple[int, str], list[int]] = {}
    with progress_bar("compare files of equal size", len(alike), show=progress) as report:
        keys = in_order(lambda position: _key(paths[position]), alike.tolist())
        for done, (position, key) in enumerate(zip(alike.tolist(), keys, strict=True), start=1):
            groups.setdefault((int(which[position]), key), []).append(position)
            report(done)
    return [group for group in groups.values() if len(group) > 1]


def _key(path: str) -> str:
    try:
        return file_key(Path(path))
    except OSError as error:
        raise WorkbenchError(f"{path} could be read a moment ago and no longer: {error.strerror}.") from None

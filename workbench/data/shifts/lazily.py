"""Clips under a shift, shifted when they are read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from workbench.data.shards import Clips
from workbench.data.shifts.apply import Ids, apply_shift


class ShiftedClips:
    """Another array of clips (n, T, H, W, 3) under one shift; `ids` are the clips' numbers, which the shift depends on.

    Raises as `apply_shift` does, when the first row is read.
    """

    def __init__(self, clips: Clips, shift: str, severity: int, ids: Ids) -> None:
        self._clips, self._shift, self._severity, self._ids = clips, shift, severity, np.asarray(ids, np.int64)
        self.shape, self.dtype, self.ndim = clips.shape, clips.dtype, clips.ndim

    def __len__(self) -> int:
        return len(self._clips)

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self[row] for row in range(len(self)))

    def __getitem__(self, index: Any, /) -> np.ndarray:
        clips, ids = np.array(self._clips[index]), self._ids[index]
        one = clips.ndim == self.ndim - 1
        batch, numbers = (clips[None], ids[None]) if one else (clips, ids)
        found = apply_shift(batch, self._shift, self._severity, ids=numbers).numpy()
        return found[0] if one else found

"""Features of a frozen encoder, extracted once in batches into memory-mapped arrays and shared by everything after."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.disk import writing
from workbench.errors import WorkbenchError
from workbench.files import content_key
from workbench.filling import WHOLE, Filling
from workbench.progress import progress_bar

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet
    from workbench.encoders.base import FrozenEncoder
    from workbench.runs import Run

VERSION = 1
ROWS = 1024  # of the store, read at a time


@dataclass(frozen=True)
class Features:
    """Tokens of every clip of a split: `tokens` float16 (n, t·h·w, D), memory-mapped; `table` is the clip set's."""

    tokens: np.ndarray
    grid: tuple[int, int, int]
    table: pd.DataFrame
    key: str

    @cached_property
    def per_time(self) -> np.ndarray:
        """Mean over the frame at each time step: float32 (n, t, D)."""
        n, _, width = self.tokens.shape
        result = np.empty((n, self.grid[0], width), np.float32)
        for block in self._blocks():
            result[block] = self._over_the_frame(block)
        return result

    @cached_property
    def pooled(self) -> np.ndarray:
        """Mean over all tokens: float32 (n, D)."""
        n, _, width = self.tokens.shape
        result = np.empty((n, width), np.float32)
        for block in self._blocks():
            result[block] = self._over_the_frame(block).mean(1)
        return result

    def _blocks(self) -> list[slice]:
        return [slice(start, start + ROWS) for start in range(0, len(self.tokens), ROWS)]

    def _over_the_frame(self, block: slice) -> np.ndarray:
        tokens = self.tokens[block]
        return tokens.reshape(len(tokens), self.grid[0], -1, tokens.shape[2]).mean(2, dtype=np.float32)

    def head(self, n: int) -> Features:
        """The first `n` clips."""
        return Features(self.tokens[:n], self.grid, self.table.iloc[:n], self.key)


def standardise(train: np.ndarray, *others: np.ndarray) -> list[np.ndarray]:
    """Zero mean and unit deviation per channel by the statistics of `train` (rows are samples)."""
    mean, deviation = train.mean(0), train.std(0)
    deviation = np.where(deviation > 1e-6, deviation, 1.0)
    return [_standard(x, mean, deviation) for x in (train, *others)]


def _standard(x: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    result = x - mean
    result /= deviation  # in place: a million features have room for two of them, not for four
    return result.astype(np.float32, copy=False)


def features_of(encoder: FrozenEncoder, clips: ClipSet, *, pooled: bool = False, show: bool = False) -> Features:
    """Features of `clips`, from the store where they are there already, else extracted batch by batch into it.

    The store is found by the content of weights, preprocessing and clips: RUN/features for a run, cache/features for any other
    encoder. A call that was stopped is gone on with; a second process waits for the first. With `pooled` the means over the
    frame at each time step are kept, t tokens in place of t·h·w. Raises where the clips do not fit the encoder, where a feature
    is not finite, and where the disk is full.
    """
    encoder.check(clips)
    key = content_key(VERSION, encoder.key, clips.key, *(["pooled"] if pooled else []), length=16)
    root, word = encoder.store()
    folder = root / f"{clips.name}-{clips.split}-{word}-{key}"
    t, h, w = encoder.grid
    grid = (t, 1, 1) if pooled else (t, h, w)
    shape = (len(clips.clips), grid[0] * grid[1] * grid[2], encoder.width)
    if not (folder / WHOLE).exists():
        with writing(root):
            filled = Filling(folder, shape, {"clips": clips.key, "encoder": encoder.name, "shape": shape})
            with filled.open() as store, progress_bar(f"features {clips.name}", len(clips), store.done, show) as report:
                for start in range(store.done, len(clips), encoder.batch):
                    store.add(_tokens(encoder, clips.clips[start : start + encoder.batch], grid, start))
                    report(store.done)
    try:
        tokens = np.load(folder / WHOLE, mmap_mode="r")
    except (OSError, ValueError, EOFError) as error:  # cut short, or no array at all
        raise WorkbenchError(
            f"{folder / WHOLE} cannot be read ({error}). Delete the folder {folder} and repeat the command."
        ) from None
    if tokens.shape != shape or len(tokens) != len(clips.table):
        raise WorkbenchError(f"{folder} does not fit its clips; delete the folder and repeat the command.")
    return Features(tokens, grid, clips.table, key)


def _tokens(encoder: FrozenEncoder, clips: np.ndarray, grid: tuple[int, int, int], start: int) -> np.ndarray:
    """Tokens float16 (B, t·h·w, D), or their means (B, t, D), of clips that begin at number `start`."""
    import torch

    tokens = encoder.tokens(torch.from_numpy(np.array(clips)))
    if tokens.shape[1] != grid[0] * grid[1] * grid[2]:
        tokens = tokens.unflatten(1, (grid[0], -1)).mean(2)
    small = tokens.to(torch.float16)
    finite = torch.isfinite(small).flatten(1).all(1)
    if not finite.all():
        first = start + int((~finite).int().argmax())
        large = bool(torch.isfinite(tokens).all())
        why = "values above 65,504, the most that float16 holds" if large else "values that are not finite"
        raise WorkbenchError(
            f"The encoder {encoder.name} gives {why}, for {int((~finite).sum())} of {len(tokens)} clips, the first of them "
            f"clip {first}. "
            + ("Its tokens need a layer norm." if large else "Its weights are broken, or its training diverged.")
        )
    return small.numpy()


def drop_features(run: Run) -> None:
    """Remove the run's cached features; the next reading extracts them again from its weights."""
    shutil.rmtree(run.folder / "features", ignore_errors=True)

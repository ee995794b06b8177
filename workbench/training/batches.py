"""The order in which clips are seen, a function of seed and step alone, and a loader that keeps ahead of the step."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from torch import Tensor

from workbench.data.shards import Clips
from workbench.distributed import share_of

if TYPE_CHECKING:
    from workbench.text.batch import DrawnCaptions
    from workbench.text.training import TrainingCaptions

AHEAD = 3  # batches kept ready


def batch_indices(step: int, batch: int, clips: int, seed: int) -> np.ndarray:
    """Clip indices of the joint batch of `step`: whole random passes through the data, one after the other."""
    first = step * batch
    position = np.arange(first, first + batch)
    epochs = position // clips
    result = np.empty(batch, np.int64)
    for epoch in np.unique(epochs):
        order = _order(seed, int(epoch), clips)
        chosen = epochs == epoch
        result[chosen] = order[position[chosen] % clips]
    return result


@lru_cache(
    maxsize=2
)  # a batch lies in one pass or in two; to draw the order of a million clips takes as long as a step
def _order(seed: int, epoch: int, clips: int) -> np.ndarray:
    """Clip indices in the order of one pass."""
    return np.random.default_rng([seed, epoch, 7]).permutation(clips)


class Batch(NamedTuple):
    """One process's part of a step: `clips` uint8 (batch/processes, T, H, W, 3), and their captions where the run has any."""

    clips: Tensor
    captions: DrawnCaptions | None = None


class Loader:
    """Reads the batches of steps `start`..`stop`-1 in a thread; iterate for a `Batch` a step."""

    def __init__(
        self,
        clips: Clips,
        *,
        batch: int,
        seed: int,
        start: int,
        stop: int,
        rank: int = 0,
        processes: int = 1,
        pin: bool = False,
        captions: TrainingCaptions | None = None,
    ) -> None:
        self._clips, self._captions, self._batch, self._seed = clips, captions, batch, seed
        self._steps, self._rank, self._processes, self._pin = range(start, stop), rank, processes, pin
        self._ready: queue.Queue[Batch | BaseException] = queue.Queue(AHEAD)
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True, name="clip loader")

    def __enter__(self) -> Loader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        while self._thread.is_alive():  # the thread may be waiting for room in the queue
            try:
                self._ready.get_nowait()
            except queue.Empty:
                self._thread.join(0.05)

    def __iter__(self) -> Iterator[Batch]:
        for _ in self._steps:
            item = self._ready.get()
            if isinstance(item, BaseException):
                raise item
            yield item

    def _work(self) -> None:
        try:
            for step in self._steps:
                if self._stopped.is_set():
                    return
                index = batch_indices(step, self._batch, len(self._clips), self._seed)
                block = torch.from_numpy(self._clips[share_of(index, self._rank, self._processes)])
                drawn = None
                if self._captions is not None:
                    drawn = self._captions.draw(index, step, self._rank, self._processes)
                self._ready.put(Batch(block.pin_memory() if self._pin else block, drawn))
        except BaseException as error:
            self._ready.put(error)

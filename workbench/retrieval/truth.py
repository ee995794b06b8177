"""Which captions are true of which videos: one video a caption, or any number of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.errors import WorkbenchError

Blocks = Iterable[tuple[slice, np.ndarray]]
NAME = "The truth"


@dataclass(frozen=True)
class Truth:
    """True pairs of captions and videos, sorted by caption; every caption has one at least.

    `rows`, `columns` (pairs,): caption and video of each pair, int64. `starts` (captions + 1,): where the pairs of each
    caption begin. `source` (captions,): the video a caption was written for; captions of one source are resampled
    together. Make it by `from_index`, `from_pairs` or `from_blocks`, or let `as_truth` choose.
    """

    captions: int
    videos: int
    rows: np.ndarray
    columns: np.ndarray
    starts: np.ndarray
    source: np.ndarray

    @classmethod
    def from_index(cls, index: np.ndarray, videos: int, name: str = NAME) -> Truth:
        """One video a caption: `index` (captions,) of integers."""
        index = np.asarray(index)
        if index.ndim != 1 or index.dtype.kind not in "iu":
            raise WorkbenchError(
                f"{name}: one integer a caption is needed, the number of its video; "
                f"these are {index.dtype} of shape {index.shape}."
            )
        return cls.from_pairs(np.arange(len(index)), index, (len(index), videos), name=name)

    @classmethod
    def from_pairs(
        cls,
        rows: np.ndarray,
        columns: np.ndarray,
        shape: tuple[int, int],
        source: np.ndarray | None = None,
        name: str = NAME,
    ) -> Truth:
        """Any pairs: caption and video of each, counted from 0; `shape` is (captions, videos). Pairs may repeat.

        `source`: by default the first video that is listed for a caption. Raises for numbers out of range and for
        captions without a video, naming the first.
        """
        rows, columns = np.asarray(rows, np.int64), np.asarray(columns, np.int64)
        for what, values, count in (("caption", rows, shape[0]), ("video", columns, shape[1])):
            if len(wrong := np.flatnonzero((values < 0) | (values >= count))):
                where = f"caption {rows[wrong[0]]}: " if what == "video" else ""
                raise WorkbenchError(
                    f"{name}: {where}there is no {what} {values[wrong[0]]}. There are {count}, counted from 0."
                )
        listed = np.bincount(rows, minlength=shape[0])
        if len(none := np.flatnonzero(listed == 0)):
            raise WorkbenchError(
                f"{name}: caption {none[0]} (counted from 0) has no true video; of {shape[0]} captions {len(none)} have "
                "none. Every caption needs one: leave those without out of the scores."
            )
        keys, first = rows * shape[1] + columns, columns
        order = np.arange(len(keys))
        if not (np.diff(keys) > 0).all():
            keys, order = np.unique(keys, return_index=True)
        rows, columns = np.divmod(keys, shape[1])
        starts = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=shape[0]))])
        if source is None:
            source = first[np.minimum.reduceat(order, starts[:-1])]
        source = np.asarray(source, np.int64)
        if source.shape != (shape[0],):
            raise WorkbenchError(
                f"{name}: {shape[0]} captions with {source.shape} source videos; each caption has one."
            )
        if len(wrong := np.flatnonzero(~np.isin(np.arange(shape[0]) * shape[1] + source, keys))):
            raise WorkbenchError(
                f"{name}: caption {wrong[0]} (counted from 0) is not true of its source, video {source[wrong[0]]}."
            )
        return cls(*shape, rows, columns, starts, source)

    @classmethod
    def from_blocks(cls, blocks: Blocks, videos: int, source: np.ndarray | None = None, name: str = NAME) -> Truth:
        """Blocks of captions, as `workbench.data.captions.described_blocks` gives: slice and bool (up to block, videos).

        For those captions `source` is the position of a caption's own clip in the table.
        """
        rows, columns, captions = [], [], 0
        for where, block in blocks:
            if block.ndim != 2 or block.shape[1] != videos or block.dtype != bool:
                raise WorkbenchError(
                    f"{name}: captions {where.start} to {where.stop} have truth of shape {block.shape} and type "
                    f"{block.dtype}; bool (captions, {videos}) is needed."
                )
            row, column = block.nonzero()
            rows.append(row + where.start)
            columns.append(column)
            captions = max(captions, where.start + len(block))
        if not rows:
            raise WorkbenchError(f"{name}: there is no caption.")
        return cls.from_pairs(np.concatenate(rows), np.concatenate(columns), (captions, videos), source, name)

    def per_caption(self) -> np.ndarray:
        """Number of true videos of each caption (captions,)."""
        return np.diff(self.starts)

    def per_video(self) -> np.ndarray:
        """Number of true captions of each video (videos,)."""
        return np.bincount(self.columns, minlength=self.videos)


def as_truth(truth: Any, captions: int, videos: int, name: str = NAME) -> Truth:
    """The `Truth` for scores (captions, videos) from any form it comes in.

    None: caption i belongs to video i; the scores must be square. 1-D integers: the video of each caption. 2-D bool or a
    sparse matrix of scipy (captions, videos). Anything else: blocks, as `Truth.from_blocks` takes them.
    """
    if truth is None:
        if captions != videos:
            raise WorkbenchError(
                f"{captions} captions and {videos} videos: without a truth caption i belongs to video i, so the scores "
                "must be square. Give the true video of each caption."
            )
        found = Truth.from_index(np.arange(captions), videos, name)
    elif isinstance(truth, Truth):
        found = truth
    elif hasattr(truth, "nonzero") and getattr(truth, "ndim", 0) == 2:  # of numpy and of scipy.sparse
        if truth.dtype != bool:
            raise WorkbenchError(f"{name} is a matrix of {truth.dtype}; bool is needed, True where a caption is true.")
        rows, columns = truth.nonzero()
        found = Truth.from_pairs(rows, columns, truth.shape, name=name)
    elif isinstance(truth, np.ndarray) or (isinstance(truth, Sequence) and not isinstance(truth[0], tuple)):
        found = Truth.from_index(np.asarray(truth), videos, name)
    else:
        found = Truth.from_blocks(truth, videos, name=name)
    if (found.captions, found.videos) != (captions, videos):
        raise WorkbenchError(
            f"{name} is of {found.captions} captions and {found.videos} videos; the scores are of {captions} and {videos}."
        )
    return found

"""Ranks of the first true item of every query, where equal scores are broken at random."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from workbench.errors import WorkbenchError
from workbench.retrieval.scores import Scores
from workbench.retrieval.truth import Truth

ROUNDING = 1e-9  # of shares that are compared with one half


@dataclass(frozen=True)
class Ranks:
    """Of each query: how many items score higher than its best true item, and how many score the same.

    `above` (queries,): items above it, g. `false`, `true` (queries,): the false and the true ones at its score, a and t
    (itself included, so t >= 1). `pool`: number of items. With ties broken at random the rank of the first true item is
    g + J, and J is the place of the first of t marked ones among a + t in random order (negative hypergeometric):
    P(J > j) = C(a, j) / C(a + t, j).
    """

    above: np.ndarray
    false: np.ndarray
    true: np.ndarray
    pool: int

    @classmethod
    def of_chance(cls, true: np.ndarray, pool: int) -> Ranks:
        """Ranks where all items score the same: `true` (queries,) of `pool` items are true of each query."""
        return cls(np.zeros_like(true), pool - true, true, pool)

    def __len__(self) -> int:
        return len(self.above)

    def expected(self) -> np.ndarray:
        """Expected rank (queries,): g + (a + t + 1) / (t + 1), which for one true item is 1 + g + a/2."""
        found: np.ndarray = self.above + (self.false + self.true + 1) / (self.true + 1)
        return found

    def within(self, k: int) -> np.ndarray:
        """Probability (queries,) that the first true item is among the first k: 1 - C(a, j) / C(a + t, j), j = k - g."""
        j = np.maximum(k - self.above, 0)
        a, t = self.false, self.true
        missed = np.where(j > a, 0.0, np.where(j == 0, 1.0, (a - j + 1) / (a + 1)))  # exact for t = 1
        if len(several := np.flatnonzero((t > 1) & (j > 0) & (j <= a))):
            from scipy.special import gammaln

            j, a, t = j[several], a[several], t[several]
            missed[several] = np.exp(gammaln(a + 1) - gammaln(a - j + 1) + gammaln(a + t - j + 1) - gammaln(a + t + 1))
        return 1.0 - missed

    def median(self) -> float:
        """Median of the ranks of all queries; of queries with ties every possible rank counts by its probability.

        Without ties it is the usual median. Between two ranks it is their midpoint.
        """
        lower = self._first(0.5 - ROUNDING)
        upper = self._first(0.5 + ROUNDING)
        return (lower + upper) / 2

    def _first(self, share: float) -> int:
        """The lowest rank within which there is `share` of the queries."""
        return 1 + bisect_left(range(1, self.pool + 1), share, key=lambda k: float(self.within(k).mean()))


def ranks(scores: Scores, truth: Truth) -> tuple[Ranks, Ranks]:
    """Ranks of captions' first true video, and of videos' first true caption, in one pass over the blocks of `scores`.

    Raises where a score is not finite, naming the first, and where a video has no true caption.
    """
    if len(none := np.flatnonzero(truth.per_video() == 0)):
        raise WorkbenchError(
            f"Video {none[0]} (counted from 0) has no true caption, so it cannot be a query; of {truth.videos} videos "
            f"{len(none)} have none. Leave them out of the scores."
        )
    return _counted(scores, truth)


def caption_ranks(scores: Scores, truth: Truth) -> Ranks:
    """Ranks of captions' first true video alone: a video may be without a true caption."""
    return _counted(scores, truth)[0]


def _counted(scores: Scores, truth: Truth) -> tuple[Ranks, Ranks]:
    """Ranks of captions and of videos; those of videos without a true caption mean nothing."""
    captions, videos = scores.shape
    found = scores.pairs(truth.rows, truth.columns)
    best = np.maximum.reduceat(found, truth.starts[:-1])
    best_of_video = np.full(videos, -np.inf, scores.dtype)
    np.maximum.at(best_of_video, truth.columns, found)
    above, at_least = np.empty(captions, np.int64), np.empty(captions, np.int64)
    video_above, video_at_least = np.zeros(videos, np.int64), np.zeros(videos, np.int64)
    for rows, block in scores.blocks():
        _check_finite(rows, block, scores.name)
        pairs = slice(truth.starts[rows.start], truth.starts[rows.stop])
        row, column = truth.rows[pairs] - rows.start, truth.columns[pairs]
        above[rows] = _false(block > best[rows, None], row, column)
        at_least[rows] = _false(block >= best[rows, None], row, column)
        video_above += _false((block > best_of_video).T, column, row)
        video_at_least += _false((block >= best_of_video).T, column, row)
    tied = np.bincount(truth.rows[found == best[truth.rows]], minlength=captions)
    video_tied = np.bincount(truth.columns[found == best_of_video[truth.columns]], minlength=videos)
    return (
        Ranks(above, at_least - above, tied, videos),
        Ranks(video_above, video_at_least - video_above, video_tied, captions),
    )


def _false(marked: np.ndarray, query: np.ndarray, item: np.ndarray) -> np.ndarray:
    """Number of marked items of each query, `marked` (queries, items), without the true pairs (`query`, `item`).

    True items are counted from `Scores.pairs` alone, so that one whose score in the block differs from it in the last bit
    is not counted as false.
    """
    found: np.ndarray = marked.sum(1) - np.bincount(query[marked[query, item]], minlength=len(marked))
    return found


def _check_finite(rows: slice, block: np.ndarray, name: str) -> None:
    finite = np.isfinite(block)
    if not finite.all():
        row, column = np.argwhere(~finite)[0]
        raise WorkbenchError(
            f"{name}: the score of row {rows.start + row}, column {column} (counted from 0) is {block[row, column]}. "
            "Ranks need finite scores; look at what made this caption or video."
        )

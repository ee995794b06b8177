"""Bootstrap over videos, of all metrics of both directions at once."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from workbench.retrieval.ranks import Ranks

DRAWS = 2000
TAIL = 0.025  # on either side of a 95 % interval
ROUNDING = 1e-6  # of weighted shares in float32
NONE = (np.nan, np.nan)


class Resampled:
    """Draws of `videos` videos with replacement, the same ones for every metric and direction.

    Captions of one video are alike, so a video is drawn with all its captions (Field and Welsh 2007); that is why videos are
    drawn for both directions. Intervals are percentiles of the draws.
    """

    def __init__(self, videos: int, draws: int = DRAWS, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.videos = videos
        self._times = np.empty((draws, videos), np.float32)  # how often a video is in a draw
        for row in self._times:
            row[:] = np.bincount(rng.integers(0, videos, videos), minlength=videos)

    def means(self, values: np.ndarray, video: np.ndarray) -> np.ndarray:
        """Means in each draw (k, draws) of `values` (k, queries), of which `video` (queries,) names the video.

        NaN in a draw without a query.
        """
        mean = values.mean(1, keepdims=True)
        # Deviations, not values: what does not vary has no spread then, not even by rounding.
        *over, count = self._sums(np.vstack([values - mean, np.ones(len(video))]), video)
        with np.errstate(invalid="ignore", divide="ignore"):
            found: np.ndarray = mean + np.array(over) / count
        return found

    def interval(self, draws: np.ndarray) -> tuple[float, float]:
        """Ends of the 95 % interval; NaN with one video, of which nothing can be drawn."""
        if self.videos < 2:
            return NONE
        low, high = np.nanquantile(draws, [TAIL, 1 - TAIL])
        return float(low), float(high)

    def median_interval(self, ranks: Ranks, video: np.ndarray) -> tuple[float, float]:
        """The interval of `ranks.median()`: the draws' lower median at the low end, their upper median at the high end.

        A draw's median is at most r where half of its queries are within r, so the ends are found by bisection over r.
        """
        if self.videos < 2:
            return NONE
        rounding = ROUNDING * len(ranks)

        def share(r: int, side: int) -> float:
            """Share of draws with half of the queries within r (side 1), or more than half (side -1)."""
            over = self._sums(ranks.within(r)[None] - 0.5, video)[0]
            return float((over >= -side * rounding).mean())

        every = range(1, ranks.pool + 1)
        low = 1 + bisect_left(every, TAIL, key=lambda r: share(r, 1))
        high = 1 + bisect_left(every, 1 - TAIL, key=lambda r: share(r, -1))
        return float(min(low, ranks.pool)), float(min(high, ranks.pool))

    def _sums(self, values: np.ndarray, video: np.ndarray) -> np.ndarray:
        """Sums in each draw (k, draws) of `values` (k, queries)."""
        by_video = np.array([np.bincount(video, one, minlength=self.videos) for one in values], np.float32)
        found: np.ndarray = (by_video @ self._times.T).astype(np.float64)
        return found

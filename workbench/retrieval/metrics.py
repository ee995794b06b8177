"""Metrics of video–text retrieval in both directions, each with chance and an interval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.retrieval.ranks import Ranks, caption_ranks, ranks
from workbench.retrieval.rerank import RERANKS
from workbench.retrieval.resampling import NONE, Resampled
from workbench.retrieval.scores import Scores, as_scores
from workbench.retrieval.truth import Truth, as_truth

if TYPE_CHECKING:
    import pandas as pd

RECALLS = (1, 5, 10)
METRICS = (*(f"R@{k}" for k in RECALLS), "MedR", "MeanR", "rsum")
DIRECTIONS = ("text→video", "video→text")
BOTH = "both"
COLUMNS = ["direction", "metric", "value", "low", "high", "chance", "n", "pool", "rerank"]


def retrieval_metrics(
    scores: Scores | np.ndarray,
    truth: Any = None,
    rerank: Sequence[str] = (),
    bank: Scores | np.ndarray | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """R@1, R@5, R@10, MedR, MeanR of both directions and rsum, of `scores` (captions, videos); higher is more alike.

    `truth`: a form that `as_truth` takes; None: caption i belongs to video i. Text→video: every caption is a query and its
    best true video counts; video→text: every video is a query over all captions, and its best true caption counts.

    One row a direction, metric and re-ranking. `value`: recalls in per cent, ranks from 1; rsum is the sum of the six
    recalls, of direction `both`. `low`, `high`: 95 % interval, by bootstrap over videos with all their captions; where no
    query or every query is a hit, Wilson's over videos. `chance`: the value where all scores are equal; for recalls and
    MeanR the expectation of random scores, for MedR the median of their ranks. `n`: queries; `pool`: items that are
    ranked (for rsum the sums of both directions). `rerank`: empty, or a name of `RERANKS` asked for, in rows of their own;
    `bank` is for qb_norm, which has no rows for video→text and rsum.

    Raises for scores that are not finite, and for captions and videos without anything true, naming the first.
    """
    import pandas as pd

    scores = as_scores(scores)
    truth = as_truth(truth, *scores.shape)
    bank = None if bank is None else as_scores(bank)
    asked = [(name, RERANKS[name]) for name in rerank]  # an unknown name is said before the work
    resampled = Resampled(truth.videos, seed=seed)
    rows = list(_rows("", ranks(scores, truth), truth, resampled))
    for name, change in asked:
        for_captions, for_videos = change(scores, bank)
        of_videos = None if for_videos is None else ranks(for_videos, truth)[1]
        rows += _rows(name, (caption_ranks(for_captions, truth), of_videos), truth, resampled)
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(
    rerank: str, found: tuple[Ranks, Ranks | None], truth: Truth, resampled: Resampled
) -> Iterator[tuple[object, ...]]:
    """Rows of the table for one re-ranking, in the order of `METRICS` for each direction, rsum last."""
    counts = (truth.per_caption(), truth.per_video())
    videos = (truth.source, np.arange(truth.videos))
    hits = []  # value, chance, interval and draws of each recall
    for direction, one, true, video in zip(DIRECTIONS, found, counts, videos, strict=True):
        if one is None:
            continue
        chance = Ranks.of_chance(true, one.pool)
        about = (len(one), one.pool, rerank)
        values = np.array([*(100 * one.within(k) for k in RECALLS), one.expected()])
        *hit_draws, rank_draws = resampled.means(values, video)
        for k, of_queries, draws in zip(RECALLS, values[:-1], hit_draws, strict=True):
            value, by_chance = of_queries.mean(), 100 * chance.within(k).mean()
            low, high = _recall_interval(value, draws, resampled)
            hits.append((value, low, high, by_chance, draws))
            yield direction, f"R@{k}", value, low, high, by_chance, *about
        yield direction, "MedR", one.median(), *resampled.median_interval(one, video), chance.median(), *about
        yield direction, "MeanR", values[-1].mean(), *resampled.interval(rank_draws), chance.expected().mean(), *about
    if len(hits) == 2 * len(RECALLS):
        value, low, high, by_chance, draws = (sum(column) for column in zip(*hits, strict=True))
        if 0 < value < 100 * len(hits):  # else the sums of Wilson's ends, which are on the wide side
            low, high = resampled.interval(draws)
        both = truth.captions + truth.videos
        yield BOTH, "rsum", value, low, high, by_chance, both, both, rerank


def _recall_interval(value: float, draws: np.ndarray, resampled: Resampled) -> tuple[float, float]:
    """By bootstrap; of nothing but hits, or none, every draw is the same, and Wilson's interval over videos is given."""
    if 0 < value < 100:
        return resampled.interval(draws)
    if resampled.videos < 2:
        return NONE
    from workbench.stats import wilson

    low, high = wilson(value / 100 * resampled.videos, resampled.videos)
    return 100 * low, 100 * high

"""Which words a model hears: a clip, its true caption and the same with one factor word exchanged; is the true one nearer?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from workbench.retrieval.pool import Pool
from workbench.stats import wilson

Embed = Callable[[Sequence[str]], np.ndarray]


def word_rows(
    pool: Pool, clips: np.ndarray, embed: Embed, change: Callable[[list[str]], list[str]]
) -> Iterator[dict[str, Any]]:
    """One row a kind of exchanged word: the share of clips whose true caption is nearer than the wrong one, with Wilson's interval.

    `clips` (n, d) and what `embed` gives of texts have unit length; `change` is applied to true and wrong captions alike (a text
    shift). One pair a clip, of its first caption. A tie counts one half, which is chance. None where captions state no factors.
    """
    if not pool.by_factors:
        return
    true = embed(change(pool.first["caption"].tolist()))
    near = (clips * true).sum(1)
    for kind, wrong in pool.wrong.items():
        rows = wrong["clip"].to_numpy(np.int64)
        other = (clips[rows] * embed(change(wrong["caption"].tolist()))).sum(1)
        right = float((near[rows] > other).sum() + 0.5 * (near[rows] == other).sum())
        low, high = wilson(right, len(rows))
        found = {"direction": "video→text", "metric": "word", "factor": kind, "value": 100 * right / len(rows)}
        yield found | {"low": 100 * low, "high": 100 * high, "chance": 50.0, "n": len(rows), "pool": 2, "rerank": ""}

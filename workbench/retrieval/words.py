"""Which words a model hears: a clip, its true caption and the same with one factor word exchanged; is the true one nearer?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from workbench.retrieval.answers import Answers
from workbench.retrieval.pool import Pool

Embed = Callable[[Sequence[str]], np.ndarray]


def word_answers(
    pool: Pool, clips: np.ndarray, embed: Embed, change: Callable[[list[str]], list[str]]
) -> Iterator[Answers]:
    """For each kind of exchanged word, of which clips the true caption is nearer than the wrong one; a tie counts one half.

    `clips` (n, d) and what `embed` gives of texts have unit length; `change` is applied to true and wrong captions alike (a text
    shift). One pair a clip, of its first caption. None where captions state no factors.
    """
    if not pool.by_factors:
        return
    true = embed(change(pool.first["caption"].tolist()))
    near = (clips * true).sum(1)
    for kind, wrong in pool.wrong.items():
        rows = wrong["clip"].to_numpy(np.int64)
        other = (clips[rows] * embed(change(wrong["caption"].tolist()))).sum(1)
        right = (near[rows] > other) + 0.5 * (near[rows] == other)
        yield Answers("word", kind, rows, right, 2)

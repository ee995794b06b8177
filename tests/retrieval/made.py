"""Small score matrices and truths, and retrieval computed by listing every way to break ties."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp


def literal_ranks(row: np.ndarray, true: np.ndarray) -> list[int]:
    """Rank of the first true item under every order of the items in which equal scores could stand."""
    found = []
    for order in permutations(range(len(row))):
        ranked = sorted(order, key=lambda item: -row[item])  # stable: equal scores stay in the order given
        found.append(1 + next(place for place, item in enumerate(ranked) if true[item]))
    return found


def literal_metrics(scores: np.ndarray, truth: np.ndarray) -> dict[str, float]:
    """Recalls in per cent, median and mean rank of the rows' first true column; scores without ties only."""
    ranks = np.array([literal_rank(row, true) for row, true in zip(scores, truth, strict=True)])
    recalls = {f"R@{k}": 100 * float((ranks <= k).mean()) for k in (1, 5, 10)}
    return recalls | {"MedR": float(np.median(ranks)), "MeanR": float(ranks.mean())}


def literal_rank(row: np.ndarray, true: np.ndarray) -> int:
    """Place of the first true item in the descending scores."""
    return 1 + int(true[np.argsort(-row)].argmax())


def random_truth(rng: np.random.Generator, captions: int, videos: int, share: float = 0.1) -> np.ndarray:
    """Bool (captions, videos) with one at least in each row and column."""
    truth = rng.random((captions, videos)) < share
    truth[np.arange(captions), np.arange(captions) % videos] = True
    truth[np.arange(videos) % captions, np.arange(videos)] = True
    return truth


@st.composite
def tied_scores(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Scores of three levels, and a truth: up to four captions and four videos."""
    shape = draw(st.tuples(st.integers(1, 4), st.integers(1, 4)))
    scores = draw(hnp.arrays(np.float32, shape, elements=st.sampled_from([-0.5, 0.0, 0.75])))
    truth = draw(hnp.arrays(bool, shape))
    rows, columns = shape
    truth[np.arange(rows), np.arange(rows) % columns] = True
    truth[np.arange(columns) % rows, np.arange(columns)] = True
    return scores, truth

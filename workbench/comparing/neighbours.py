"""Whether models find the same clips alike: the nearest neighbours of every clip in each, and how far they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations

import numpy as np

from workbench.errors import WorkbenchError
from workbench.features import standardise
from workbench.stats import Interval, two_level_bootstrap

K = 15
BLOCK = 256  # clips whose cosines to all others are held at once, for each model


@dataclass(frozen=True)
class Agreement:
    """Two models: mean Jaccard overlap of their neighbourhoods over clips, with what neighbourhoods drawn at random would have."""

    a: int
    b: int
    overlap: Interval
    chance: float
    k: int
    n: int


@dataclass(frozen=True)
class Neighbourhoods:
    """`nearest` int (models, n, k): rows of the nearest clips, nearest first.

    `places` float (models, models, n): [a, b] is the mean place that the neighbours of a clip in model a have in model b, 1 the nearest;
    NaN where a is b.
    """

    nearest: np.ndarray
    places: np.ndarray

    @property
    def k(self) -> int:
        """Neighbours of a clip."""
        return int(self.nearest.shape[2])

    @property
    def n(self) -> int:
        """Clips."""
        return int(self.nearest.shape[1])

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """All pairs of models."""
        return [(a, b) for a in range(len(self.nearest)) for b in range(a + 1, len(self.nearest))]

    @cached_property
    def _overlap(self) -> dict[tuple[int, int], np.ndarray]:
        return {(a, b): jaccard(self.nearest[a], self.nearest[b]) for a, b in self.pairs}

    def overlap(self, a: int, b: int) -> np.ndarray:
        """Jaccard overlap of the neighbourhoods of every clip in models `a` and `b`: (n,), 1 the same, 0 none in common."""
        return self._overlap[min(a, b), max(a, b)]

    @cached_property
    def mean_overlap(self) -> np.ndarray:
        """The same as a mean over all pairs of models: (n,)."""
        found: np.ndarray = np.mean([self.overlap(a, b) for a, b in self.pairs], axis=0)
        return found

    def agreement(self, a: int, b: int) -> Agreement:
        """How far models `a` and `b` agree, with the interval of the mean over clips."""
        overlap = two_level_bootstrap(self.overlap(a, b)[None])
        return Agreement(a, b, overlap, chance_overlap(self.n, self.k), self.k, self.n)

    def most_changed(self, count: int) -> np.ndarray:
        """Rows of the `count` clips whose neighbours differ most: least mean overlap; of equals those whose neighbours are farthest away.

        Farthest: the mean over ordered pairs of `places`. Of equals in that too, the earlier row.
        """
        far = np.mean([self.places[pair] for a, b in self.pairs for pair in ((a, b), (b, a))], axis=0)
        found: np.ndarray = np.lexsort((np.arange(self.n), -far, self.mean_overlap))[:count]
        return found

    def shared(self, values: np.ndarray, model: int) -> np.ndarray:
        """Share of the neighbours of every clip in `model` that have the clip's value: (n,) of `values` (n,)."""
        values = np.asarray(values)
        found: np.ndarray = (values[self.nearest[model]] == values[:, None]).mean(1)
        return found


def neighbourhoods(features: Sequence[np.ndarray], k: int = K, block: int = BLOCK) -> Neighbourhoods:
    """Neighbourhoods of the same n clips in several models: `features` are pooled ones (n, D) each, row by row of the same clip.

    By cosine in the features standardised by these clips, as the explorer and the kNN probe have it; a clip is not its own neighbour,
    and of equals the earlier row is nearer. In blocks: memory is models × `block` × n numbers. Raises where the counts of clips differ,
    or there are not more than `k`.
    """
    counts = sorted({len(one) for one in features})
    if len(features) < 2 or len(counts) != 1:
        raise WorkbenchError(
            f"Neighbourhoods are of 2 models or more on the same clips, not {len(features)} on {counts} clips."
        )
    n = counts[0]
    if not 1 <= k < n:
        raise WorkbenchError(f"{k} neighbours of each of {n} clips: give 1 to {n - 1}.")
    units = [unit(one) for one in features]
    nearest = np.empty((len(units), n, k), np.int64)
    places = np.full((len(units), len(units), n), np.nan)
    for start in range(0, n, block):
        rows = np.arange(start, min(start + block, n))
        cosines = [one[rows] @ one.T for one in units]
        for cosine in cosines:
            cosine[np.arange(len(rows)), rows] = -np.inf
        orders = [np.sort(cosine, axis=1) for cosine in cosines]
        for model, (cosine, order) in enumerate(zip(cosines, orders, strict=True)):
            nearest[model, rows] = _top(cosine, order, k)
        for a, b in permutations(range(len(units)), 2):
            places[a, b, rows] = _places(orders[b], np.take_along_axis(cosines[b], nearest[a, rows], 1))
    return Neighbourhoods(nearest, places)


def unit(features: np.ndarray) -> np.ndarray:
    """Standardised features float32 (n, D) of length 1; a clip at the mean stays 0."""
    (standard,) = standardise(np.asarray(features))
    norm = np.linalg.norm(standard, axis=1, keepdims=True)
    found: np.ndarray = standard / np.where(norm > 0, norm, 1)
    return found


def jaccard(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """|A ∩ B| / |A ∪ B| of the sets in the rows of `a` and `b` (n, k): (n,)."""
    both = (a[:, :, None] == b[:, None, :]).sum((1, 2))
    found: np.ndarray = both / (2 * a.shape[1] - both)
    return found


def chance_overlap(n: int, k: int) -> float:
    """Expected Jaccard overlap of two sets of `k` drawn at random from the `n` − 1 other clips: their intersection is hypergeometric."""
    from scipy.stats import hypergeom

    both = np.arange(k + 1)
    return float((hypergeom.pmf(both, n - 1, k, k) * both / (2 * k - both)).sum())


def chance_shared(values: np.ndarray) -> float:
    """Expected share of other clips drawn at random that have a clip's value, mean over clips."""
    _, counts = np.unique(np.asarray(values), return_counts=True)
    n = int(counts.sum())
    return float((counts * (counts - 1)).sum() / (n * max(n - 1, 1)))


def _top(cosine: np.ndarray, order: np.ndarray, k: int) -> np.ndarray:
    """Columns of the `k` largest of every row, largest first, of equals the first; `order` is `cosine` with its rows sorted."""
    found = np.empty((len(cosine), k), np.int64)
    for i, row in enumerate(cosine):
        columns = np.flatnonzero(row >= order[i, -k])  # more than k where the last has equals
        found[i] = columns[np.argsort(-row[columns], kind="stable")[:k]]
    return found


def _places(order: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Mean place of `values` (rows, k) in `order` (rows, n), which is sorted from the least to the largest: 1 of the largest."""
    n = order.shape[1]
    above = [n - np.searchsorted(row, of, side="right") for row, of in zip(order, values, strict=True)]
    found: np.ndarray = np.mean(above, axis=1) + 1
    return found

"""What the measures of quality read: sums and draws of one encoder's features, made once, by groups of clips."""

from __future__ import annotations

from functools import cached_property, reduce
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import WorkbenchError
from workbench.quality.geometry import alignment, pair_sums
from workbench.quality.sums import TokenSums, feature_sums, groups_of, token_sums

if TYPE_CHECKING:
    from workbench.features import Features

GROUPS = 10  # of clips, left out one by one for the intervals
DRAWN = 4096  # clips at most of which pairs or projections are made


class QualityData:
    """Features of n clips, and `views` (V, n, D) of the same clips where there are any, in `GROUPS` groups by chance.

    Raises where features or views are not finite or do not fit each other.
    """

    def __init__(self, features: Features, views: np.ndarray | None, seed: int) -> None:
        self.features, self.seed = features, seed
        n, tokens, width = features.tokens.shape
        if n < 2:
            raise WorkbenchError(f"The quality of a space is measured on two clips or more; there are {n}.")
        if views is not None:
            if views.ndim != 3 or views.shape[1:] != (n, width):
                raise WorkbenchError(
                    f"Views must be (views, {n}, {width}), as the features are; they are {views.shape}."
                )
            if not np.isfinite(views).all():
                raise WorkbenchError(
                    "Views are not finite, so their quality cannot be measured. The encoder has diverged."
                )
        self.views, self.clips, self.width = views, n, width
        self.groups = groups_of(n, GROUPS, seed)
        self._token: np.ndarray = np.random.default_rng([seed, 12]).integers(0, tokens, (n,))

    @cached_property
    def tokens(self) -> list[TokenSums]:
        """Sums over all tokens, a group each."""
        return feature_sums(self.features, self.groups)

    @cached_property
    def pooled(self) -> list[TokenSums]:
        """Sums over clips, each the mean of its tokens, a group each."""
        import torch

        rows = torch.from_numpy(self.features.pooled)
        shift = rows.mean(0).double()
        return [token_sums(rows[group][:, None, None], shift) for group in self.groups]

    @cached_property
    def drawn(self) -> list[np.ndarray]:
        """Numbers of at most `DRAWN` clips, a group each."""
        return [group[: DRAWN // len(self.groups)] if self.clips > DRAWN else group for group in self.groups]

    @cached_property
    def pairs(self) -> np.ndarray:
        """Sums over pairs of clips, by group of each: see `pair_sums`."""
        return pair_sums(*self._drawn_rows(self.features.pooled))

    @cached_property
    def token_pairs(self) -> np.ndarray:
        """The same of one token a clip."""
        chosen = np.concatenate(self.drawn)
        return pair_sums(self.one_token, self._places(len(chosen)))

    @cached_property
    def one_token(self) -> np.ndarray:
        """One token of each drawn clip, by chance: independent rows that are distributed as tokens are; (m, D)."""
        chosen = np.concatenate(self.drawn)
        rows: np.ndarray = self.features.tokens[chosen, self._token[chosen]]
        return rows.astype(np.float64)

    @cached_property
    def apart(self) -> np.ndarray:
        """Mean squared distance between the views of each clip: (n,)."""
        return alignment(self.of_views)

    @property
    def of_views(self) -> np.ndarray:
        """The views; raises where none were given."""
        if self.views is None:
            raise WorkbenchError("Needs views: the same clips changed at random, as `augmented_views` makes them.")
        return self.views

    def rows(self, kept: list[int]) -> np.ndarray:
        """Numbers of the clips in the groups `kept`."""
        return np.concatenate([self.groups[g] for g in kept])

    def token_total(self, kept: list[int]) -> TokenSums:
        """Sums over the tokens of the groups `kept`."""
        return reduce(lambda a, b: a + b, (self.tokens[g] for g in kept))

    def pooled_total(self, kept: list[int]) -> TokenSums:
        """Sums over the clips of the groups `kept`."""
        return reduce(lambda a, b: a + b, (self.pooled[g] for g in kept))

    def mean_pair(self, sums: np.ndarray, kept: list[int]) -> float:
        """Mean over pairs of different rows in the groups `kept`, from sums by group."""
        n = sum(len(self.drawn[g]) for g in kept)
        if n < 2:
            raise WorkbenchError("Pairs need at least two clips.")
        return float(sums[np.ix_(kept, kept)].sum() / (n * (n - 1)))

    def _drawn_rows(self, rows: np.ndarray) -> tuple[np.ndarray, list[np.ndarray]]:
        chosen = np.concatenate(self.drawn)
        return rows[chosen], self._places(len(chosen))

    def _places(self, count: int) -> list[np.ndarray]:
        return np.split(np.arange(count), np.cumsum([len(group) for group in self.drawn])[:-1])

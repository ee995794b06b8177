"""Sums over tokens from which budget, rank, spread and spectrum follow: made batch by batch, on the device of the tokens.

One code path serves a memory-mapped store of 100,000 clips and one batch inside a training step.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from torch import Tensor

    from workbench.features import Features

VALUES = 1 << 22  # token values read at a time


@dataclass(frozen=True)
class TokenSums:
    """Sums over the tokens of `clips` clips, of values less `shift` (D,), in float64; sums of disjoint clips add up.

    clip_squares    () Σ over clips of |mean token of the clip|²
    time_squares    () Σ over clips and time steps of |mean token there|²
    positions       (P, D) Σ over clips and time steps, for each of P positions in the frame
    gram            (D, D) Σ of z zᵀ over all tokens
    steps           time steps t
    """

    clips: int
    steps: int
    shift: Tensor
    clip_squares: Tensor
    time_squares: Tensor
    positions: Tensor
    gram: Tensor

    def __add__(self, other: TokenSums) -> TokenSums:
        return TokenSums(
            self.clips + other.clips,
            self.steps,
            self.shift,
            self.clip_squares + other.clip_squares,
            self.time_squares + other.time_squares,
            self.positions + other.positions,
            self.gram + other.gram,
        )

    @property
    def tokens(self) -> int:
        """Number of tokens."""
        return self.clips * self.steps * len(self.positions)

    @property
    def width(self) -> int:
        """Channels D of a token."""
        return self.positions.shape[1]

    def mean(self) -> np.ndarray:
        """Mean token, as it is: (D,)."""
        return _host(self.shift + self.positions.sum(0) / self.tokens)

    def covariance(self) -> np.ndarray:
        """Covariance of the tokens over N: (D, D)."""
        mean = self.positions.sum(0) / self.tokens
        return _host(self.gram / self.tokens - mean.outer(mean))

    def second_moment(self) -> np.ndarray:
        """Mean of z zᵀ about zero, not about the mean: (D, D)."""
        mean = self.mean()
        return self.covariance() + np.outer(mean, mean)


def token_sums(tokens: Tensor, shift: Tensor) -> TokenSums:
    """Sums of `tokens` (clips, t, P, D), P positions in the frame; `shift` (D,) near their mean keeps the digits."""
    import torch

    z = tokens.to(torch.float64) - shift
    at_time = z.mean(2)
    flat = z.flatten(0, 2)
    return TokenSums(
        clips=len(z),
        steps=z.shape[1],
        shift=shift,
        clip_squares=at_time.mean(1).square().sum(),
        time_squares=at_time.square().sum(),
        positions=z.sum((0, 1)),
        gram=flat.T @ flat,
    )


def feature_sums(features: Features, groups: Sequence[np.ndarray]) -> list[TokenSums]:
    """Sums of the tokens of `features` for each group of clip numbers, read in pieces: memory does not grow with clips.

    Raises where a token is not finite, with the number of such clips and the first of them.
    """
    import torch

    t, h, w = features.grid
    n, count, width = features.tokens.shape
    if not n or count != t * h * w:
        raise WorkbenchError(
            f"Features of {n} clips with {count} tokens do not fill a grid of {t}×{h}×{w}. Extract them again."
        )
    shift = torch.from_numpy(np.asarray(features.tokens[:64], np.float64).mean((0, 1)))
    if not torch.isfinite(shift).all():
        check_finite(features)
    result = []
    for group in groups:
        parts = (
            token_sums(torch.from_numpy(block).view(len(block), t, h * w, width), shift)
            for block in blocks(features, group)
        )
        result.append(reduce(lambda a, b: a + b, parts))
    if not all(torch.isfinite(sums.gram).all() for sums in result):
        check_finite(features)
    return result


def blocks(features: Features, clips: np.ndarray) -> Iterator[np.ndarray]:
    """Tokens of the numbered clips, a piece after the other: float32 (some clips, t·h·w, D)."""
    size = max(1, VALUES // int(np.prod(features.tokens.shape[1:])))
    for start in range(0, len(clips), size):
        yield np.asarray(features.tokens[np.sort(clips[start : start + size])], np.float32)


def check_finite(features: Features) -> None:
    """Raise where a token is not finite: in how many clips, and which is the first."""
    every = np.arange(len(features.tokens))
    bad = np.flatnonzero(np.concatenate([~np.isfinite(block).all((1, 2)) for block in blocks(features, every)]))
    if len(bad):
        raise WorkbenchError(
            f"Features are not finite in {len(bad)} of {len(every)} clips (first: clip {bad[0]}), so their quality cannot be "
            "measured. The encoder has diverged, or its values are beyond float16; look at the run's history."
        )


def groups_of(n: int, count: int, seed: int) -> list[np.ndarray]:
    """`n` clips in at most `count` groups of about equal size, by chance: the same for the same seed."""
    order = np.random.default_rng([seed, 11]).permutation(n)
    return [np.sort(part) for part in np.array_split(order, min(count, n))]


def _host(values: Tensor) -> np.ndarray:
    result: np.ndarray = values.cpu().numpy()
    return result

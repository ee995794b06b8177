"""Patch features of a clip as colours: the first three principal components of the tokens as red, green and blue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from workbench.features import features_of

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet
    from workbench.encoders.base import FrozenEncoder
    from workbench.features import Features

SAMPLE = 256  # clips whose tokens fix the axes: the same for every clip of a split, so that a colour means one thing
ENDS = (1.0, 99.0)  # percentiles of the sample that become 0 and 255


@dataclass(frozen=True)
class Axes:
    """`mean` (D,), `axes` (D, 3), and the values `low` and `high` (3,) that become 0 and 255."""

    mean: np.ndarray
    axes: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def colours(self, tokens: np.ndarray) -> np.ndarray:
        """Tokens (…, D) as colours uint8 (…, 3)."""
        share = ((tokens - self.mean) @ self.axes - self.low) / np.maximum(self.high - self.low, 1e-12)
        return (255 * share.clip(0, 1)).round().astype(np.uint8)


def patch_colours(encoder: FrozenEncoder, clips: ClipSet, row: int) -> np.ndarray:
    """The clip at `row` as its patch features: uint8 (T, H, W, 3), every token as large as what it covers."""
    features = features_of(encoder, clips)
    axes = _kept_axes(_Held(features))
    grid = axes.colours(np.asarray(features.tokens[row], np.float32)).reshape(*features.grid, 3)
    return enlarged(grid, clips.clips.shape[1:4])


def enlarged(grid: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A grid (t, h, w, …) as large as `shape` (T, H, W): every cell as large as what it covers."""
    for axis, length in enumerate(shape):
        grid = np.take(grid, np.arange(length) * grid.shape[axis] // length, axis=axis)
    return grid


def patch_axes(features: Features) -> Axes:
    """Axes of a split: three principal components of the tokens of clips spread evenly over it, in float64, and their ends.

    Clip by clip: what is held is D × D and three numbers a token.
    """
    width = features.tokens.shape[-1]
    mean = np.mean([tokens.mean(0) for tokens in _blocks(features)], axis=0)  # every block is one clip: equal weights
    spread = np.zeros((width, width))
    for tokens in _blocks(features):
        spread += (tokens - mean).T @ (tokens - mean)
    axes = np.linalg.eigh(spread)[1][:, ::-1][:, :3]
    axes = axes * np.where(axes[np.abs(axes).argmax(0), np.arange(axes.shape[1])] < 0, -1.0, 1.0)
    values = np.concatenate([(tokens - mean) @ axes for tokens in _blocks(features)])
    low, high = np.percentile(values, ENDS, axis=0)
    return Axes(mean, axes, low, high)


def _blocks(features: Features) -> Iterator[np.ndarray]:
    """Tokens float64 (t·h·w, D) of the clips that fix the axes, clip by clip."""
    for row in np.unique(np.linspace(0, len(features.tokens) - 1, SAMPLE).astype(int)):
        yield np.asarray(features.tokens[row], np.float64)


class _Held:
    """Features, told apart by their key."""

    def __init__(self, features: Features) -> None:
        self.features = features

    def __hash__(self) -> int:
        return hash(self.features.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self.features.key == other.features.key


@lru_cache(8)
def _kept_axes(held: _Held) -> Axes:
    return patch_axes(held.features)

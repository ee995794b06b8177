"""Which vectors of an encoder are looked at: pooled, a block, a layer, a time step, or single tokens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.errors import UnknownName
from workbench.features import Features, features_of
from workbench.files import content_key, whole_file

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet
    from workbench.encoders.base import FrozenEncoder

VERSION = 1
MOST_TOKENS = 50_000  # of a split; of more, as many are drawn, evenly over its clips and the same ones every time
POOLED, TOKENS, BLOCK, LAYER, TIME = "pooled", "tokens", "block:", "layer:", "time:"


@dataclass(frozen=True)
class SpaceFeatures:
    """Vectors `values` float32 (n, D), the row `clip` (n,) that each is of, and a `key` of their content.

    `details`: `time`, `row` and `column` on the grid of each token; None where there is one vector a clip.
    """

    values: np.ndarray
    clip: np.ndarray
    key: str
    details: pd.DataFrame | None = None


def spaces_of(encoder: FrozenEncoder) -> list[str]:
    """Names of the spaces that an encoder has: "pooled", "block:NAME", "layer:1"…, "time:0"…, "tokens"."""
    return [
        POOLED,
        *(f"{BLOCK}{name}" for name in encoder.blocks),
        *(f"{LAYER}{layer}" for layer in range(1, encoder.depth + 1)),
        *(f"{TIME}{step}" for step in range(encoder.grid[0])),
        TOKENS,
    ]


def space_features(encoder: FrozenEncoder, clips: ClipSet, name: str = POOLED) -> SpaceFeatures:
    """Vectors of all clips in a space; the token store and the layers' means are made once and kept.

    "pooled" is the mean over all tokens; "block:NAME" its channels of a block, those of the block probes; "layer:K" the mean of
    what layer K (from 1) gives, before any norm; "time:K" the mean over the frame at time step K (from 0); "tokens" single tokens.
    An unknown name raises and lists the known.
    """
    if name not in (known := spaces_of(encoder)):
        raise UnknownName(f"space of {encoder.name}", name, known)
    rows = np.arange(len(clips))
    if name.startswith(LAYER):
        values, key = _layer(encoder, clips, int(name.removeprefix(LAYER)))
        return SpaceFeatures(values, rows, key)
    features = features_of(encoder, clips)
    key = features.key if name == POOLED else content_key(features.key, name)
    if name == TOKENS:
        return _tokens(features, content_key(key, MOST_TOKENS))
    if name.startswith(TIME):
        values = features.per_time[:, int(name.removeprefix(TIME))]
    else:
        values = features.pooled
        if name.startswith(BLOCK):
            values = values[:, encoder.blocks[name.removeprefix(BLOCK)]]
    return SpaceFeatures(np.ascontiguousarray(values, np.float32), rows, key)


def drawn_evenly(clips: int, each: int, most: int) -> np.ndarray:
    """Numbers, in order, of at most `most` of `clips` · `each` tokens; of any two clips as many, give or take one, by chance within a clip."""
    if clips * each <= most:
        return np.arange(clips * each)
    rng = np.random.default_rng(0)
    counts = np.diff(np.arange(clips + 1) * most // clips)
    of_clips = [rng.choice(each, count, replace=False) + clip * each for clip, count in enumerate(counts) if count]
    return np.sort(np.concatenate(of_clips))


def _tokens(features: Features, key: str) -> SpaceFeatures:
    n, each, width = features.tokens.shape
    chosen = drawn_evenly(n, each, MOST_TOKENS)
    clip, place = np.divmod(chosen, each)
    values = np.empty((len(chosen), width), np.float32)
    for start in range(0, n, 1024):  # the store is mapped: read in its order
        here = slice(*np.searchsorted(clip, [start, start + 1024]))
        values[here] = features.tokens[start : start + 1024][clip[here] - start, place[here]]
    time, row, column = np.unravel_index(place, features.grid)
    return SpaceFeatures(values, clip, key, pd.DataFrame({"time": time, "row": row, "column": column}))


def _layer(encoder: FrozenEncoder, clips: ClipSet, layer: int) -> tuple[np.ndarray, str]:
    """Means over the tokens of one layer (n, width); one pass makes the means of all layers."""
    encoder.check(clips)
    key = content_key(VERSION, "layers", encoder.key, clips.key)
    root, word = encoder.store()
    paths = [
        root / f"{clips.name}-{clips.split}-{word}-layer{number}-{key}.npy" for number in range(1, encoder.depth + 1)
    ]
    if not all(path.is_file() for path in paths):
        for path, values in zip(paths, _layer_means(encoder, clips), strict=True):
            with whole_file(path) as temporary:
                np.save(temporary, values)
    return np.load(paths[layer - 1]), content_key(key, layer)


def _layer_means(encoder: FrozenEncoder, clips: ClipSet) -> list[np.ndarray]:
    import torch

    parts = []
    for start in range(0, len(clips), encoder.batch):
        block = torch.from_numpy(np.array(clips.clips[start : start + encoder.batch]))
        parts.append([layer.mean(1).float().numpy() for layer in encoder.layer_tokens(block)])
    return [np.concatenate(layer) for layer in zip(*parts, strict=True)]

"""Colours of patches: three planted directions become the three channels, the same in every clip."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from workbench.data.clips import load_clips
from workbench.encoders import open_encoder
from workbench.exploring.patches import patch_axes, patch_colours
from workbench.features import Features


def test_planted_directions_are_found_in_order_of_their_spread() -> None:
    rng = np.random.default_rng(0)
    scale = np.array([9.0, 4.0, 2.0, 0.1, 0.1])
    tokens = (rng.uniform(-1, 1, (250, 12, 5)) * scale).astype(np.float16)
    axes = patch_axes(Features(tokens, (3, 2, 2), pd.DataFrame(), "k"))
    np.testing.assert_allclose(np.abs(axes.axes), np.eye(5)[:, :3], atol=0.12)
    colours = axes.colours(tokens[7].astype(np.float32))
    assert colours.shape == (12, 3) and colours.dtype == np.uint8
    inside = np.abs(tokens[7, :, :3]) < scale[:3] * 0.95
    want = 127.5 * (1 + tokens[7, :, :3].astype(np.float64) / (scale[:3] * 0.98))
    assert np.abs(colours.astype(float) - want)[inside].max() < 12


def test_a_token_is_as_large_as_what_it_covers(with_runs: Path) -> None:
    encoder = open_encoder("baseline-smoke-s0")
    clips = load_clips(encoder.config.data, "test", source="motion48", progress=False)
    colours = patch_colours(encoder, clips, 5)
    assert colours.shape == clips.clips.shape[1:]
    t, h, w = (size // cells for size, cells in zip(colours.shape[:3], encoder.grid, strict=True))
    blocks = colours.reshape(encoder.grid[0], t, encoder.grid[1], h, encoder.grid[2], w, 3)
    assert (blocks == blocks[:, :1, :, :1, :, :1]).all() and len(np.unique(blocks)) > 10


def test_axes_made_clip_by_clip_are_those_of_all_tokens_at_once() -> None:
    tokens = (np.random.default_rng(1).normal(size=(20, 6, 7)) * np.arange(7, 0, -1)).astype(np.float16)
    axes = patch_axes(Features(tokens, (1, 2, 3), pd.DataFrame(), "k"))
    whole = tokens.astype(np.float64).reshape(-1, 7)
    _, _, v = np.linalg.svd(whole - whole.mean(0), full_matrices=False)
    np.testing.assert_allclose(np.abs(axes.axes), np.abs(v[:3].T), atol=1e-8)
    values = (whole - whole.mean(0)) @ axes.axes
    np.testing.assert_allclose([axes.low, axes.high], np.percentile(values, [1, 99], axis=0), atol=1e-8)

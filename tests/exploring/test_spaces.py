"""Spaces: each is the mean, part or single tokens of what the encoder gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from workbench.data.clips import ClipSet, load_clips
from workbench.encoders import FrozenEncoder, open_encoder
from workbench.errors import UnknownName
from workbench.exploring import spaces
from workbench.exploring.spaces import drawn_evenly, space_features, spaces_of


@pytest.fixture
def opened(with_runs: Path) -> tuple[FrozenEncoder, ClipSet]:
    encoder = open_encoder("baseline-smoke-s0")
    return encoder, load_clips(encoder.config.data, "test", source="motion48", progress=False)


def test_names_are_those_of_the_encoder(opened) -> None:
    encoder, _ = opened
    t = encoder.grid[0]
    layers = [f"layer:{layer}" for layer in range(1, encoder.depth + 1)]
    assert spaces_of(encoder) == ["pooled", *layers, *(f"time:{step}" for step in range(t)), "tokens"]


def test_each_space_is_what_the_encoder_gives(opened) -> None:
    encoder, clips = opened
    some = torch.from_numpy(np.array(clips.clips[:7]))
    tokens, layers = encoder.tokens(some), encoder.layer_tokens(some)
    grid = tokens.unflatten(1, encoder.grid)

    def of(name: str) -> np.ndarray:
        return space_features(encoder, clips, name).values[:7]

    close = {"atol": 2e-3, "rtol": 2e-3}  # the token store has half precision
    np.testing.assert_allclose(of("pooled"), tokens.mean(1), **close)
    np.testing.assert_allclose(of("time:1"), grid[:, 1].mean((1, 2)), **close)
    np.testing.assert_allclose(of("layer:2"), layers[1].mean(1), atol=1e-5, rtol=1e-5)
    encoder.blocks = {"appearance": slice(0, 6), "dynamics": slice(6, 24)}
    np.testing.assert_allclose(of("block:dynamics"), tokens.mean(1)[:, 6:], **close)


def test_tokens_are_drawn_once_and_know_their_place(opened, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder, clips = opened
    monkeypatch.setattr(spaces, "MOST_TOKENS", 300)
    found, again = (space_features(encoder, clips, "tokens") for _ in range(2))
    assert found.values.shape == (300, encoder.width) and found.details is not None
    np.testing.assert_array_equal(found.values, again.values)
    assert len(np.unique(found.clip)) > 80  # of 100 clips
    for point in (0, 133, 299):
        row = int(found.clip[point])
        time, down, right = (int(found.details[name].iloc[point]) for name in ("time", "row", "column"))
        tokens = encoder.tokens(torch.from_numpy(np.array(clips.clips[row : row + 1]))).unflatten(1, encoder.grid)
        np.testing.assert_allclose(found.values[point], tokens[0, time, down, right], atol=5e-3, rtol=2e-3)


def test_an_unknown_space_lists_the_known(opened) -> None:
    with pytest.raises(UnknownName, match=r"layer:9.* Known: .*pooled"):
        space_features(*opened, "layer:9")


@pytest.mark.parametrize(("clips", "each", "most"), [(7, 12, 30), (100, 8, 300), (40, 5, 10), (5, 4, 20), (3, 4, 99)])
def test_every_clip_has_as_many_tokens_as_any_other(clips: int, each: int, most: int) -> None:
    chosen = drawn_evenly(clips, each, most)
    assert len(chosen) == min(most, clips * each) == len(np.unique(chosen))
    counts = np.bincount(chosen // each, minlength=clips)
    assert len(counts) == clips and np.ptp(counts) <= 1
    np.testing.assert_array_equal(chosen, drawn_evenly(clips, each, most))


def test_a_kept_step_is_an_encoder_with_features_of_its_own(opened) -> None:
    last, clips = opened
    first = open_encoder("baseline-smoke-s0@step-0")
    started = open_encoder("random", preset="smoke")  # the same seed draws the same weights
    np.testing.assert_allclose(
        space_features(first, clips).values, space_features(started, clips).values, rtol=1e-5, atol=1e-5
    )
    assert np.abs(space_features(first, clips).values - space_features(last, clips).values).max() > 1e-3
    assert first.store()[0] == last.store()[0] and first.key != last.key
    with pytest.raises(UnknownName, match=r"after step '3'.* Known: 0, 4"):
        open_encoder("baseline-smoke-s0@step-3")

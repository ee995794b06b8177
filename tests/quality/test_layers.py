"""CKA between layers and encoders on clips, views of clips: with encoders made of fixed maps."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from workbench.encoders.base import FrozenEncoder
from workbench.errors import WorkbenchError
from workbench.quality.cka import cka_grid
from workbench.quality.layers import encoder_cka, layer_cka
from workbench.quality.views import augmented_views

FRAMES, SIZE = 2, 6
PIXELS = FRAMES * SIZE * SIZE * 3


class Maps(FrozenEncoder):
    """Layers that are fixed linear maps of the pixels, four tokens of which the mean is the map."""

    def __init__(self, maps: list[np.ndarray], name: str = "maps") -> None:
        self.maps = [torch.from_numpy(one).float() for one in maps]
        self.name, self.key, self.grid, self.blocks = name, name, (1, 2, 2), {}
        self.takes, self.width, self.depth = (FRAMES, SIZE, SIZE), maps[-1].shape[1], len(maps)

    def layer_tokens(self, clips: Tensor) -> list[Tensor]:
        x = clips.flatten(1).float() / 255
        spread = torch.tensor([-1.5, -0.5, 0.5, 1.5])[:, None]
        return [(x @ one)[:, None] + spread for one in self.maps]

    def tokens(self, clips: Tensor) -> Tensor:
        return self.layer_tokens(clips)[-1]

    def untrained(self, seed: int = 0) -> FrozenEncoder:
        raise NotImplementedError


def some_clips(n: int) -> Any:
    pixels = np.random.default_rng(1).integers(0, 256, (n, FRAMES, SIZE, SIZE, 3), dtype=np.uint8)
    return SimpleNamespace(clips=pixels, table=range(n), name="noise")


def maps(*widths: int, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(size=(PIXELS, width)) for width in widths]


def test_layers_of_one_batch_are_the_grid_of_their_means() -> None:
    first, second, clips = Maps(maps(8, 5)), Maps(maps(4, 30, 6, seed=1)), some_clips(60)
    table = layer_cka(first, second, clips, batch=60)
    x = torch.from_numpy(clips.clips)
    grid = cka_grid(*([layer.mean(1).numpy() for layer in one.layer_tokens(x)] for one in (first, second)))
    assert table["value"].to_numpy(float).reshape(2, 3) == pytest.approx(grid)
    assert list(table["a"]) == ["1"] * 3 + ["2"] * 3 and list(table["b"]) == ["1", "2", "3"] * 2
    assert (table["n"] == 60).all() and (table["note"] == "").all()


def test_in_batches_a_layer_is_itself_and_its_rotation() -> None:
    (one,) = maps(12)
    q, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(12, 12)))
    table = layer_cka(Maps([one]), Maps([one @ q * 3]), some_clips(50), batch=12)
    assert table["value"].item() == pytest.approx(1, abs=1e-6) and table["n"].item() == 50


def test_fewer_clips_than_channels_and_a_dead_layer_are_said() -> None:
    dead = np.zeros((PIXELS, 3))
    table = layer_cka(Maps([*maps(40), dead]), Maps(maps(4)), some_clips(20)).set_index("a")
    assert "fewer clips (20) than channels (40)" in table.loc["1", "note"]
    assert "constant" in table.loc["2", "note"] and table.loc[["2"], "value"].isna().all()
    with pytest.raises(WorkbenchError, match="at least 4"):
        layer_cka(Maps(maps(4)), Maps(maps(4)), some_clips(20), batch=3)


def test_encoders_against_each_other() -> None:
    (one,), (other,) = maps(6), maps(9, seed=3)
    table = encoder_cka([Maps([one], "a"), Maps([one * 2], "twice"), Maps([other], "b")], some_clips(80), batch=20)
    values = table.pivot_table("value", "a", "b")
    assert values.loc["a", "twice"] == pytest.approx(1, abs=1e-6)
    assert values.loc["a", "b"] == pytest.approx(values.loc["b", "a"]) and values.loc["a", "b"] < 0.5


def test_views_are_crops_by_seed_and_the_clip_itself_varies_more_than_they_do() -> None:
    clips, encoder = some_clips(10), Maps(maps(7))
    first = augmented_views(encoder, clips, views=3, seed=1)
    assert first.shape == (3, 10, 7) and np.isfinite(first).all()
    assert np.array_equal(first, augmented_views(encoder, clips, views=3, seed=1))
    assert not np.array_equal(first, augmented_views(encoder, clips, views=3, seed=2))
    assert not np.array_equal(first[0], first[1])

"""Maps over training: each lies over the next. tests/comparing has the laying itself."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import WorkbenchError
from workbench.exploring.aligned import aligned_over_steps
from workbench.projection import PROJECTIONS


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("method", ["pca", "tsne"])
def test_steps_that_differ_by_a_turn_lie_on_each_other(method: str) -> None:
    rng = np.random.default_rng(0)
    last = (np.eye(6)[np.arange(60) % 3] * 8 + rng.normal(size=(60, 6))).astype(np.float32)
    turn = np.linalg.qr(rng.normal(size=(6, 6)))[0]
    maps = aligned_over_steps([(last @ turn).astype(np.float32), last], method)
    assert [one.shape for one in maps] == [(60, 2)] * 2
    moved = np.abs(maps[0] - maps[1]).max() / maps[1].std()
    assert moved < (1e-3 if method == "pca" else 0.6)


@pytest.mark.usefixtures("home")
def test_a_turn_in_three_dimensions_is_undone_and_channels_stay() -> None:
    rng = np.random.default_rng(0)
    last = rng.normal(size=(40, 5)).astype(np.float32) * np.float32([9, 7, 5, 1, 1])
    turned_back = (last @ np.linalg.qr(rng.normal(size=(5, 5)))[0]).astype(np.float32)
    first, second = aligned_over_steps([turned_back, last], "pca", 3)
    assert second.shape == (40, 3)
    np.testing.assert_allclose(first, second, atol=1e-3)
    first, second = aligned_over_steps([turned_back, last], "channels")
    np.testing.assert_array_equal(first, turned_back[:, :2])


@pytest.mark.slow
@pytest.mark.usefixtures("home")
def test_umap_of_equal_steps_keeps_groups_in_their_places() -> None:
    rng = np.random.default_rng(0)
    group = np.arange(90) % 3
    last = (np.eye(6)[group] * 8 + rng.normal(size=(90, 6))).astype(np.float32)
    first, second = aligned_over_steps([last, last], "umap")
    centres = np.stack([second[group == one].mean(0) for one in range(3)])
    nearest = np.linalg.norm(first[:, None] - centres, axis=-1).argmin(1)
    np.testing.assert_array_equal(nearest, group)  # no group has changed places


def test_no_steps_and_steps_of_other_clips_are_refused() -> None:
    with pytest.raises(WorkbenchError, match="no steps"):
        aligned_over_steps([])
    with pytest.raises(WorkbenchError, match="these have 5, 4"):
        aligned_over_steps([np.eye(5), np.eye(4)])


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_an_earlier_step_begins_at_the_map_of_the_next(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[np.ndarray | None] = []

    def layout(features: np.ndarray, dims: int, seed: int, start: np.ndarray | None = None) -> np.ndarray:
        starts.append(start)
        return features[:, :dims]

    monkeypatch.setitem(PROJECTIONS._entries, method, layout)
    maps = aligned_over_steps(list(np.random.default_rng(0).normal(size=(3, 20, 4)).astype(np.float32)), method)
    last, middle, first = starts
    assert last is None and middle is not None and first is not None
    np.testing.assert_array_equal(middle, maps[2])
    np.testing.assert_array_equal(first, maps[1])

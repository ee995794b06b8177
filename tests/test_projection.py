"""Projections: known answers, determinism, the cache, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench import projection
from workbench.errors import UnknownName, WorkbenchError
from workbench.projection import PROJECTIONS, explained, is_cached, pca, project, projection_path


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("WORKBENCH_HOME", str(tmp_path))
    return tmp_path


def plane(n: int = 200, width: int = 20, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Features that lie in a plane, and their coordinates in it, with standard deviations 3 and 1."""
    rng = np.random.default_rng(seed)
    inside = rng.normal(size=(n, 2)) * (3, 1)
    axes = np.linalg.qr(rng.normal(size=(width, 2)))[0]
    return (inside @ axes.T + 5).astype(np.float32), inside


@pytest.mark.parametrize(("n", "width"), [(200, 20), (15, 40)])
def test_pca_of_a_plane_keeps_every_distance(n: int, width: int) -> None:
    features, inside = plane(n, width)
    found = project(features, "pca")
    assert found.shape == (n, 2) and found.dtype == np.float32
    want = np.linalg.norm(inside[:, None] - inside, axis=-1)
    np.testing.assert_allclose(np.linalg.norm(found[:, None] - found, axis=-1), want, atol=1e-3)
    np.testing.assert_allclose(explained(features, found).sum(), 1, atol=1e-4)


def test_pca_agrees_with_scikit_learn_up_to_sign() -> None:
    from sklearn.decomposition import PCA

    features = np.random.default_rng(1).normal(size=(60, 12)).astype(np.float32) * np.arange(1, 13, dtype=np.float32)
    want = PCA(3, svd_solver="full").fit_transform(features.astype(np.float64))
    np.testing.assert_allclose(np.abs(project(features, "pca", dims=3)), np.abs(want), atol=1e-3)


def test_the_sign_of_pca_does_not_depend_on_the_order_of_the_clips() -> None:
    features, _ = plane()
    order = np.random.default_rng(2).permutation(len(features))
    np.testing.assert_allclose(pca(features)[order], pca(features[order]), atol=1e-4)


@pytest.mark.slow
def test_umap_repeats_with_a_seed_and_keeps_groups_together() -> None:
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(3), 40)
    features = (np.eye(3)[group] @ rng.normal(size=(3, 16)) * 5 + rng.normal(size=(120, 16)) * 0.3).astype(np.float32)
    first, again = (project(features, "umap", seed=4, cache=False) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    distance = np.linalg.norm(first[:, None] - first, axis=-1) + 1e9 * np.eye(120)
    assert (group[distance.argmin(1)] == group).mean() > 0.95


@pytest.mark.slow
@pytest.mark.parametrize("n", [3, 7, 14])
def test_umap_takes_few_clips(n: int) -> None:
    features = np.random.default_rng(0).normal(size=(n, 6)).astype(np.float32)
    assert np.isfinite(project(features, "umap", cache=False)).all()


def test_coordinates_are_read_back_and_the_key_follows_the_content(monkeypatch: pytest.MonkeyPatch) -> None:
    features, _ = plane()
    assert not is_cached(features, "pca")
    first = project(features, "pca")
    assert (
        is_cached(features, "pca") and not is_cached(features, "pca", dims=3) and not is_cached(features + 1e-3, "pca")
    )
    monkeypatch.setitem(PROJECTIONS._entries, "pca", lambda *_, **__: pytest.fail("computed again"))
    np.testing.assert_array_equal(project(features, "pca"), first)


def test_a_method_that_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> np.ndarray:
        raise KeyboardInterrupt

    features, _ = plane()
    monkeypatch.setitem(PROJECTIONS._entries, "pca", failing)
    with pytest.raises(KeyboardInterrupt):
        project(features, "pca")
    folder = projection_path(features, "pca", 2, 0).parent
    assert not folder.exists() or not list(folder.iterdir())


def test_an_unknown_method_lists_the_known() -> None:
    with pytest.raises(
        UnknownName, match=r"Unknown projection 'umpa'. Did you mean 'umap'\? Known: channels, pca, tsne, umap"
    ):
        project(plane()[0], "umpa")


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (np.zeros((2, 4), np.float32), "at least 3 clips; there are 2"),
        (np.full((9, 4), 7.5, np.float32), "collapsed"),
        (np.zeros((9, 4), np.float32), "collapsed"),
        (np.array([[0, 1], [np.nan, 2], [3, 4.0]]), "1 of 3 clips hold NaN"),
        (np.zeros(5, np.float32), "shape"),
    ],
)
def test_what_cannot_be_projected_is_refused_in_words(features: np.ndarray, message: str) -> None:
    for method in PROJECTIONS:
        with pytest.raises(WorkbenchError, match=message):
            project(features, method)


def test_more_dimensions_than_there_are_is_refused() -> None:
    with pytest.raises(WorkbenchError, match="cannot be projected to 5 dimensions"):
        project(plane(n=5)[0], dims=5)


def test_importing_the_module_does_not_import_umap() -> None:
    import subprocess
    import sys

    heavy = "('umap', 'numba', 'torch', 'plotly')"
    code = f"import sys; import {projection.__name__}; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_tsne_keeps_groups_apart_and_is_the_same_twice(home: Path) -> None:
    rng = np.random.default_rng(0)
    group = np.arange(90) % 3
    features = (np.eye(8)[group] * 10 + rng.normal(size=(90, 8))).astype(np.float32)
    first, again = (project(features, "tsne", cache=False) for _ in range(2))
    np.testing.assert_array_equal(first, again)
    centres = np.stack([first[group == g].mean(0) for g in range(3)])
    nearest = np.linalg.norm(first[:, None] - centres, axis=-1).argmin(1)
    np.testing.assert_array_equal(nearest, group)
    assert project(features, "tsne", 3, cache=False).shape == (90, 3)


def test_channels_are_taken_as_they_are(home: Path) -> None:
    features = np.random.default_rng(0).normal(size=(20, 5)).astype(np.float32)
    np.testing.assert_array_equal(project(features, "channels", first=4, second=0), features[:, [4, 0]])
    np.testing.assert_array_equal(project(features, "channels", 3), features[:, :3])
    with pytest.raises(WorkbenchError, match="no channel 5; these features have 0 to 4"):
        project(features, "channels", first=5)
    with pytest.raises(WorkbenchError, match="1, 1 are not 2 different"):
        project(features, "channels", first=1, second=1)

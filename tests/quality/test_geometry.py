"""Alignment, uniformity, spread and distance from a Gaussian."""

import numpy as np
import pytest
import torch

from workbench.errors import WorkbenchError
from workbench.objectives import OBJECTIVES
from workbench.quality.geometry import alignment, channel_std, hinge, mean_pair, pair_sums, sigreg, uniformity


def test_alignment_is_the_mean_over_pairs_of_views() -> None:
    rng = np.random.default_rng(0)
    views = rng.normal(size=(4, 6, 8))
    unit = views / np.linalg.norm(views, axis=-1, keepdims=True)
    pairs = [np.square(unit[a] - unit[b]).sum(-1) for a in range(4) for b in range(a)]
    np.testing.assert_allclose(alignment(views), np.mean(pairs, 0))
    assert alignment(np.stack([views[0], 3 * views[0]])) == pytest.approx(np.zeros(6), abs=1e-12)
    assert alignment(np.stack([views[0], -views[0]])) == pytest.approx(np.full(6, 4.0))


def test_uniformity_is_the_log_of_the_mean_over_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    x = np.random.default_rng(1).normal(size=(50, 5))
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    pairs = [np.exp(-2 * np.square(unit[a] - unit[b]).sum()) for a in range(50) for b in range(a)]
    assert uniformity(x) == pytest.approx(np.log(np.mean(pairs)))
    assert float(mean_pair(torch.from_numpy(x))) == pytest.approx(np.mean(pairs), rel=1e-5)
    monkeypatch.setattr("workbench.quality.geometry.ROWS", 7)
    assert uniformity(x) == pytest.approx(np.log(np.mean(pairs)))
    sums = pair_sums(x, [np.arange(20), np.arange(20, 50)])
    assert sums.sum() / (50 * 49) == pytest.approx(np.mean(pairs))


def test_uniformity_of_one_point_and_of_two_opposite_ones() -> None:
    one = np.tile([[3.0, 4.0]], (10, 1))
    assert uniformity(one) == pytest.approx(0, abs=1e-9)
    assert uniformity(np.array([[1.0, 0], [-5.0, 0]])) == pytest.approx(-8)
    with pytest.raises(WorkbenchError, match="3 rows are zero"):
        uniformity(np.vstack([one, np.zeros((3, 2))]))


def test_spread_of_channels() -> None:
    covariance = np.diag([4.0, 0.25, 0.0])
    assert channel_std(covariance) == pytest.approx((2 + 0.5) / 3)
    assert hinge(covariance) == pytest.approx(((1 - np.sqrt(0.2501)) + (1 - 0.01)) / 3)


@pytest.mark.parametrize("n", [500, 2500])
def test_sigreg_is_about_one_for_a_gaussian_at_any_n_and_grows_with_n_when_collapsed(n: int) -> None:
    x = np.random.default_rng(2).normal(size=(n, 24))
    assert sigreg(x, seed=0, slices=128) == pytest.approx(1, abs=0.4)
    assert sigreg(0 * x, seed=0, slices=128) > 0.4 * n
    assert sigreg(3 * x, seed=0, slices=128) > 20


def test_sigreg_is_the_objective_of_that_name() -> None:
    from types import SimpleNamespace

    x = torch.randn(8, 50, 16)
    batch = SimpleNamespace(context=x)
    trained = OBJECTIVES["sigreg"](16, slices=512)(batch)["sigreg"]
    assert sigreg(x.flatten(0, 1).numpy(), seed=1, slices=512) == pytest.approx(float(trained), rel=0.1)

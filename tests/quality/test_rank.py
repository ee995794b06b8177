"""RankMe, LiDAR and α-ReQ against spectra whose answer is known."""

import numpy as np
import pytest

from workbench.errors import WorkbenchError
from workbench.quality.rank import alpha_req, lidar, rankme


def test_rankme_is_the_number_of_equal_singular_values() -> None:
    q, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(300, 40)))
    assert rankme(q) == pytest.approx(40, rel=1e-3)
    assert rankme(q[:, :7] @ np.random.default_rng(1).normal(size=(7, 7))) < 7
    lifted = q[:, :7] @ np.linalg.qr(np.random.default_rng(2).normal(size=(40, 7)))[0].T
    assert rankme(lifted) == pytest.approx(7, rel=1e-3)


def test_rankme_of_a_gaussian_nears_its_width_and_of_one_direction_is_one() -> None:
    rng = np.random.default_rng(3)
    assert 0.98 * 32 < rankme(rng.normal(size=(4000, 32))) <= 32 * 1.001
    assert rankme(np.outer(rng.normal(size=200), rng.normal(size=32))) == pytest.approx(1, abs=1e-3)


def test_rankme_is_uncentred_as_its_convention_says() -> None:
    x = np.random.default_rng(4).normal(size=(2000, 20))
    assert rankme(x + 50) < 2.5 < 19 < rankme(x)


def test_lidar_of_views_that_agree_counts_the_directions_of_the_clips() -> None:
    q, _ = np.linalg.qr(np.random.default_rng(5).normal(size=(200, 11)))
    clips = q[:, 1:] - q[:, 1:].mean(0)
    assert lidar(np.stack([clips, clips])) == pytest.approx(10, rel=1e-2)


def test_lidar_leaves_out_directions_that_only_the_changes_move() -> None:
    rng = np.random.default_rng(6)
    signal, noise = rng.normal(size=(1, 4000, 6)), rng.normal(size=(40, 4000, 6))
    views = np.concatenate([np.broadcast_to(signal, (40, 4000, 6)) + 0.1 * rng.normal(size=(40, 4000, 6)), noise], -1)
    assert lidar(views) == pytest.approx(6, abs=0.3)
    assert rankme(views[0]) > 11


@pytest.mark.parametrize("alpha", [0.5, 1.0, 2.0])
def test_alpha_of_a_planted_power_law(alpha: float) -> None:
    q, _ = np.linalg.qr(np.random.default_rng(7).normal(size=(120, 120)))
    assert alpha_req(q @ np.diag(3 * np.arange(1, 121.0) ** -alpha) @ q.T) == pytest.approx(alpha, rel=1e-6)


def test_alpha_looks_at_ranks_11_to_100_and_weighs_by_one_over_rank() -> None:
    ranks = np.arange(1, 201.0)
    law = ranks**-1.0
    law[:10], law[100:] = np.linspace(90, 30, 10), law[100:] / 1000
    assert alpha_req(np.diag(law)) == pytest.approx(1.0, rel=1e-6)
    bent = np.where(ranks <= 30, ranks**-1.0, 30.0 * ranks**-2.0)
    fit = np.polynomial.polynomial.polyfit(np.log(ranks[10:100]), np.log(bent[10:100]), 1, w=np.sqrt(1 / ranks[10:100]))
    assert alpha_req(np.diag(bent)) == pytest.approx(-fit[1], rel=1e-6)


def test_what_cannot_be_measured_says_why() -> None:
    with pytest.raises(WorkbenchError, match="more clips than channels; there are 20 clips and 32 channels"):
        rankme(np.ones((20, 32)))
    with pytest.raises(WorkbenchError, match="LiDAR needs more clips"):
        lidar(np.ones((2, 32, 32)))
    with pytest.raises(WorkbenchError, match="at least two views"):
        lidar(np.ones((1, 64, 32)))
    with pytest.raises(WorkbenchError, match="the spectrum has 12"):
        alpha_req(np.eye(12))
    with pytest.raises(WorkbenchError, match="zero"):
        rankme(np.zeros((64, 32)))

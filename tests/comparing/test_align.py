"""Alignment of maps: what a turned, mirrored, scaled and moved map must give, and what it must not change."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import procrustes

from workbench.comparing import align
from workbench.errors import WorkbenchError


def points(n: int = 60, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 2)) * (3, 1) + (5, -2)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_moved_map_falls_back_onto_its_original(mirrored: bool) -> None:
    reference, angle = points(), 0.7
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if mirrored:
        turn = turn * (1, -1)
    found = align(reference, 2.5 * points() @ turn + (7, 11))
    np.testing.assert_allclose(found.points, reference, atol=1e-5)
    assert found.residual == pytest.approx(0, abs=1e-9) and found.null > 0.9


def test_the_residual_is_scipys_and_the_same_in_both_directions() -> None:
    a, b = points(), points() + np.random.default_rng(1).normal(size=(60, 2))
    there, back = align(a, b), align(b, a)
    assert there.residual == pytest.approx(procrustes(a, b)[2]) == pytest.approx(back.residual)
    assert 0 < there.residual < there.null


def test_maps_without_a_common_shape_are_as_far_as_random_pairs() -> None:
    found = align(points(4000), points(4000, seed=5)[::-1])
    assert found.residual == pytest.approx(found.null, abs=0.01) and found.null > 0.98


def test_nothing_within_the_map_changes_but_its_scale() -> None:
    other = points(seed=3)
    found = align(points(), other).points
    near, far = (np.linalg.norm(x[:, None] - x[None], axis=-1) for x in (other, found))
    ratio = far[near > 0] / near[near > 0]
    np.testing.assert_allclose(ratio, ratio[0], rtol=1e-4)


def test_no_other_turn_fits_better() -> None:
    a, b = points(), points(seed=2)
    found = align(a, b)
    least = ((found.points - a) ** 2).sum()
    for angle in np.linspace(0, 6, 40):
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        moved = (found.points - a.mean(0)) @ turn + a.mean(0)
        assert ((moved - a) ** 2).sum() >= least - 1e-6


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (points(59), "cannot be laid over each other"),
        (np.zeros((60, 2)), "all its clips in one place"),
        (np.full((60, 2), np.nan), "finite numbers"),
    ],
)
def test_what_cannot_be_aligned_says_why(other: np.ndarray, said: str) -> None:
    with pytest.raises(WorkbenchError, match=said):
        align(points(), other)

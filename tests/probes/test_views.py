"""Views lie where they are said to, and averaging is over probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import WorkbenchError
from workbench.probes.views import averaged_scores, clip_views


def places(frames: int, height: int, width: int) -> np.ndarray:
    """One clip whose three channels say frame, row and column."""
    grid = np.meshgrid(*(np.arange(n, dtype=np.uint8) for n in (frames, height, width)), indexing="ij")
    return np.stack(grid, -1)[None]


def test_views_span_the_clip_in_time_and_along_its_longer_side() -> None:
    views = clip_views(places(10, 8, 20), (4, 6, 6), segments=2)
    assert views.shape == (6, 1, 4, 6, 6, 3)
    corners = [tuple(int(x) for x in view[0, 0, 0, 0]) for view in views]
    assert corners == [(0, 1, 0), (0, 1, 7), (0, 1, 14), (6, 1, 0), (6, 1, 7), (6, 1, 14)]
    tall = clip_views(places(4, 20, 8), (4, 6, 6), segments=1)
    assert [tuple(int(x) for x in view[0, 0, 0, 0]) for view in tall] == [(0, 0, 1), (0, 7, 1), (0, 14, 1)]


def test_one_view_is_the_middle_and_a_fitting_clip_is_itself() -> None:
    clip = places(8, 10, 10)
    (middle,) = clip_views(clip, (4, 6, 6), segments=1, crops=1)
    assert tuple(int(x) for x in middle[0, 0, 0, 0]) == (2, 2, 2)
    np.testing.assert_array_equal(clip_views(clip, (8, 10, 10), segments=1, crops=1)[0], clip)


def test_the_mean_is_of_probabilities() -> None:
    scores = np.log(np.array([[[0.9, 0.1]], [[0.2, 0.8]]]))
    np.testing.assert_allclose(averaged_scores(scores), [[0.55, 0.45]])
    shifted = scores + np.array([5.0, -3.0])[:, None, None]
    np.testing.assert_allclose(averaged_scores(shifted), averaged_scores(scores))
    np.testing.assert_allclose(averaged_scores(scores[:, :, [1, 0]]), [[0.45, 0.55]])
    missing = np.array([[[0.0, -np.inf]], [[0.0, 0.0]]])
    np.testing.assert_allclose(averaged_scores(missing), [[0.75, 0.25]])


def test_what_does_not_fit_is_named() -> None:
    clip = places(8, 10, 10)
    with pytest.raises(WorkbenchError, match="smaller than the encoder's"):
        clip_views(clip, (16, 10, 10))
    with pytest.raises(WorkbenchError, match="8 frames give 1 segments"):
        clip_views(clip, (8, 6, 6))
    with pytest.raises(WorkbenchError, match="1 crops of 10×10"):
        clip_views(clip, (4, 10, 10))
    with pytest.raises(WorkbenchError, match="views are none"):
        clip_views(clip, (4, 6, 6), segments=0)
    with pytest.raises(WorkbenchError, match="needed"):
        averaged_scores(np.zeros((3, 4)))

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.sampling import DENSER, REPEATED, WHOLE, fit_square, frame_indices


@pytest.mark.parametrize(
    ("available", "frames", "stride", "expected", "rule"),
    [
        (8, 8, 1, [0, 1, 2, 3, 4, 5, 6, 7], WHOLE),
        (12, 8, 1, [2, 3, 4, 5, 6, 7, 8, 9], WHOLE),
        (13, 4, 4, [0, 4, 8, 12], WHOLE),
        (12, 4, 4, [1, 4, 7, 10], DENSER),
        (4, 4, 4, [0, 1, 2, 3], DENSER),
        (3, 4, 1, [0, 1, 2, 2], REPEATED),
        (1, 4, 2, [0, 0, 0, 0], REPEATED),
    ],
)
def test_the_rule(available, frames, stride, expected, rule):
    indices, said = frame_indices(available, frames, stride)
    assert (indices.tolist(), said) == (expected, rule)


@given(st.integers(1, 400), st.integers(2, 32), st.integers(1, 16))
def test_indices_exist_and_the_stride_is_the_largest_that_fits(available, frames, stride):
    indices, rule = frame_indices(available, frames, stride)
    assert len(indices) == frames and indices.min() >= 0 and indices.max() < available
    if rule == REPEATED:
        assert available < frames and set(indices) == set(range(available))
        return
    steps = set(np.diff(indices))
    assert len(steps) == 1 and (step := steps.pop()) <= stride
    assert step == stride or (frames - 1) * (step + 1) + 1 > available
    before, after = indices[0], available - 1 - indices[-1]
    assert 0 <= after - before <= 1  # the middle of the video


def test_frames_of_the_right_size_are_untouched():
    frames = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), dtype=np.uint8)
    assert fit_square(frames, 16) is frames


def test_the_centre_is_kept():
    frames = np.zeros((1, 10, 30, 3), np.uint8)
    frames[:, :, 10:20] = 200
    assert (fit_square(frames, 10) == 200).all()
    assert (fit_square(frames.transpose(0, 2, 1, 3), 10) == 200).all()


def test_scaling_down_averages():
    """Black and white columns become grey: without antialiasing one of the two would be picked."""
    frames = np.zeros((1, 64, 64, 3), np.uint8)
    frames[:, :, ::2] = 255
    small = fit_square(frames, 8)[0, :, 2:-2]
    assert small.min() > 110 and small.max() < 145

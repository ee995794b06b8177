import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.probe import VideoInfo
from workbench.data.sampling import DENSER, FASTER, REPEATED, SPREAD, WHOLE, Sampling, fit_square, frame_indices
from workbench.errors import BadClip, UnknownName


def video(frames, fps=8.0, times=(), tick=0.0):
    """Facts of a video of which only the frames and their times matter."""
    return VideoInfo("a.mp4", frames, fps, 32, 32, "h264", "yuv420p", "mov", 1000, tuple(times), (), tick)


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


@pytest.mark.parametrize(
    ("available", "frames", "expected", "rule"),
    [
        (8, 8, [0, 1, 2, 3, 4, 5, 6, 7], WHOLE),
        (16, 4, [2, 6, 10, 14], WHOLE),
        (10, 4, [1, 3, 6, 8], WHOLE),  # segments of 2.5 frames: centres 1.25, 3.75, 6.25, 8.75
        (2, 4, [0, 0, 1, 1], SPREAD),
        (1, 3, [0, 0, 0], SPREAD),
    ],
)
def test_uniform_takes_the_centres_of_equal_segments(available, frames, expected, rule):
    indices, said = Sampling(frames, "uniform").choose(video(available))
    assert (indices.tolist(), said) == (expected, rule)


@given(st.integers(1, 400), st.integers(2, 32), st.floats(0, 0.999))
def test_uniform_gives_one_frame_a_segment(available, frames, place):
    indices, _ = Sampling(frames, "uniform").choose(video(available), place)
    edges = np.arange(frames + 1) * available / frames
    assert (np.floor(edges[:-1]) <= indices).all() and (indices <= edges[1:]).all() and indices.max() < available


@given(st.integers(1, 300), st.integers(2, 16), st.integers(1, 8), st.sampled_from([8.0, 25.0, 30000 / 1001, 12.5]))
def test_by_rate_is_by_stride_where_the_rate_is_constant(available, frames, stride, fps):
    """A rate that is a whole part of the video's own takes every so many-th frame, whether times are exact or implied."""
    indices, said = Sampling(frames, "stride", stride).choose(video(available, fps))
    if said != WHOLE:
        return
    sampling = Sampling(frames, "fps", fps=fps / stride)
    ticks = np.round(np.arange(available) / fps * 90000).astype(int) + 123
    for info in (video(available, fps), video(available, fps, ticks.tolist(), 1 / 90000)):
        by_rate, said = sampling.choose(info)
        assert (by_rate.tolist(), said) == (indices.tolist(), WHOLE)


def test_a_variable_rate_is_sampled_by_its_times():
    times = [0, 100, 200, 300, 1000, 2000, 3000, 3100, 3200, 4000]  # ms
    indices, said = Sampling(5, "fps", fps=1.0).choose(video(10, 2.5, times, 0.001))
    assert (indices.tolist(), said) == ([0, 4, 5, 6, 9], WHOLE)


@pytest.mark.parametrize(
    ("available", "fps", "asked", "expected", "rule"),
    [
        (30, 10.0, 5.0, [11, 13, 15, 17], WHOLE),
        (10, 10.0, 2.0, [0, 3, 6, 9], FASTER),  # 1.5 s are asked and 0.9 s there
        (3, 10.0, 2.0, [0, 1, 2, 2], REPEATED),
        (1, 10.0, 2.0, [0, 0, 0, 0], REPEATED),
        (9, 10.0, 20.0, [3, 3, 4, 4], SPREAD),  # asked twice as often as there are frames
    ],
)
def test_the_rule_by_rate(available, fps, asked, expected, rule):
    indices, said = Sampling(4, "fps", fps=asked).choose(video(available, fps))
    assert (indices.tolist(), said) == (expected, rule)


@given(st.integers(1, 100), st.integers(2, 16), st.floats(0.5, 60), st.sampled_from([0.0, 0.3, 0.5, 1.0]))
def test_by_rate_frames_exist_and_do_not_go_back(available, frames, fps, place):
    indices, _ = Sampling(frames, "fps", fps=fps).choose(video(available, 25.0), place)
    assert len(indices) == frames and indices.min() >= 0 and indices.max() < available and (np.diff(indices) >= 0).all()


def test_an_unknown_rate_is_named_and_a_still_image_needs_none():
    with pytest.raises(BadClip, match="frame rate is not known"):
        Sampling(4, "fps").choose(video(20, fps=0.0))
    assert Sampling(4, "fps").choose(video(1, fps=0.0))[0].tolist() == [0, 0, 0, 0]
    with pytest.raises(UnknownName, match="uniform"):
        Sampling(4, "unifrom").choose(video(20))


@pytest.mark.parametrize("rule", ["stride", "fps"])
def test_places_reach_from_the_beginning_to_the_end(rule):
    sampling = Sampling(4, rule, stride=2, fps=4.0)
    taken = [sampling.choose(video(31), place)[0] for place in sampling.places(5)]
    assert taken[0][0] == 0 and taken[-1][-1] == 30
    assert [indices[0] for indices in taken] == [0, 6, 12, 18, 24]
    assert sampling.places(1) == [0.5]


def test_frames_of_the_right_size_are_untouched():
    frames = np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), dtype=np.uint8)
    assert fit_square(frames, 16) is frames


def test_the_centre_is_kept():
    frames = np.zeros((1, 10, 30, 3), np.uint8)
    frames[:, :, 10:20] = 200
    assert (fit_square(frames, 10) == 200).all()
    assert (fit_square(frames.transpose(0, 2, 1, 3), 10) == 200).all()


def test_a_square_may_lie_anywhere_along_the_longer_side():
    frames = np.zeros((1, 10, 30, 3), np.uint8)
    frames[:] = np.repeat([10, 20, 30], 10)[None, None, :, None]
    assert [int(fit_square(frames, 10, place).mean()) for place in (0, 0.5, 1)] == [10, 20, 30]


def test_scaling_down_averages():
    """Black and white columns become grey: without antialiasing one of the two would be picked."""
    frames = np.zeros((1, 64, 64, 3), np.uint8)
    frames[:, :, ::2] = 255
    small = fit_square(frames, 8)[0, :, 2:-2]
    assert small.min() > 110 and small.max() < 145

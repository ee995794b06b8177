import numpy as np
import pytest

from tests.data.videos import pattern, write_video
from workbench.data.probe import probe_video
from workbench.data.sampling import Sampling, fit_square
from workbench.data.video import read_frames
from workbench.data.views import read_views
from workbench.errors import WorkbenchError

EIGHT = Sampling(4, stride=2)


@pytest.fixture
def wide(tmp_path):
    return write_video(tmp_path / "wide.mp4", pattern(31, 32, 80))


def test_clips_lie_from_the_beginning_to_the_end_of_the_video(wide):
    views = read_views(wide, EIGHT, 32, clips=3)
    assert views.shape == (3, 4, 32, 32, 3) and views.dtype == np.uint8
    for view, start in zip(views, (0, 12, 24), strict=True):  # 31 frames, 7 a clip: 24 places are free
        assert np.array_equal(view, fit_square(read_frames(wide, start + 2 * np.arange(4)), 32))


def test_crops_lie_along_the_longer_side(wide, tmp_path):
    frames = read_frames(wide, [12, 14, 16, 18])
    views = read_views(wide, EIGHT, 32, crops=3)
    for view, left in zip(views, (0, 24, 48), strict=True):
        assert np.array_equal(view, frames[:, :, left : left + 32])
    tall = write_video(tmp_path / "tall.mp4", pattern(31, 80, 32))
    frames = read_frames(tall, [12, 14, 16, 18])
    for view, top in zip(read_views(tall, EIGHT, 32, crops=3), (0, 24, 48), strict=True):
        assert np.array_equal(view, frames[:, top : top + 32])


def test_crop_m_of_clip_k_is_view_k_crops_plus_m(wide):
    every = read_views(wide, EIGHT, 24, clips=2, crops=3)
    for crop, place in enumerate((0.0, 0.5, 1.0)):
        for clip, start in enumerate((0, 24)):
            expected = fit_square(read_frames(wide, start + 2 * np.arange(4)), 24, place)
            assert np.array_equal(every[3 * clip + crop], expected)
    assert np.array_equal(read_views(wide, EIGHT, 24, clips=2), every[1::3])  # one crop is the centre


@pytest.mark.parametrize("rule", ["stride", "uniform", "fps"])
def test_one_view_is_what_training_reads(wide, rule):
    sampling = Sampling(4, rule, stride=3, fps=2.0)
    frames = read_frames(wide, Sampling(4, rule, 3, 2.0).choose(probe_video(wide))[0])
    assert np.array_equal(read_views(wide, sampling, 16)[0], fit_square(frames, 16))


def test_short_videos_give_as_many_views(tmp_path):
    path = write_video(tmp_path / "short.mp4", pattern(2, 32, 40))
    views = read_views(path, EIGHT, 16, clips=3, crops=3)
    assert views.shape == (9, 4, 16, 16, 3) and np.array_equal(views[0], views[6])


def test_views_of_every_rule_differ_in_time(wide):
    for rule in ("stride", "uniform", "fps"):
        views = read_views(wide, Sampling(4, rule, stride=2, fps=4.0), 16, clips=3)
        assert not np.array_equal(views[0], views[1]) and not np.array_equal(views[1], views[2])


def test_wrong_numbers_are_refused(wide):
    with pytest.raises(WorkbenchError, match="2 crops"):
        read_views(wide, EIGHT, 16, crops=2)
    with pytest.raises(WorkbenchError, match="0 clips"):
        read_views(wide, EIGHT, 16, clips=0)

"""What the views show and must not show."""

import numpy as np
import pytest

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.motions import reversed_table
from workbench.gates.views import VIEWS, States, true_states

SETTINGS = DataSettings(train_clips=192)


@pytest.mark.parametrize("name", ["motion48", "temporal16"])
def test_the_set_of_states_is_the_path_one_way_or_the_other(name):
    """A clip whose coin says backwards is shown as the reversed clip would be shown forwards."""
    table = BENCHMARKS[name].table(SETTINGS, "train")
    seen, back = true_states(table, SETTINGS), true_states(reversed_table(table, SETTINGS), SETTINGS)
    view, ordered = VIEWS["set"].states, VIEWS["ordered"].states
    assert view is not None and ordered is not None
    wanted = np.where(seen.coin[:, None], ordered(back), ordered(seen))
    assert np.abs(view(seen) - wanted).max() < 2e-3
    assert 0.3 < seen.coin.mean() < 0.7


def test_the_steps_of_a_path_and_of_its_reversal_do_not_differ_by_rounding():
    """East there is the same number, to the last bit, as east in a clip of west played backwards."""
    table = BENCHMARKS["motion48"].table(SETTINGS, "train")
    ordered = VIEWS["ordered"].states
    assert ordered is not None
    forward, there_and_back = (
        ordered(true_states(t, SETTINGS))[:, 16:]
        for t in (table, reversed_table(reversed_table(table, SETTINGS), SETTINGS))
    )
    directions = forward.reshape(len(table), 7, -1)[:, :, 2:4]
    assert len(np.unique(np.abs(directions[:, [0, -1]]).round(6))) <= 5  # 0, 0.707, 1 and what rounding may leave
    assert np.abs(forward - there_and_back).max() <= 2e-3


def test_pixels_of_the_mean_and_of_single_frames():
    clips = np.arange(2 * 4 * 1 * 1 * 3, dtype=np.uint8).reshape(2, 4, 1, 1, 3)
    shown = {name: view.pixels(clips, np.array([2, 0])) for name, view in VIEWS.items() if view.pixels}
    assert (shown["mean"][:, 0] == clips.mean(1).round()).all()
    assert (shown["frame"][:, 0] == np.stack([clips[0, 2], clips[1, 0]])).all()
    assert (shown["ends"] == clips[:, [0, 3]]).all() and (shown["start"] == clips[:, :1]).all()


def test_one_frame_holds_nothing_of_the_others():
    table = BENCHMARKS["temporal16"].table(SETTINGS, "train")
    seen, rng = true_states(table, SETTINGS), np.random.default_rng(0)
    other = np.arange(SETTINGS.frames) != seen.frame[:, None]
    place = np.where(other[..., None], rng.random(seen.place.shape), seen.place)
    angle = np.where(other, rng.random(seen.angle.shape), seen.angle)
    view = VIEWS["frame"].states
    assert view is not None
    assert np.abs(view(States(place, angle, table, seen.frame, seen.coin)) - view(seen)).max() < 1e-5

"""Shifts of time, read off clips whose pixels say which frame they are of."""

from itertools import pairwise

import pytest
import torch

from workbench.data.shifts import SEVERITIES, SHIFTS, apply_shift

FRAMES = 9
TIME = torch.arange(FRAMES)


def numbered(clips=40, frames=FRAMES, size=8):
    return torch.arange(frames, dtype=torch.uint8)[None, :, None, None, None].expand(clips, -1, size, size, 3)


def sources(name, severity):
    """Which frame is shown when: (clips, frames)."""
    done = apply_shift(numbered(), name, severity)
    assert (done == done[:, :, :1, :1, :1]).all()  # whole frames
    return done[:, :, 0, 0, 0].long()


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_lost_frame_is_replaced_by_the_one_before(severity):
    source = sources("frame_drop", severity)
    lost = round(SHIFTS["frame_drop"].levels[severity - 1] * (FRAMES - 1))
    assert ((source != TIME).sum(1) == lost).all()
    kept = source == TIME
    assert kept[:, 0].all()
    for t in range(1, FRAMES):
        assert (kept[:, t] | (source[:, t] == source[:, t - 1])).all()
    assert len(set(map(tuple, source.tolist()))) > 5  # each clip loses its own


def test_a_frame_that_is_lost_stays_lost():
    lost = [sources("frame_drop", severity) != TIME for severity in SEVERITIES]
    assert all((more | ~less).all() for less, more in pairwise(lost))


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_freeze_is_one_standstill(severity):
    count = round(SHIFTS["freeze"].levels[severity - 1] * (FRAMES - 1))
    for source in sources("freeze", severity):
        still = (source != TIME).nonzero()[:, 0]
        assert len(still) == count and still[-1] - still[0] == count - 1
        assert (source[still] == still[0] - 1).all()


def test_reverse_turns_the_end_and_at_5_the_whole():
    assert (sources("reverse", 5) == TIME.flip(0)).all()
    for severity in SEVERITIES:
        count = round(SHIFTS["reverse"].levels[severity - 1] * FRAMES)
        wanted = torch.cat([TIME[: FRAMES - count], TIME[FRAMES - count :].flip(0)])
        assert (sources("reverse", severity) == wanted).all()


def test_a_lower_speed_stays_about_the_middle():
    for severity in SEVERITIES:
        source = sources("frame_rate", severity)[0]
        middle, speed = (FRAMES - 1) / 2, SHIFTS["frame_rate"].levels[severity - 1]
        assert ((source - middle) + (source.flip(0) - middle)).abs().max() <= 1
        assert (source - (middle + (TIME - middle) * speed)).abs().max() <= 0.5
        assert (source.diff() >= 0).all()


@pytest.mark.parametrize("severity", SEVERITIES)
def test_tubelets_change_places_in_time_within_their_cell(severity):
    size, side = 8, 2
    clips = numbered()
    done = apply_shift(clips, "tubelet_shuffle", severity)
    assert torch.equal(done.sort(1).values, clips)  # every place still has each frame once
    assert (done[:, -1] == FRAMES - 1).all()  # the frame without a partner
    pairs = done[:, : FRAMES - 1].unflatten(1, (-1, 2))
    assert (pairs[:, :, 0] % 2 == 0).all() and torch.equal(pairs[:, :, 1], pairs[:, :, 0] + 1)
    cells = done[..., 0].unflatten(2, (size // side, side)).unflatten(4, (size // side, side))
    assert (cells == cells[:, :, :, :1, :, :1]).all()
    moved = cells[:, : FRAMES - 1, :, 0, :, 0] != TIME[:-1, None, None]
    assert torch.equal(moved.any(1), moved.all(1))  # none of a shuffled cell stays
    assert (moved[:, 0].sum((1, 2)) == round(SHIFTS["tubelet_shuffle"].levels[severity - 1] * 16)).all()

"""The camera: a spot goes where geometry says."""

import math

import pytest
import torch

from workbench.data.shifts import SHIFTS, apply_shift

SIZE = 48
GRID = torch.arange(SIZE) - (SIZE - 1) / 2


def spot(x, y, clips=1, frames=5):
    """A soft spot at (x, y) from the centre, y downwards."""
    light = 250 * torch.exp(-((GRID[:, None] - y) ** 2 + (GRID - x) ** 2) / 8)
    return light.round().to(torch.uint8)[None, None, :, :, None].expand(clips, frames, -1, -1, 3)


def centres(clips):
    """Centre of light (clips, frames, 2) as x, y."""
    light = clips[..., 0].double()
    total = light.sum((2, 3))
    return torch.stack([(light * GRID).sum((2, 3)) / total, (light * GRID[:, None]).sum((2, 3)) / total], -1)


@pytest.mark.parametrize("name", ["rotation", "translation", "shake"])
def test_an_even_clip_stays_as_it_is(name):
    clips = torch.full((3, 4, 20, 28, 3), 90, dtype=torch.uint8)
    assert torch.equal(apply_shift(clips, name, 5), clips)


@pytest.mark.parametrize("severity", [1, 5])
def test_a_tilt_turns_by_its_angle_to_either_side(severity):
    found = centres(apply_shift(spot(14, 0, clips=20), "rotation", severity))
    angle = torch.atan2(found[..., 1], found[..., 0]) * 180 / math.pi
    assert angle.abs() == pytest.approx(torch.full((20, 5), float(SHIFTS["rotation"].levels[severity - 1])), abs=0.3)
    assert torch.hypot(*found.unbind(-1)) == pytest.approx(torch.full((20, 5), 14.0), abs=0.1)
    assert (angle == angle[:, :1]).all() and 3 < (angle[:, 0] > 0).sum() < 17


def test_a_tilt_of_a_wide_frame_keeps_its_shape():
    """A spot left of the centre of a wide frame goes round the centre as in a square one."""
    wide = torch.nn.functional.pad(spot(14, 0), (0, 0, 20, 20))
    assert torch.equal(apply_shift(wide, "rotation", 5)[..., 20:-20, :], apply_shift(spot(14, 0), "rotation", 5))


@pytest.mark.parametrize("severity", [1, 5])
def test_a_pan_goes_its_way_steadily_about_the_middle_of_the_clip(severity):
    found = centres(apply_shift(spot(0, 0, clips=20), "translation", severity))
    steps = found.diff(dim=1)
    assert (steps - steps[:, :1]).abs().max() < 0.05
    way = torch.hypot(*(found[:, -1] - found[:, 0]).unbind(-1))
    assert way == pytest.approx(torch.full((20,), SHIFTS["translation"].levels[severity - 1] * SIZE), abs=0.05)
    assert found[:, 2].abs().max() < 0.02
    assert torch.atan2(steps[:, 0, 1], steps[:, 0, 0]).std() > 1  # each clip in its own direction


def test_shaking_is_new_in_every_frame_and_of_its_size():
    found = centres(apply_shift(spot(0, 0, clips=60, frames=8), "shake", 2))
    assert found.std() == pytest.approx(SHIFTS["shake"].levels[1] * SIZE, rel=0.06)
    assert abs(torch.corrcoef(torch.stack([found[:, :-1].flatten(), found[:, 1:].flatten()]))[0, 1]) < 0.1


def test_what_comes_into_sight_is_mirrored():
    clips = torch.arange(20, dtype=torch.uint8)[None, None, None, :, None].expand(1, 4, 20, 20, 3) * 10
    done = apply_shift(clips, "translation", 5)
    assert done.min() >= 0 and done.max() <= 190
    edge = done[0, :, 10, :, 0].long()
    assert (edge.diff(dim=1).abs() <= 10).all()  # no step to black at an edge

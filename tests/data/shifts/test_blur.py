"""Blurs: they keep what is even, spread a point as far as they say and no further, and grow with the frame."""

import math

import pytest
import torch

from workbench.data.shifts import SHIFTS, apply_shift
from workbench.data.shifts.blur import _enlarging

BLURS = [name for name, shift in SHIFTS.items() if shift.family == "blur"]


def point(size=33, clips=1):
    clip = torch.zeros(clips, 1, size, size, 3, dtype=torch.uint8)
    clip[:, :, size // 2, size // 2] = 255
    return clip


@pytest.mark.parametrize("name", BLURS)
def test_an_even_clip_stays_as_it_is(name):
    clips = torch.full((2, 3, 20, 28, 3), 90, dtype=torch.uint8)
    assert torch.equal(apply_shift(clips, name, 5), clips)


@pytest.mark.parametrize("name", BLURS)
def test_frames_are_blurred_apart_and_alike(name):
    clip = torch.randint(0, 256, (1, 1, 24, 24, 3), dtype=torch.uint8)
    twice = torch.cat([clip, torch.zeros_like(clip), clip], 1)
    done = apply_shift(twice, name, 4)
    assert torch.equal(done[:, 0], done[:, 2]) and (done[:, 1] == 0).all()


@pytest.mark.parametrize("severity", [1, 5])
def test_a_point_out_of_focus_is_a_disc(severity):
    done = apply_shift(point(), "defocus", severity)[0, 0, :, :, 0].float()
    radius = SHIFTS["defocus"].levels[severity - 1] * 33 / 32
    grid = torch.arange(33) - 16.0
    distance = torch.hypot(grid[:, None], grid)
    assert (done[distance > radius + 0.5] == 0).all() and (done[distance < radius - 0.5] > 0).all()
    assert torch.equal(done, done.T) and torch.equal(done, done.flip(0))
    assert done.max() == pytest.approx(255 / (math.pi * radius**2), rel=0.2)


def test_a_point_in_motion_is_a_line_of_its_length_in_the_clips_own_direction():
    clips = point(65, clips=20)
    clips = torch.where(torch.nn.functional.max_pool2d(clips[:, 0, :, :, 0].float(), 5, 1, 2) > 0, 255, 0)
    clips = clips.to(torch.uint8)[:, None, :, :, None].expand(-1, 1, -1, -1, 3)
    done = apply_shift(clips, "motion_blur", 5)[:, 0, :, :, 0].double()
    weight = done / done.sum((1, 2), keepdim=True)
    grid = torch.arange(65) - 32.0
    y, x = grid[:, None].double(), grid.double()
    moments = torch.stack([(weight * a * b).sum((1, 2)) for a, b in ((y, y), (y, x), (x, y), (x, x))], -1)
    spread, axes = torch.linalg.eigh(moments.reshape(-1, 2, 2))
    assert (spread[:, 0] < 2.5).all()  # across: the 5 pixels of the point, whose variance is 2
    length = (12 * (spread[:, 1] - 2)).sqrt()  # along: that of an even line
    assert length == pytest.approx(torch.full((20,), 12.0 * 65 / 32), rel=0.08)
    angle = torch.atan2(axes[:, 0, 1], axes[:, 1, 1]) % math.pi
    assert angle.std() > 0.5


def test_a_zoom_keeps_the_centre_and_enlarges_about_it():
    assert torch.allclose(_enlarging(9, 1.0, torch.zeros(1)), torch.eye(9), atol=1e-6)
    line = torch.arange(9.0)
    assert torch.allclose(_enlarging(9, 2.0, line) @ line, 4 + (line - 4) / 2)
    done = apply_shift(point(), "zoom", 1)[0, 0, :, :, 0]
    assert done[16, 16] > 200 and done[:14].max() == 0


@pytest.mark.parametrize("name", BLURS)
def test_a_clip_twice_as_large_is_blurred_twice_as_far(name):
    grid = torch.arange(64) / 64 * 2 * math.pi
    large = ((torch.sin(grid)[:, None] * torch.cos(2 * grid) * 100) + 128)[None, None, :, :, None]
    large = large.expand(1, 1, 64, 64, 3)
    small = large.unflatten(2, (32, 2)).unflatten(4, (32, 2)).mean((3, 5))
    done = [apply_shift(clip.round().to(torch.uint8), name, 3).float() for clip in (small, large)]
    halved = done[1].unflatten(2, (32, 2)).unflatten(4, (32, 2)).mean((3, 5))
    inside = (slice(None), slice(None), slice(6, -6), slice(6, -6))
    assert (done[0] - halved)[inside].abs().max() < 8

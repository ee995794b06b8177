"""Noise has the moments it is said to have."""

from itertools import pairwise

import pytest
import torch

from workbench.data.shifts import SHIFTS, apply_shift


def flat(value):
    return torch.full((8, 4, 32, 32, 3), value, dtype=torch.uint8)


@pytest.mark.parametrize("severity", [1, 3])
def test_gaussian_noise_has_its_deviation_at_any_value(severity):
    level = SHIFTS["gaussian"].levels[severity - 1] * 255
    for value in (100, 150):
        noisy = apply_shift(flat(value), "gaussian", severity).float()
        assert noisy.mean() == pytest.approx(value, abs=0.3) and noisy.std() == pytest.approx(level, rel=0.02)


@pytest.mark.parametrize("severity", [1, 3])
def test_shot_noise_is_that_of_counted_photons(severity):
    photons = SHIFTS["shot"].levels[severity - 1]
    for value in (40, 120):
        noisy = apply_shift(flat(value), "shot", severity).float()
        assert noisy.mean() == pytest.approx(value, rel=0.01)
        assert noisy.var() == pytest.approx(255 * value / photons, rel=0.05)  # a Poisson count's variance is its mean
    assert (apply_shift(flat(0), "shot", severity) == 0).all()


@pytest.mark.parametrize("severity", [1, 5])
def test_impulses_hit_their_share_half_of_them_black(severity):
    share = SHIFTS["impulse"].levels[severity - 1]
    noisy = apply_shift(flat(77), "impulse", severity)
    for value in (0, 255):
        assert (noisy == value).float().mean() == pytest.approx(share / 2, abs=0.002)
    assert ((noisy == 77) | (noisy == 0) | (noisy == 255)).all()


def test_what_an_impulse_hits_stays_hit_at_the_next_severity():
    hit = [apply_shift(flat(77), "impulse", severity) != 77 for severity in range(1, 6)]
    assert all((more | ~less).all() for less, more in pairwise(hit))


def test_speckle_grows_with_the_value_and_leaves_black():
    level = SHIFTS["speckle"].levels[0]
    for value in (40, 120):
        noisy = apply_shift(flat(value), "speckle", 1).float()
        assert noisy.std() == pytest.approx(level * value, rel=0.03)
    assert (apply_shift(flat(0), "speckle", 5) == 0).all()


def test_no_two_frames_or_channels_have_the_same_noise():
    noisy = apply_shift(flat(128), "gaussian", 2)
    assert not torch.equal(noisy[0, 0], noisy[0, 1])
    assert not torch.equal(noisy[..., 0], noisy[..., 1])

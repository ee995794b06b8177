"""The measures of known changes."""

import math

import pytest
import torch

from workbench.data.shifts import measure


def test_the_signal_to_noise_ratio_of_known_errors():
    clean = torch.full((2, 4, 8, 8, 3), 100, dtype=torch.uint8)
    assert measure("gaussian", clean, clean) == math.inf
    assert measure("gaussian", clean, clean + 51) == pytest.approx(10 * math.log10(25))  # a fifth of white
    half = clean.clone()
    half[0] += 51  # one clip of two: half the mean square error
    assert measure("gaussian", clean, half) == pytest.approx(10 * math.log10(50))


def test_the_displaced_energy_of_known_changes():
    clean = torch.zeros(1, 4, 8, 8, 3, dtype=torch.uint8)
    clean[..., :4, :] = 200  # left half bright: its energy is 100² a value
    assert measure("shake", clean, clean) == 0
    assert measure("shake", clean, clean.flip(3)) == pytest.approx(4)  # every value off by 200
    moved = clean.roll(1, 3)  # one column of eight brightens, one darkens
    assert measure("shake", clean, moved) == pytest.approx(4 / 4)

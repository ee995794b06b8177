"""Noise, drawn afresh for every pixel, channel and frame."""

from __future__ import annotations

from functools import lru_cache

import torch
from torch import Tensor

from workbench.data.draws import Draws
from workbench.data.shifts.base import SHIFTS, Shift

QUANTILES = 4096  # of the Poisson distribution of one grey value; its tails beyond 1/8192 are cut off


def _gaussian(clips: Tensor, deviation: float, draws: Draws) -> Tensor:
    return draws.normal(*clips.shape[1:]).mul_(255 * deviation).add_(clips)


def _shot(clips: Tensor, photons: float, draws: Draws) -> Tensor:
    place = draws.uniform(*clips.shape[1:]).mul_(QUANTILES).int()
    return _counts(photons).to(clips.device)[place.add_(clips.int() * QUANTILES)]


@lru_cache(maxsize=8)
def _counts(photons: float) -> Tensor:
    """Noisy grey value for each grey value and quantile: uint8 (256 · QUANTILES)."""
    rate = torch.arange(256, dtype=torch.float64)[:, None] / 255 * photons
    most = int(photons + 8 * photons**0.5 + 8)
    below = torch.special.gammaincc(torch.arange(1, most + 1, dtype=torch.float64), rate)  # P(count ≤ 0, 1, 2, …)
    quantile = (torch.arange(QUANTILES, dtype=torch.float64) + 0.5) / QUANTILES
    counts = torch.searchsorted(below, quantile.expand(256, -1).contiguous())
    return (counts * (255 / photons)).round_().clamp_(max=255).to(torch.uint8).reshape(-1)


def _impulse(clips: Tensor, share: float, draws: Draws) -> Tensor:
    drawn = draws.uniform(*clips.shape[1:])
    black, white = drawn < share / 2, drawn > 1 - share / 2
    return clips.masked_fill(black, 0).masked_fill_(white, 255)


def _speckle(clips: Tensor, deviation: float, draws: Draws) -> Tensor:
    return draws.normal(*clips.shape[1:]).mul_(deviation).add_(1).mul_(clips)


SHIFTS.add(
    "gaussian",
    Shift(
        "noise",
        "normal noise; its standard deviation as a share of white",
        "psnr",
        (0.03, 0.06, 0.1, 0.14, 0.19),
        _gaussian,
    ),
)
SHIFTS.add("shot", Shift("noise", "Poisson noise; photons counted at white", "psnr", (250, 120, 60, 30, 15), _shot))
SHIFTS.add(
    "impulse",
    Shift("noise", "values that turn black or white; their share", "psnr", (0.01, 0.03, 0.06, 0.1, 0.15), _impulse),
)
SHIFTS.add(
    "speckle",
    Shift(
        "noise",
        "noise that grows with the value; its standard deviation as a share of it",
        "psnr",
        (0.08, 0.16, 0.24, 0.33, 0.45),
        _speckle,
    ),
)

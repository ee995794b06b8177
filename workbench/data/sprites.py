"""Sprites: handwritten digits of scikit-learn, and drawn shapes.

Splits do not share a sample: digits are cut into contiguous blocks of the data set (its rows come writer by writer), the
variants of a shape (how wide it is, how large, leaning to which side) are dealt out to the splits. No two shapes are
each other turned, and none looks the same at every turn, so that a spin can be seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cache
from itertools import product
from typing import Literal

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

Kind = Literal["digits", "shapes"]
SPRITE_PIXELS = 16
SPLIT_ROWS = {"train": (0.0, 0.6), "val": (0.6, 0.75), "test": (0.75, 1.0)}
DRAWN_PIXELS = 256  # a shape is drawn at this size and averaged down
SPLITS = ("train", "val", "train", "test", "train")  # variant i of a shape belongs to entry i modulo 5


@cache
def sprite_samples(kind: Kind, split: str) -> tuple[Tensor, np.ndarray, np.ndarray]:
    """All samples of `split` (samples, 16, 16) in [0, 1], and for each of the 10 sprites its first sample and their number."""
    by_sprite = digits(split) if kind == "digits" else shapes(split)
    counts = np.array([len(samples) for samples in by_sprite])
    return torch.cat(by_sprite), np.cumsum(counts) - counts, counts


@cache
def digits(split: str) -> list[Tensor]:
    """Handwriting samples of `split`: for each digit 0..9 a float tensor (samples, 16, 16) in [0, 1]."""
    from sklearn.datasets import load_digits

    data = load_digits()
    low, high = (round(share * len(data.target)) for share in SPLIT_ROWS[split])
    images = torch.from_numpy(data.images[low:high]).float()[:, None] / 16
    images = F.interpolate(images, SPRITE_PIXELS, mode="bicubic", align_corners=False).clamp(0, 1)[:, 0]
    target = data.target[low:high]
    return [images[torch.from_numpy(target == digit)] for digit in range(10)]


@cache
def shapes(split: str) -> list[Tensor]:
    """Variants of `split`: for each shape of `SHAPES` a float tensor (variants, 16, 16) in [0, 1]."""
    variants = [
        variant
        for number, variant in enumerate(product(np.linspace(0.7, 1.0, 5), (0.75, 0.87, 1.0), (-0.15, 0.0, 0.15, 0.3)))
        if SPLITS[number % len(SPLITS)] == split
    ]
    return [torch.stack([_drawn(inside, *variant) for variant in variants]) for inside in _OUTLINES.values()]


def _drawn(inside: Callable[[Tensor, Tensor], Tensor], narrow: float, scale: float, lean: float) -> Tensor:
    """One variant (16, 16) of the shape that holds the points where `inside` is true, in [-1, 1] with y upwards."""
    line = (torch.arange(DRAWN_PIXELS) + 0.5) / DRAWN_PIXELS * 2 - 1
    y, x = -line[:, None] / scale, line[None, :] / scale
    x, y = x * math.cos(lean) + y * math.sin(lean), y * math.cos(lean) - x * math.sin(lean)
    mask = inside(x / narrow, y).float()
    return F.avg_pool2d(mask[None, None], DRAWN_PIXELS // SPRITE_PIXELS)[0, 0]


def _star(x: Tensor, y: Tensor) -> Tensor:
    turn = 2 * math.pi / 5
    angle = (torch.atan2(x, y) + turn / 2) % turn - turn / 2  # from the nearest point of the star
    along, across = torch.hypot(x, y) * angle.cos(), torch.hypot(x, y) * angle.sin().abs()
    return along + across / math.tan(math.radians(18)) * 0.9 < 0.95


_OUTLINES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "half-disc": lambda x, y: (torch.hypot(x, y + 0.3) < 0.9) & (y > -0.3),
    "crescent": lambda x, y: (torch.hypot(x, y) < 0.9) & (torch.hypot(x - 0.4, y) > 0.7),
    "square": lambda x, y: (x.abs() < 0.7) & (y.abs() < 0.7),
    "frame": lambda x, y: (torch.maximum(x.abs(), y.abs()) < 0.75) & (torch.maximum(x.abs(), y.abs()) > 0.4),
    "triangle": lambda x, y: (y > -0.65) & (y < 0.85 - 1.7 * x.abs()),
    "bar": lambda x, y: (x.abs() < 0.28) & (y.abs() < 0.9),
    "plus": lambda x, y: (torch.minimum(x.abs(), y.abs()) < 0.22) & (torch.maximum(x.abs(), y.abs()) < 0.85),
    "star": _star,
    "heart": lambda x, y: (1.4 * x**2 + (1.3 * y + 0.1 - x.abs() ** 0.7) ** 2) < 0.8,
    "arrow": lambda x, y: ((y > 0) & (y < 0.9 - 1.2 * x.abs())) | ((x.abs() < 0.2) & (y <= 0) & (y > -0.85)),
}
SHAPES = tuple(_OUTLINES)
DIGITS = tuple("0123456789")

"""Backgrounds: photographs that scikit-image and scikit-learn ship.

Splits do not share a pixel of a photograph: photographs are cut into tiles that are dealt out to the splits.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
import torch.nn.functional as F

from workbench.data.factors import TEXTURES

TEXTURE_PIXELS = 192  # shorter side, for a frame of 32 pixels
# A photograph is cut into 4 × 4 tiles; which split may see which.
TILE_SPLITS = (
    ("train", "val", "train", "test"),
    ("test", "train", "train", "val"),
    ("train", "test", "val", "train"),
    ("train", "train", "test", "train"),
)


@cache
def photographs(pixels: int) -> torch.Tensor:
    """The 10 photographs in grey, square, each with mean 0.5 and standard deviation 0.22: (10, pixels, pixels).

    Equal brightness and contrast keep a texture from being read off one average.
    """
    return torch.stack([_standardised(_photograph(name), pixels) for name in TEXTURES])


@cache
def texture_tiles(split: str, frame: int) -> torch.Tensor:
    """The tiles of every photograph that belong to `split`, for frames of `frame` pixels: (10, tiles, side, side)."""
    images = photographs(TEXTURE_PIXELS * frame // 32)
    side = images.shape[-1] // 4
    corners = [(row, column) for row in range(4) for column in range(4) if TILE_SPLITS[row][column] == split]
    tiles = [images[:, r * side : (r + 1) * side, c * side : (c + 1) * side] for r, c in corners]
    return torch.stack(tiles, 1)


def _photograph(name: str) -> np.ndarray:
    if name in ("china", "flower"):
        from sklearn.datasets import load_sample_image

        return load_sample_image(f"{name}.jpg")
    from skimage import data

    return getattr(data, name)()


def _standardised(image: np.ndarray, pixels: int) -> torch.Tensor:
    grey = torch.from_numpy(np.asarray(image, dtype=np.float32))
    grey = grey.mean(-1) if grey.ndim == 3 else grey
    side = min(grey.shape)
    top, left = (grey.shape[0] - side) // 2, (grey.shape[1] - side) // 2
    grey = grey[top : top + side, left : left + side]
    grey = F.interpolate(grey[None, None], (pixels, pixels), mode="bilinear", antialias=True, align_corners=False)[0, 0]
    return (0.5 + 0.22 * (grey - grey.mean()) / grey.std()).clamp(0, 1)

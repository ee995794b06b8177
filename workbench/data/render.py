"""Renders clips from factor rows, a whole batch at once on any device.

The frame is a torus: a sprite that leaves on one side enters on the other. So the position in any one frame is uniform
whatever the motion, and a single frame cannot tell it.
"""

from __future__ import annotations

import colorsys
import math

import numpy as np
import pandas as pd
import torch
import torch.nn.functional as F

from workbench.config import DataSettings
from workbench.data.factors import SIZES
from workbench.data.textures import digits, texture_tiles

HUES = (0.0, 0.08, 0.16, 0.33, 0.5, 0.62, 0.75, 0.87)  # in the order of factors.COLOURS


def sprite_path(table: pd.DataFrame, settings: DataSettings) -> torch.Tensor:
    """Centre of the sprite in every frame, in pixels before wrapping: (clips, frames, 2), x then y (y grows downwards).

    The turn falls half-way in time, so a path and its reversal pass through the same points.
    """
    scale = settings.size / 32
    time = torch.arange(settings.frames, dtype=torch.float32)
    half = (settings.frames - 1) / 2
    steps = torch.stack([time.clamp(max=half), (time - half).clamp(min=0)], -1)
    angle = _column(table, "first", "second") * (math.pi / 4)
    direction = torch.stack([angle.cos(), -angle.sin()], -1)  # (clips, 2 parts, 2)
    speed = _column(table, "speed") * scale
    start = _column(table, "start_x", "start_y") * settings.size
    return start[:, None] + torch.einsum("tp,npc->ntc", steps, direction) * speed[:, None]


def render_clips(table: pd.DataFrame, settings: DataSettings, device: str | torch.device = "cpu") -> torch.Tensor:
    """Render the rows of a factor table (all of one split) to uint8 clips (clips, frames, size, size, 3)."""
    split = str(table["split"].iloc[0])
    alpha = _sprite_alpha(table, settings, split, device)[..., None]
    background = _background(table, settings, split, device)[..., None] * 255
    palette = 255 * torch.tensor([colorsys.hsv_to_rgb(hue, 0.9, 1.0) for hue in HUES], device=device)
    colour = palette[torch.tensor(table["colour"].to_numpy()).to(device)][:, None, None, None]
    # background · (1 − alpha) + colour · alpha in one pass; it stays within 0..255.
    return torch.addcmul(background, alpha, colour - background).round_().to(torch.uint8)


def _sprite_alpha(table: pd.DataFrame, settings: DataSettings, split: str, device: str | torch.device) -> torch.Tensor:
    """Opacity of the sprite at every pixel: (clips, frames, size, size)."""
    size, (n, frames) = settings.size, (len(table), settings.frames)
    samples = digits(split)
    sprites = torch.stack(
        [samples[kind][int(w * len(samples[kind]))] for kind, w in zip(table["sprite"], table["writer"], strict=True)]
    ).to(device)
    centre = sprite_path(table, settings).to(device)
    extent = torch.tensor(SIZES, device=device)[torch.tensor(table["size"].to_numpy()).to(device)] * size / 32
    pixel = torch.arange(size, device=device) + 0.5
    offset = (pixel - centre[..., None] + size / 2) % size - size / 2  # (clips, frames, 2, size), shortest way round
    offset = offset / (extent[:, None, None, None] / 2)
    x = offset[:, :, 0, None, :].expand(n, frames, size, size)
    y = offset[:, :, 1, :, None].expand(n, frames, size, size)
    # One sampling call a clip: its frames are stacked along the height of the grid.
    grid = torch.stack([x, y], -1).reshape(n, frames * size, size, 2)
    alpha = F.grid_sample(sprites[:, None], grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return alpha.reshape(n, frames, size, size)


def _background(table: pd.DataFrame, settings: DataSettings, split: str, device: str | torch.device) -> torch.Tensor:
    """Grey background: (clips, frames or 1, size, size), cut from the split's tiles of the clip's photograph."""
    tiles = texture_tiles(split, settings.size).to(device)
    room = tiles.shape[-1] - settings.size  # a crop may start at 0..room
    corner = _column(table, "crop_y", "crop_x")[:, None]  # (clips, 1, 2), shares of the room
    tile = _column(table, "tile")
    motion = settings.background.motion
    if motion != "fixed":
        rng = np.random.default_rng(table["background_seed"].to_numpy())
        noise = torch.from_numpy(rng.random((len(table), settings.frames, 3), dtype=np.float32))
        if motion == "redrawn":
            corner, tile = noise[..., :2], noise[..., 2]
        else:  # one pixel a frame at 32 pixels in a direction of its own; the crop stops at the tile's edge
            angle = noise[:, :1, :1] * 2 * math.pi
            frame = torch.arange(settings.frames)[:, None] * settings.size / 32
            corner = (corner + torch.cat([angle.sin(), angle.cos()], -1) * frame / room).clamp(0, 1)
    corner = (corner * (room + 1)).long().clamp(max=room).to(device)
    tile = (tile * tiles.shape[1]).long().clamp(max=tiles.shape[1] - 1).to(device)[..., None, None]
    span = torch.arange(settings.size, device=device)
    rows = (corner[..., 0, None] + span)[..., :, None]
    columns = (corner[..., 1, None] + span)[..., None, :]
    kind = torch.tensor(table["texture"].to_numpy()).to(device)[:, None, None, None]
    return 0.5 + settings.background.contrast * (tiles[kind, tile, rows, columns] - 0.5)


def _column(table: pd.DataFrame, *names: str) -> torch.Tensor:
    """Columns as float32: (clips, number of names)."""
    return torch.tensor(table[list(names)].to_numpy(np.float32))

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
from workbench.data.draws import Draws
from workbench.data.factors import SIZES, distractor_tables
from workbench.data.motions import States, column, sprite_states, straight_path
from workbench.data.sprites import sprite_samples
from workbench.data.textures import texture_tiles

HUES = (0.0, 0.08, 0.16, 0.33, 0.5, 0.62, 0.75, 0.87)  # in the order of factors.COLOURS


def render_clips(table: pd.DataFrame, settings: DataSettings, device: str | torch.device = "cpu") -> torch.Tensor:
    """Render the rows of a factor table (all of one split) to uint8 clips (clips, frames, size, size, 3)."""
    split = str(table["split"].iloc[0])
    # Colours lie before the frames until the end: a plane of pixels in a row is several times faster to work on.
    alpha = sprite_alpha(table, settings, split, device)[:, None]  # (clips, 1, frames, size, size)
    background = _background(table, settings, split, device)[:, None] * 255
    for distractor in distractor_tables(table):
        path = straight_path(distractor, settings)
        white = _sprite(distractor, States(path, torch.zeros(path.shape[:2])), settings, split, device)[:, None]
        background = background + white * (255 - background)
    palette = 255 * torch.tensor([colorsys.hsv_to_rgb(hue, 0.9, 1.0) for hue in HUES], device=device)
    colour = palette[torch.tensor(table["colour"].to_numpy()).to(device)][..., None, None, None]
    # background · (1 − alpha) + colour · alpha in one pass; it stays within 0..255.
    clips = torch.addcmul(background, alpha, colour - background).round_().to(torch.uint8)
    return clips.permute(0, 2, 3, 4, 1).contiguous()


def sprite_alpha(
    table: pd.DataFrame, settings: DataSettings, split: str, device: str | torch.device = "cpu"
) -> torch.Tensor:
    """Opacity of the coloured sprite at every pixel, in [0, 1]: (clips, frames, size, size)."""
    return _sprite(table, sprite_states(table, settings), settings, split, device)


def _sprite(
    table: pd.DataFrame, states: States, settings: DataSettings, split: str, device: str | torch.device
) -> torch.Tensor:
    """Opacity of the sprites of `table` (columns sprite, writer, size) in their states."""
    size, (n, frames) = settings.size, (len(table), settings.frames)
    samples, first, count = sprite_samples(settings.sprites, split)
    kind, writer = table["sprite"].to_numpy(), table["writer"].to_numpy()
    chosen = first[kind] + (writer * count[kind]).astype(int)
    sprites = samples[torch.from_numpy(chosen)].to(device)
    extent = torch.tensor(SIZES, device=device)[torch.tensor(table["size"].to_numpy()).to(device)] * size / 32
    pixel = torch.arange(size, device=device) + 0.5
    offset = (
        pixel - states.centre.to(device)[..., None] + size / 2
    ) % size - size / 2  # (clips, frames, 2, size), shortest way
    offset = offset / (extent[:, None, None, None] / 2)
    x = offset[:, :, 0, None, :].expand(n, frames, size, size)
    y = offset[:, :, 1, :, None].expand(n, frames, size, size)
    if states.angle.any():
        # Where a pixel lies in the frame of a sprite turned anticlockwise as seen (y grows downwards).
        cos, sin = (f(states.angle.to(device))[..., None, None] for f in (torch.cos, torch.sin))
        x, y = x * cos - y * sin, x * sin + y * cos
    # One sampling call a clip: its frames are stacked along the height of the grid.
    grid = torch.empty(n, frames, size, size, 2, device=x.device)
    grid[..., 0], grid[..., 1] = x, y
    grid = grid.view(n, frames * size, size, 2)
    alpha = F.grid_sample(sprites[:, None], grid, mode="bilinear", padding_mode="zeros", align_corners=False)
    return alpha.reshape(n, frames, size, size)


def _background(table: pd.DataFrame, settings: DataSettings, split: str, device: str | torch.device) -> torch.Tensor:
    """Grey background: (clips, frames or 1, size, size), cut from the split's tiles of the clip's photograph."""
    tiles = texture_tiles(split, settings.size).to(device)
    room = tiles.shape[-1] - settings.size  # a crop may start at 0..room
    corner = column(table, "crop_y", "crop_x")[:, None]  # (clips, 1, 2), shares of the room
    tile = column(table, "tile")
    motion = settings.background.motion
    if motion != "fixed":
        own = torch.tensor(table["background_seed"].to_numpy(np.int64))
        noise = Draws("background", settings.seed, own).uniform(settings.frames, 3)  # a clip's own, whatever its batch
        if motion == "redrawn":
            corner, tile = noise[..., :2], noise[..., 2]
        else:  # one pixel a frame at 32 pixels in a direction of its own, all of it within the tile
            angle = noise[:, :1, :1] * 2 * math.pi
            step = min(settings.size / 32, room / max(settings.frames - 1, 1)) / room
            drift = torch.cat([angle.sin(), angle.cos()], -1) * step  # (clips, 1, 2), shares of the room a frame
            span = drift.abs() * (settings.frames - 1)
            begin = corner * (1 - span) + span * (drift < 0)
            corner = begin + drift * torch.arange(settings.frames)[:, None]
    corner = (corner * (room + 1)).long().clamp(max=room).to(device)
    tile = (tile * tiles.shape[1]).long().clamp(max=tiles.shape[1] - 1).to(device)
    kind = torch.tensor(table["texture"].to_numpy()).to(device)[:, None]
    crops = tiles.unfold(2, settings.size, 1).unfold(3, settings.size, 1)  # views: every crop of every tile
    return 0.5 + settings.background.contrast * (crops[kind, tile, corner[..., 0], corner[..., 1]] - 0.5)

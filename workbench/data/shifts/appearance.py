"""Shifts of what things look like: colours, contrast, background."""

from __future__ import annotations

import torch
from torch import Tensor

from workbench.data.backgrounds import photo_backgrounds, video_backgrounds
from workbench.data.draws import Draws
from workbench.data.shifts.base import SHIFTS, Shift

BLENDED = (0.12, 0.24, 0.36, 0.48, 0.6)  # share of the background: the clip stays in sight
REPLACED = (0.2, 0.4, 0.6, 0.8, 1.0)  # behind a sprite


def _palette_swap(clips: Tensor, degrees: float, draws: Draws) -> Tensor:
    """Turn the hue of every pixel, to one side or the other; its value and saturation stay, grey stays grey."""
    turn = torch.where(draws.uniform(1, 1, 1) < 0.5, -1.0, 1.0) * degrees / 60
    values = clips.float()
    high, low = values.amax(-1, keepdim=True), values.amin(-1, keepdim=True)
    span = (high - low).clamp(min=1)
    red, green, blue = ((values - low) / span).unbind(-1)
    # Hue in sixths of the circle (0: red, 2: green, 4: blue), by the largest channel.
    hue = torch.where(
        (red >= green) & (red >= blue), green - blue, torch.where(green >= blue, blue - red + 2, red - green + 4)
    )
    sector = (hue + turn)[..., None] - torch.tensor([0.0, 2.0, 4.0], device=clips.device)
    distance = ((sector + 3) % 6 - 3).abs()  # of each primary from the hue: full within 1, gone from 2 on
    return low + (high - low) * (2 - distance).clamp(0, 1)


def _inverted_contrast(clips: Tensor, share: float, draws: Draws) -> Tensor:
    """The brightest pixels of the clip (by their largest channel) become their negatives; those of equal value together."""
    value = clips.amax(-1)
    counts = torch.zeros(len(clips), 256, device=clips.device)
    flat = value.flatten(1).long()
    counts.scatter_add_(1, flat, torch.ones_like(flat, dtype=torch.float32))
    above = counts.flip(1).cumsum(1).flip(1)  # pixels of this value and brighter
    threshold = (above >= share * flat.shape[1]).sum(1) - 1
    return torch.where((value >= threshold[:, None, None, None])[..., None], 255 - clips, clips)


def background(name: str, clips: Tensor, draws: Draws, folder: str | None = None) -> Tensor:
    """Backgrounds of `photo_background` or `video_background` for the clips: float32 (n, T or 1, H, W, 3)."""
    frames, height, width = clips.shape[1:4]
    drawn = draws.uniform(4)
    if name == "photo_background":
        return photo_backgrounds(drawn, height, width)[:, None].float()
    return video_backgrounds(drawn, frames, height, width, folder).float()


def _photo(clips: Tensor, share: float, draws: Draws) -> Tensor:
    return torch.lerp(clips.float(), background("photo_background", clips, draws), share)


def _video(clips: Tensor, share: float, draws: Draws) -> Tensor:
    return torch.lerp(clips.float(), background("video_background", clips, draws), share)


SHIFTS.add(
    "palette_swap",
    Shift("appearance", "hues turned round the colour circle; degrees", "psnr", (36, 72, 108, 144, 180), _palette_swap),
)
SHIFTS.add(
    "inverted_contrast",
    Shift(
        "appearance",
        "negative, brightest pixels first; their share",
        "psnr",
        (0.03, 0.07, 0.2, 0.5, 1),
        _inverted_contrast,
    ),
)
SHIFTS.add("photo_background", Shift("appearance", "a photograph mixed in; its share", "psnr", BLENDED, _photo))
SHIFTS.add("video_background", Shift("appearance", "a natural video mixed in; its share", "psnr", BLENDED, _video))

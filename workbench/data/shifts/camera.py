"""Movements of the camera. What comes into sight is the picture mirrored at its edge; in between, bilinear.

Directions of motion in the workbench's benchmarks are 45° apart, so a camera tilted by up to 20° leaves each the nearest
to its own name. The background goes with the camera: what moves right of it still does.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.data.draws import Draws
from workbench.data.shifts.base import SHIFTS, Shift, from_planes, planes


def _rotation(clips: Tensor, degrees: float, draws: Draws) -> Tensor:
    """The camera is tilted to one side through the clip."""
    angle = torch.where(draws.uniform(1) < 0.5, -1.0, 1.0) * math.radians(degrees)
    height, width = clips.shape[2:4]
    y, x = (torch.arange(size, device=clips.device) - (size - 1) / 2 for size in (height, width))
    cos, sin = angle.cos()[..., None], angle.sin()[..., None]
    rows = y[:, None] * cos - x * sin + (height - 1) / 2
    columns = x * cos + y[:, None] * sin + (width - 1) / 2
    return from_planes(_sampled(planes(clips), rows, columns))


def _translation(clips: Tensor, share: float, draws: Draws) -> Tensor:
    """The camera pans steadily in one direction; half-way through the clip the picture is in its place."""
    angle = draws.uniform(1) * 2 * math.pi
    way = torch.linspace(-0.5, 0.5, clips.shape[1], device=clips.device) * share * min(clips.shape[2:4])
    return _moved(clips, angle.sin() * way, angle.cos() * way)


def _shake(clips: Tensor, share: float, draws: Draws) -> Tensor:
    """The picture jumps to another place in every frame."""
    down, across = (draws.normal(2, clips.shape[1]) * share * min(clips.shape[2:4])).unbind(1)
    return _moved(clips, down, across)


def _moved(clips: Tensor, down: Tensor, across: Tensor) -> Tensor:
    """Move the window of every frame by pixels: both (clips, frames)."""
    height, width = clips.shape[2:4]
    rows = (torch.arange(height, device=clips.device) + down.reshape(-1, 1))[:, :, None].expand(-1, -1, width)
    columns = (torch.arange(width, device=clips.device) + across.reshape(-1, 1))[:, None].expand(-1, height, -1)
    values = clips.flatten(0, 1).movedim(-1, 1).float()
    return _sampled(values, rows, columns).movedim(1, -1).reshape(clips.shape)


def _sampled(values: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Values (m, planes, H, W) at pixels `rows`, `columns` (m, H, W)."""
    height, width = values.shape[-2:]
    grid = torch.stack([(2 * columns + 1) / width - 1, (2 * rows + 1) / height - 1], -1)
    return F.grid_sample(values, grid, mode="bilinear", padding_mode="reflection", align_corners=False)


SHIFTS.add(
    "rotation", Shift("camera", "the camera tilted to one side; degrees", "displaced", (4, 8, 12, 16, 20), _rotation)
)
SHIFTS.add(
    "translation",
    Shift(
        "camera",
        "a steady pan; its way over the clip as a share of the frame",
        "displaced",
        (0.05, 0.1, 0.15, 0.2, 0.25),
        _translation,
    ),
)
SHIFTS.add(
    "shake",
    Shift(
        "camera",
        "another place in every frame; the standard deviation as a share of the frame",
        "displaced",
        (0.015, 0.03, 0.05, 0.075, 0.1),
        _shake,
    ),
)

"""Blurs of each frame. Lengths are pixels of a frame of 32 pixels and grow with the frame; edges are mirrored."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.data.draws import Draws
from workbench.data.shifts.base import SHIFTS, Shift, from_planes, pixels_per, planes

ZOOMS = 16


def _motion(clips: Tensor, length: float, draws: Draws) -> Tensor:
    """Blur along a line whose direction is the clip's own."""
    length = length * pixels_per(clips)
    half = math.ceil(length / 2)
    angle = draws.uniform(1, 1) * math.pi
    along = torch.linspace(-length / 2, length / 2, 4 * half + 1, device=clips.device)[:, None]
    grid = torch.arange(-half, half + 1, device=clips.device)
    # Points of the line, shared out to the pixels around each: (clips, points, kernel), down and across.
    down, across = ((1 - (along * f(angle) - grid).abs()).clamp(min=0) for f in (torch.sin, torch.cos))
    return _convolved(clips, down.mT @ across)


def _defocus(clips: Tensor, radius: float, draws: Draws) -> Tensor:
    """Blur by a disc with a soft edge."""
    radius = radius * pixels_per(clips)
    grid = torch.arange(-math.ceil(radius), math.ceil(radius) + 1.0, device=clips.device)
    return _convolved(clips, (radius + 0.5 - torch.hypot(*torch.meshgrid(grid, grid, indexing="ij"))).clamp(0, 1)[None])


def _convolved(clips: Tensor, kernels: Tensor) -> Tensor:
    """Convolve each clip with its kernel (clips or 1, K, K), K odd, divided by its sum; by Fourier, whatever its size."""
    half = kernels.shape[-1] // 2
    values = F.pad(planes(clips), (half, half, half, half), mode="reflect")
    size = values.shape[-2:]
    weights = torch.fft.rfft2(kernels / kernels.sum((-2, -1), keepdim=True), s=size)
    result = torch.fft.irfft2(torch.fft.rfft2(values) * weights[:, None], s=size)
    return from_planes(result[..., 2 * half :, 2 * half :])


def _zoom(clips: Tensor, factor: float, draws: Draws) -> Tensor:
    """Mean of the frame at zooms from 1 to `factor` about its centre, in steps of a pixel at the edge, or `ZOOMS` of them."""
    values = planes(clips)
    height, width = values.shape[-2:]
    steps = min(math.ceil(max(height, width) / 2 * (1 - 1 / factor)) + 2, ZOOMS)
    zooms = torch.linspace(1, factor, steps).tolist()
    mean = torch.zeros_like(values)
    for zoom in zooms:
        mean += _enlarging(height, zoom, values) @ values @ _enlarging(width, zoom, values).T
    return from_planes(mean / steps)


def _enlarging(size: int, zoom: float, like: Tensor) -> Tensor:
    """Matrix (size, size) that enlarges a line about its centre, by linear interpolation."""
    place = torch.arange(size, device=like.device, dtype=like.dtype)
    source = (place - (size - 1) / 2) / zoom + (size - 1) / 2
    return (1 - (source[:, None] - place).abs()).clamp(min=0)


SHIFTS.add(
    "motion_blur",
    Shift(
        "blur",
        "blur along a line of the clip's own direction; its length in pixels of 32",
        "psnr",
        (2.5, 4.5, 6.5, 9, 12),
        _motion,
    ),
)
SHIFTS.add(
    "defocus", Shift("blur", "blur by a disc; its radius in pixels of 32", "psnr", (1, 1.5, 2.1, 2.8, 3.6), _defocus)
)
SHIFTS.add("zoom", Shift("blur", "blur from zooming in; the largest zoom", "psnr", (1.1, 1.2, 1.3, 1.42, 1.56), _zoom))

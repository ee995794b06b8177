"""Random changes to training clips on the device of the step: a crop resized to the whole frame, and a mirror image.

Off by default. A mirror image exchanges left and right: where those are labels, as in the motion benchmarks and in
Something-Something, a mirrored clip carries a wrong label. A crop changes speeds and places in proportion to its size.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.config import AugmentSettings
from workbench.distributed import share_of
from workbench.files import content_key

ELEMENTS = 1 << 26  # floats that are resampled at a time, so that large clips need little memory beside themselves


@dataclass(frozen=True)
class Augmentation:
    """What happens to the clips of a batch, one draw a clip; None: nothing.

    `boxes` float (batch, 4) are left, top, width and height of the crops as shares of the frame; `mirrored` bool (batch,).
    """

    boxes: Tensor | None
    mirrored: Tensor | None

    def share(self, rank: int, processes: int) -> Augmentation:
        """The part that process `rank` of `processes` applies to its clips of a joint batch."""
        parts = (share_of(part, rank, processes) if part is not None else None for part in (self.boxes, self.mirrored))
        return Augmentation(*parts)


def draw_augmentation(settings: AugmentSettings, batch: int, seed: int, step: int) -> Augmentation:
    """The draws for the joint batch of one step, on the CPU: a function of seed and step, so a resumed run sees the same.

    A crop's area is uniform in `scale`; its aspect is log-uniform in the part of `aspect` at which a box of that area fits.
    """
    if settings.scale == (1.0, 1.0) and not settings.flip:
        return Augmentation(None, None)
    generator = torch.Generator().manual_seed(int(content_key("augment", seed, step, length=15), 16))
    area, aspect, x, y, flip = torch.rand(5, batch, generator=generator)
    boxes = None
    if settings.scale != (1.0, 1.0):
        low, high = settings.scale
        area = low + (high - low) * area
        least = area.clamp(min=settings.aspect[0]).log()
        most = (1 / area).clamp(max=settings.aspect[1]).log()
        ratio = (least + (most - least) * aspect).exp()
        width, height = (area * ratio).sqrt().clamp(max=1), (area / ratio).sqrt().clamp(max=1)
        boxes = torch.stack([x * (1 - width), y * (1 - height), width, height], 1)
    return Augmentation(boxes, flip < settings.flip if settings.flip else None)


def augment(clips: Tensor, drawn: Augmentation) -> Tensor:
    """Apply `drawn` to uint8 clips (batch, T, H, W, 3), the same to all frames of a clip; gives uint8 of the same shape."""
    if drawn.boxes is not None:
        boxes = drawn.boxes.to(clips.device, non_blocking=True)
        count = max(ELEMENTS // clips[0].numel(), 1)
        parts = zip(clips.split(count), boxes.split(count), strict=True)
        clips = torch.cat([_resized(part, inside) for part, inside in parts])
    if drawn.mirrored is not None:
        mirrored = drawn.mirrored.to(clips.device, non_blocking=True)
        clips = torch.where(mirrored[:, None, None, None, None], clips.flip(3), clips)
    return clips


def _resized(clips: Tensor, boxes: Tensor) -> Tensor:
    """The box of each clip, bilinearly resized to the whole frame. Boxes only enlarge, so nothing is to be averaged."""
    batch, frames, height, width, colours = clips.shape
    left, top, wide, high = boxes.unbind(1)
    theta = torch.zeros(batch, 2, 3, device=clips.device)
    theta[:, 0, 0], theta[:, 0, 2] = wide, 2 * left + wide - 1
    theta[:, 1, 1], theta[:, 1, 2] = high, 2 * top + high - 1
    flat = clips.permute(0, 1, 4, 2, 3).reshape(batch, frames * colours, height, width).float()
    grid = F.affine_grid(theta, list(flat.shape), align_corners=False)
    found = F.grid_sample(flat, grid, mode="bilinear", padding_mode="border", align_corners=False)
    found = found.round_().clamp_(0, 255).to(torch.uint8).view(batch, frames, colours, height, width)
    return found.permute(0, 1, 3, 4, 2).contiguous()

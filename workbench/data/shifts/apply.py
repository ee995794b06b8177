"""Applying a shift to clips of any source: a batch at once, or a clip set batch by batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from workbench.data.draws import Draws
from workbench.data.shifts.appearance import REPLACED, background
from workbench.data.shifts.base import SEVERITIES, SHIFTS
from workbench.data.shifts.temporal import LEAST_FRAMES
from workbench.errors import UnknownName, WorkbenchError

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet

Ids = Sequence[int] | np.ndarray | Tensor


def apply_shift(clips: Tensor | np.ndarray, name: str, severity: int, seed: int = 0, ids: Ids | None = None) -> Tensor:
    """The clips, shifted: uint8 (n, T, H, W, 3) on the device they are on (arrays: the CPU); what is given stays as it is.

    `ids` names the clips (by default 0, 1, …): what happens to one depends on its id, its pixels, the shift and the seed,
    not on its batch. `severity` is 1 to 5; clean clips are those given.
    """
    shift, number = SHIFTS[name], _checked_severity(severity, name)
    batch = _checked_clips(clips)
    if shift.family == "temporal" and batch.shape[1] < LEAST_FRAMES:
        raise WorkbenchError(
            f"The shift '{name}' needs clips of at least {LEAST_FRAMES} frames; these have {batch.shape[1]}."
        )
    draws = Draws(name, seed, _checked_ids(ids, batch))
    return _bytes(shift.apply(batch, shift.levels[number - 1], draws)) if len(batch) else batch


def shifted(
    clips: ClipSet, name: str, severity: int, seed: int = 0, batch: int = 64, device: str | torch.device = "cpu"
) -> Iterator[Tensor]:
    """The clips of a set, shifted, in batches in their order: uint8 (≤ batch, T, H, W, 3). One batch is in memory at a time."""
    ids = torch.tensor(clips.table["clip"].to_numpy(np.int64))
    for start in range(0, len(clips), batch):
        part = torch.from_numpy(np.array(clips.clips[start : start + batch])).to(device)
        yield apply_shift(part, name, severity, seed, ids[start : start + batch])


def replace_background(
    clips: Tensor | np.ndarray,
    alpha: Tensor,
    name: str,
    severity: int,
    seed: int = 0,
    ids: Ids | None = None,
    folder: str | None = None,
) -> Tensor:
    """Another background behind sprites of known opacity: as `apply_shift` with 'photo_background' or 'video_background'.

    `alpha` (n, T, H, W) in [0, 1] is the sprite's opacity (`render.sprite_alpha`). Where it is 1 the clip stays; behind it the
    share of the new background is 0.2 to 1 by severity, so at 5 nothing of the old one is left where the sprite is not.
    At a soft edge the old background stays in part. `folder` has videos to use instead of the default ones.
    """
    if name not in ("photo_background", "video_background"):
        raise UnknownName("background", name, ("photo_background", "video_background"))
    share, batch = REPLACED[_checked_severity(severity, name) - 1], _checked_clips(clips)
    if alpha.shape != batch.shape[:4]:
        raise WorkbenchError(
            f"Clips {tuple(batch.shape)} need an opacity of shape {tuple(batch.shape[:4])}, not {tuple(alpha.shape)}."
        )
    new = background(name, batch, Draws(name, seed, _checked_ids(ids, batch)), folder)
    return _bytes(torch.lerp(batch.float(), new, share * (1 - alpha.to(batch.device))[..., None]))


def _bytes(values: Tensor) -> Tensor:
    return values if values.dtype == torch.uint8 else values.round().clamp_(0, 255).to(torch.uint8)


def _checked_severity(severity: int, name: str) -> int:
    if severity not in SEVERITIES:
        raise WorkbenchError(
            f"severity={severity} of the shift '{name}': give 1 to 5; without a shift, use the clips themselves."
        )
    return severity


def _checked_clips(clips: Tensor | np.ndarray) -> Tensor:
    batch = clips if isinstance(clips, Tensor) else torch.from_numpy(np.array(clips))
    if batch.dtype != torch.uint8 or batch.ndim != 5 or batch.shape[-1] != 3:
        raise WorkbenchError(f"Clips are uint8 (n, T, H, W, 3), not {batch.dtype} {tuple(batch.shape)}.")
    return batch


def _checked_ids(ids: Ids | None, batch: Tensor) -> Tensor:
    if ids is None:
        return torch.arange(len(batch), device=batch.device)
    found = ids if isinstance(ids, Tensor) else torch.from_numpy(np.array(ids))
    if found.shape != (len(batch),) or found.is_floating_point():
        raise WorkbenchError(
            f"{len(batch)} clips need as many whole numbers as ids, not {found.dtype} {tuple(found.shape)}."
        )
    return found.to(batch.device, torch.int64)

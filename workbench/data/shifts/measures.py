"""How much a shift has done, on pixels."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from workbench.data.shifts.base import SHIFTS
from workbench.errors import WorkbenchError
from workbench.registry import Registry


@dataclass(frozen=True)
class Measure:
    """`of(clean, shifted)` in `unit` for float64 batches (n, T, H, W, 3); `rises`: more is a stronger shift."""

    title: str
    unit: str
    rises: bool
    of: Callable[[Tensor, Tensor], float]


MEASURES: Registry[Measure] = Registry("measure")


def measure(name: str, clean: Tensor | np.ndarray, shifted: Tensor | np.ndarray) -> float:
    """How much the shift `name` did to a batch, by the measure of its entry. Both uint8 (n, T, H, W, 3)."""
    if clean.shape != shifted.shape or len(clean) == 0:
        raise WorkbenchError(
            f"Clean clips {tuple(clean.shape)} and shifted ones {tuple(shifted.shape)} do not pair up."
        )
    return MEASURES[SHIFTS[name].measure].of(*(_double(clips) for clips in (clean, shifted)))


def _double(clips: Tensor | np.ndarray) -> Tensor:
    return clips.double() if isinstance(clips, Tensor) else torch.from_numpy(clips.astype(np.float64))


def _psnr(clean: Tensor, shifted: Tensor) -> float:
    error = float((shifted - clean).square().mean())
    return 10 * math.log10(255**2 / error) if error > 0 else math.inf


def _displaced(clean: Tensor, shifted: Tensor) -> float:
    own = clean.mean((1, 2, 3), keepdim=True)
    energy = torch.sum((clean - own) ** 2)
    return float(torch.sum((shifted - clean) ** 2) / energy.clamp(min=1))


# Of the batch as a whole, so that a clip that a shift leaves as it is (a grey one by its hue) counts and spoils nothing.
MEASURES.add("psnr", Measure("peak signal-to-noise ratio, from the mean square error of all clips", "dB", False, _psnr))
MEASURES.add(
    "displaced", Measure("energy of the change over that of the clips about their mean colour", "", True, _displaced)
)

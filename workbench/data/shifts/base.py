"""The registry of the shifts, and what their families share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from workbench.data.draws import Draws
from workbench.registry import Registry

SEVERITIES = (1, 2, 3, 4, 5)

Apply = Callable[[Tensor, float, Draws], Tensor]


@dataclass(frozen=True)
class Shift:
    """A shift. `levels` are its strengths by severity, in the unit that `title` names; `measure` is one of `MEASURES`.

    `apply` gets uint8 clips (n, T, H, W, 3), a level and the batch's random numbers, and gives clips of that shape, uint8
    or float32 (0 to 255, values beyond are clamped afterwards).
    """

    family: str
    title: str
    measure: str
    levels: tuple[float, float, float, float, float]
    apply: Apply


SHIFTS: Registry[Shift] = Registry("shift")


def families() -> dict[str, list[str]]:
    """Family -> names of its shifts, in the order of registration."""
    found: dict[str, list[str]] = {}
    for name, shift in SHIFTS.items():
        found.setdefault(shift.family, []).append(name)
    return found


def planes(clips: Tensor) -> Tensor:
    """uint8 (n, T, H, W, 3) as float32 planes (n, T · 3, H, W), for filters that treat every frame of a clip alike."""
    n, frames, height, width, _ = clips.shape
    return clips.movedim(-1, 2).reshape(n, frames * 3, height, width).float()


def from_planes(values: Tensor) -> Tensor:
    """The inverse of `planes`, still float32."""
    n, count, height, width = values.shape
    return values.reshape(n, count // 3, 3, height, width).movedim(2, -1)


def pixels_per(clips: Tensor) -> float:
    """What one pixel of a frame of 32 pixels measures in these clips, by their shorter side."""
    return min(clips.shape[2:4]) / 32


def part_of(share: float, count: int) -> int:
    """A share of `count` things as a whole number, at least 1 where there is anything."""
    return min(max(round(share * count), 1), count)

"""The registry of the shifts, and the random numbers they draw: those of a clip are its own, whatever its batch."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from workbench.files import content_key
from workbench.registry import Registry

SEVERITIES = (1, 2, 3, 4, 5)
# SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014), as signed 64-bit numbers.
GAMMA, FIRST, SECOND = (
    word - 2**64 for word in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)  # fmt: skip


class Draws:
    """Random numbers for a batch: those of a clip depend on its id, the seed and the shift's name alone.

    They are counted out by SplitMix64 in whole-batch integer operations, so every device gives the same ones (normal
    ones up to rounding). Each call goes on where the one before it ended.
    """

    def __init__(self, name: str, seed: int, ids: Tensor) -> None:
        start = int(content_key("shift", name, seed), 16)
        self._keys = mixed(ids * GAMMA + (start - 2**64 if start >= 2**63 else start))
        self._drawn = 0

    def __len__(self) -> int:
        return len(self._keys)

    def uniform(self, *shape: int) -> Tensor:
        """Float32 (clips, *shape), uniform in the open interval (0, 1)."""
        count = math.prod(shape)
        return torch.cat(self._halves((count + 1) // 2), 1)[:, :count].reshape(len(self), *shape)

    def normal(self, *shape: int) -> Tensor:
        """Float32 (clips, *shape), standard normal by the transform of Box and Muller; none is beyond ±5.8."""
        count = math.prod(shape)
        first, second = self._halves((count + 1) // 2)
        radius, angle = first.log_().mul_(-2).sqrt_(), second.mul_(2 * math.pi)
        return torch.cat([radius * angle.cos(), radius * angle.sin()], 1)[:, :count].reshape(len(self), *shape)

    def _halves(self, count: int) -> tuple[Tensor, Tensor]:
        """Two uniform numbers of 23 bits from each of the next `count` words of every clip: both (clips, count)."""
        counter = torch.arange(self._drawn + 1, self._drawn + count + 1, device=self._keys.device)
        self._drawn += count
        words = mixed(self._keys[:, None] + counter * GAMMA)
        parts = [(words >> bits).bitwise_and_(2**23 - 1).float() for bits in (41, 9)]
        return parts[0].add_(0.5).mul_(2.0**-23), parts[1].add_(0.5).mul_(2.0**-23)


def mixed(words: Tensor) -> Tensor:
    """The finaliser of SplitMix64, in place: int64 words of any shape, products modulo 2⁶⁴."""
    words.bitwise_xor_(_right(words, 30)).mul_(FIRST)
    words.bitwise_xor_(_right(words, 27)).mul_(SECOND)
    return words.bitwise_xor_(_right(words, 31))


def _right(words: Tensor, bits: int) -> Tensor:
    return (words >> bits).bitwise_and_(2 ** (64 - bits) - 1)  # the sign is not carried along


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

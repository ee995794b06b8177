"""Random numbers for batches of clips: those of a clip are its own, whatever batch it is in."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from workbench.files import content_key

# SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014), as signed 64-bit numbers.
GAMMA, FIRST, SECOND = (
    word - 2**64 for word in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)  # fmt: skip


class Draws:
    """Random numbers for a batch: those of a clip depend on its id, the seed and the name of what draws alone.

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

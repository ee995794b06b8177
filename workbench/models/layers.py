"""Transformer parts shared by encoder and predictor: 3-D rotary positions, attention, blocks, tubelets."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def rope_axes(head_width: int) -> tuple[int, int, int]:
    """Number of rotated channel pairs for (t, h, w); they use up the head width, time gets the remainder."""
    pairs = head_width // 2
    space = pairs // 3
    return pairs - 2 * space, space, space


def rope_table(grid: tuple[int, int, int], head_width: int, base: float = 100.0) -> Tensor:
    """Angles of the 3-D rotary position of every token: (t·h·w, head_width/2).

    Each axis rotates its own channel pairs, as in V-JEPA 2. `base` is small because grids here have tens of steps.
    """
    axes = torch.meshgrid(*(torch.arange(n, dtype=torch.float32) for n in grid), indexing="ij")
    angles = []
    for position, pairs in zip(axes, rope_axes(head_width), strict=True):
        frequency = base ** (-torch.arange(pairs, dtype=torch.float32) / max(pairs, 1))
        angles.append(position.reshape(-1, 1) * frequency)
    return torch.cat(angles, -1)


def rope_factors(grid: tuple[int, int, int], head_width: int) -> Tensor:
    """Cosines and sines laid out for `rotate`: (2, t·h·w, head_width); sines carry the sign of the first half."""
    angle = rope_table(grid, head_width)
    return torch.stack([angle.cos().repeat(1, 2), torch.cat([-angle.sin(), angle.sin()], -1)])


def rotate(x: Tensor, rope: Tensor) -> Tensor:
    """Rotate channel pairs (i, i + width/2) of `x` (…, n, width) by `rope` (2, …, n, width), broadcast."""
    first, second = x.chunk(2, dim=-1)
    return x * rope[0] + torch.cat([second, first], dim=-1) * rope[1]


def gather_tokens(tokens: Tensor, index: Tensor) -> Tensor:
    """Pick tokens: `tokens` (batch, n, width), `index` (batch, k) -> (batch, k, width)."""
    return tokens.gather(1, index[..., None].expand(-1, -1, tokens.shape[-1]))


def tubelets(clips: Tensor, tubelet: int, patch: int) -> Tensor:
    """Cut clips (batch, T, H, W, C) into tokens (batch, t·h·w, tubelet·patch·patch·C), t slowest and w fastest."""
    b, frames, height, width, channels = clips.shape
    t, h, w = frames // tubelet, height // patch, width // patch
    x = clips.reshape(b, t, tubelet, h, patch, w, patch, channels)
    return x.permute(0, 1, 3, 5, 2, 4, 6, 7).reshape(b, t * h * w, -1)


class Attention(nn.Module):
    """Multi-head self-attention with rotary positions."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, rope: Tensor) -> Tensor:
        """`x` (batch, n, width) and `rope` (2, batch or 1, 1, 1, n, head width) -> (batch, n, width)."""
        b, n, width = x.shape
        qk, v = self.qkv(x).reshape(b, n, 3, self.heads, -1).permute(0, 2, 3, 1, 4).split([2, 1], dim=1)
        q, k = rotate(qk, rope).unbind(1)  # queries and keys turn by the same angles: one call for both
        y = F.scaled_dot_product_attention(q, k, v[:, 0])
        return self.out(y.transpose(1, 2).reshape(b, n, width))


class Block(nn.Module):
    """Pre-norm transformer block."""

    def __init__(self, width: int, heads: int, mlp_ratio: float = 4.0) -> None:
        super().__init__()
        hidden = int(width * mlp_ratio)
        self.norm1 = nn.LayerNorm(width)
        self.attention = Attention(width, heads)
        self.norm2 = nn.LayerNorm(width)
        self.up = nn.Linear(width, hidden)
        self.down = nn.Linear(hidden, width)

    def forward(self, x: Tensor, rope: Tensor) -> Tensor:
        """(batch, n, width) -> (batch, n, width)."""
        x = x + self.attention(self.norm1(x), rope)
        return x + self.down(F.gelu(self.up(self.norm2(x))))


def initialise(module: nn.Module) -> None:
    """Truncated normal weights and zero biases as in V-JEPA; output layers shrink with depth.

    V-JEPA's deviation of 0.02 is for a width of 768. It is scaled by √(768/inputs), so that a narrow model starts with
    signals of the same size; at 0.02 the blocks of a 96-wide one would start close to doing nothing.
    """
    for part in module.modules():
        if isinstance(part, nn.Linear):
            nn.init.trunc_normal_(part.weight, std=0.02 * (768 / part.in_features) ** 0.5)
            if part.bias is not None:
                nn.init.zeros_(part.bias)
    blocks = [part for part in module.modules() if isinstance(part, Block)]
    with torch.no_grad():
        for depth, block in enumerate(blocks, start=1):
            block.attention.out.weight.div_((2 * depth) ** 0.5)
            block.down.weight.div_((2 * depth) ** 0.5)

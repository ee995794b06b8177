"""The compact spatio-temporal vision transformer that is trained and probed."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from workbench.models.layers import Block, gather_tokens, initialise, rope_factors


class Encoder(nn.Module):
    """ViT over tubelets with 3-D rotary positions; tokens that are not visible never enter the blocks.

    `grid` is (t, h, w); `pixels` is the number of values in one tubelet (tubelet · patch² · channels). The latent is the
    output of `levels` blocks, evenly spaced up to the last, each through a layer norm of its own, side by side: the study
    trains on blocks 2, 5, 8 and 11 of 12 (OBJECTIVES). `latent_width` is its number of channels, levels · width.
    """

    rope: Tensor

    def __init__(
        self,
        *,
        grid: tuple[int, int, int],
        pixels: int,
        width: int,
        depth: int,
        heads: int,
        mlp_ratio: float = 4.0,
        levels: int = 1,
    ) -> None:
        super().__init__()
        self.grid, self.width, self.latent_width = grid, width, levels * width
        self.embed = nn.Linear(pixels, width)
        self.blocks = nn.ModuleList(Block(width, heads, mlp_ratio) for _ in range(depth))
        self.level_blocks = tuple(level * depth // levels - 1 for level in range(1, levels + 1))
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(levels))
        self.register_buffer("rope", rope_factors(grid, width // heads), persistent=False)
        initialise(self)

    def forward(self, tubes: Tensor, visible: Tensor | None = None) -> Tensor:
        """`tubes` (batch, t·h·w, pixels) -> tokens (batch, k, latent_width); k = t·h·w, or the number of `visible` (batch, k) indices."""
        if visible is None:
            rope = self.rope[:, None, None, None]
        else:
            tubes = gather_tokens(tubes, visible)
            rope = self.rope[:, visible][:, :, None, None]
        x = self.embed(tubes)
        levels: list[Tensor] = []
        for depth, block in enumerate(self.blocks):
            x = block(x, rope)
            if depth in self.level_blocks:
                levels.append(self.norms[len(levels)](x))
        return levels[0] if len(levels) == 1 else torch.cat(levels, -1)

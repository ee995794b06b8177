"""The compact spatio-temporal vision transformer that is trained and probed."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.models.layers import Block, gather_tokens, initialise, rope_factors


class Encoder(nn.Module):
    """ViT over tubelets with 3-D rotary positions; tokens that are not visible never enter the blocks.

    `grid` is (t, h, w); `pixels` is the number of values in one tubelet (tubelet · patch² · channels).
    """

    rope: Tensor

    def __init__(
        self, *, grid: tuple[int, int, int], pixels: int, width: int, depth: int, heads: int, mlp_ratio: float = 4.0
    ) -> None:
        super().__init__()
        self.grid, self.width = grid, width
        self.embed = nn.Linear(pixels, width)
        self.blocks = nn.ModuleList(Block(width, heads, mlp_ratio) for _ in range(depth))
        self.norm = nn.LayerNorm(width)
        self.register_buffer("rope", rope_factors(grid, width // heads), persistent=False)
        initialise(self)

    def forward(self, tubes: Tensor, visible: Tensor | None = None) -> Tensor:
        """`tubes` (batch, t·h·w, pixels) -> tokens (batch, k, width); k = t·h·w, or the number of `visible` (batch, k) indices."""
        if visible is None:
            rope = self.rope[:, None, None, None]
        else:
            tubes = gather_tokens(tubes, visible)
            rope = self.rope[:, visible][:, :, None, None]
        x = self.embed(tubes)
        for block in self.blocks:
            x = block(x, rope)
        return self.norm(x)

    def levels(self, tubes: Tensor, count: int) -> Tensor:
        """Mean of the last `count` blocks' outputs at every token, each layer-normed: (batch, t·h·w, width).

        Early blocks keep the target close to the pixels (data2vec, arXiv 2202.03555, averages blocks likewise).
        """
        rope = self.rope[:, None, None, None]
        x = self.embed(tubes)
        total = torch.zeros_like(x)
        for depth, block in enumerate(self.blocks):
            x = block(x, rope)
            if depth >= len(self.blocks) - count:
                total = total + F.layer_norm(x, x.shape[-1:])
        return total / count

"""The narrow transformer that predicts the teacher's tokens from the context encoder's."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from workbench.models.layers import Block, initialise, rope_factors


class Predictor(nn.Module):
    """Sees the context tokens and a mask token at every position to predict; outputs at both.

    `grid` is (t, h, w), `width` the encoder's width, `inner` the predictor's own.
    """

    rope: Tensor

    def __init__(self, *, grid: tuple[int, int, int], width: int, inner: int, depth: int, heads: int) -> None:
        super().__init__()
        self.embed = nn.Linear(width, inner)
        self.mask_token = nn.Parameter(torch.zeros(inner))
        self.blocks = nn.ModuleList(Block(inner, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(inner)
        self.out = nn.Linear(inner, width)
        self.register_buffer("rope", rope_factors(grid, inner // heads), persistent=False)
        initialise(self)
        nn.init.trunc_normal_(self.mask_token, std=0.02)

    def forward(self, context: Tensor, visible: Tensor, predicted: Tensor) -> tuple[Tensor, Tensor]:
        """`context` (batch, k, width) at `visible` (batch, k) -> tokens at `visible` and at `predicted` (batch, m)."""
        b, k, _ = context.shape
        mask_tokens = self.mask_token.to(context.dtype).expand(b, predicted.shape[1], -1)
        x = torch.cat([self.embed(context), mask_tokens], 1)
        rope = self.rope[:, torch.cat([visible, predicted], 1)][:, :, None, None]
        for block in self.blocks:
            x = block(x, rope)
        x = self.out(self.norm(x))
        return x[:, :k], x[:, k:]

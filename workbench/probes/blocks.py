"""V-JEPA 2's attentive probe: three self-attention blocks, one cross-attention block with a learned query, a linear layer.

Twenty heads (its grid of learning rates and weight decays) of every factor are trained in one pass over the features. It
costs some 100 times the light probe's arithmetic a token, which a GPU hardly notices and a CPU does.
Source: facebookresearch/vjepa2, `AttentivePooler` and `AttentiveClassifier`. As there: pre-norm blocks with MLPs of four
times the width, no projection after the cross-attention, weights of std 0.02 and the last layer of each block's two
branches divided by √(2·depth), the cross-attention counting as the first. A LayerNorm stands before the linear layer (shared/DIAGNOSTICS.md), which theirs lacks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.probes.base import PROBES, TOGETHER, ProbeOutcome, ProbeTask
from workbench.probes.grid import GRID, Setting, train_grid

DEPTH = 3  # self-attention blocks before the cross-attention
MOST_HEADS = 16
RATIO = 4


def heads_of(width: int) -> int:
    """Attention heads of a probe on tokens of `width` channels: 16, or the largest divisor of the width below."""
    return next(heads for heads in range(MOST_HEADS, 0, -1) if width % heads == 0)


class SelfBlock(nn.Module):
    """Pre-norm transformer block."""

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.heads = heads_of(width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.projection = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = _mlp(width)
        _start(self, self.projection, self.mlp[2], depth=depth)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, n, D) to the same."""
        query, key, value = self.qkv(self.norm1(x)).chunk(3, -1)
        x = x + self.projection(_attention(query, key, value, self.heads))
        return x + self.mlp(self.norm2(x))


class CrossBlock(nn.Module):
    """A learned query attends to all tokens; residuals around attention and MLP."""

    def __init__(self, width: int, depth: int) -> None:
        super().__init__()
        self.heads = heads_of(width)
        self.token = nn.Parameter(nn.init.trunc_normal_(torch.empty(1, 1, width), std=0.02))
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key_value = nn.Linear(width, width), nn.Linear(width, 2 * width)
        self.mlp = _mlp(width)
        _start(self, self.mlp[2], depth=depth)

    def forward(self, x: Tensor) -> Tensor:
        """(batch, n, D) to (batch, D)."""
        key, value = self.key_value(self.norm1(x)).chunk(2, -1)
        token = self.token.expand(len(x), -1, -1)
        token = token + _attention(self.query(token), key, value, self.heads)
        return (token + self.mlp(self.norm2(token)))[:, 0]


class BlockHead(nn.Module):
    """One head: tokens (batch, n, D) to logits (batch, classes)."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.blocks = nn.Sequential(*(SelfBlock(width, at + 2) for at in range(DEPTH)))
        self.pool = CrossBlock(width, 1)
        self.norm = nn.LayerNorm(width)
        self.classifier = nn.Linear(width, classes)
        _start(self.classifier)

    def forward(self, x: Tensor) -> Tensor:
        """Logits."""
        return self.classifier(self.norm(self.pool(self.blocks(x))))


class BlockHeads:
    """The heads of every factor and setting; each is a module of its own, for its matrix products fill a processor."""

    def __init__(self, heads: Mapping[str, list[BlockHead]]) -> None:
        self.heads = heads

    @classmethod
    def start(cls, tasks: Mapping[str, ProbeTask], settings: int) -> BlockHeads:
        """Equal starts for every setting: that of a head of its own seed, whatever the other factors are."""
        heads: dict[str, list[BlockHead]] = {}
        for name, task in tasks.items():
            heads[name] = []
            for _ in range(settings):
                with torch.random.fork_rng():
                    torch.manual_seed(task.seed)
                    heads[name].append(BlockHead(task.train.features.tokens.shape[-1], task.classes))
        return cls(heads)

    def groups(self) -> list[list[Tensor]]:
        """Parameters of the heads of each setting."""
        return [[p for head in each for p in head.parameters()] for each in zip(*self.heads.values(), strict=True)]

    def learn(self, x: Tensor, labels: Mapping[str, Tensor]) -> None:
        """Gradients of every head's mean loss; one head after the other, so that memory is that of one."""
        for name, heads in self.heads.items():
            for head in heads:
                head.zero_grad()
                F.cross_entropy(head(x), labels[name]).backward()

    def scores(self, x: Tensor) -> dict[str, Tensor]:
        """Logits (settings, batch, classes) of every factor."""
        return {name: torch.stack([head(x) for head in heads]) for name, heads in self.heads.items()}

    def chosen(self, setting: Mapping[str, int]) -> BlockHeads:
        """For every factor only the head of one setting."""
        return BlockHeads({name: [heads[setting[name]]] for name, heads in self.heads.items()})


@PROBES.register("attentive_blocks")
def attentive_blocks(task: ProbeTask) -> ProbeOutcome:
    """One factor by V-JEPA 2's probe."""
    return read_blocks({"factor": task})["factor"]


@TOGETHER.register("attentive_blocks")
def read_blocks(tasks: Mapping[str, ProbeTask], grid: tuple[Setting, ...] = GRID) -> dict[str, ProbeOutcome]:
    """Outcome of every factor, by the setting best on validation. The tasks share features, seed and settings."""
    return fit_blocks(tasks, grid)[0]


def fit_blocks(
    tasks: Mapping[str, ProbeTask], grid: tuple[Setting, ...] = GRID
) -> tuple[dict[str, ProbeOutcome], pd.DataFrame]:
    """As `read_blocks`, and the validation accuracy of every factor and setting: factor, lr, wd, val_accuracy."""
    epochs = next(iter(tasks.values())).settings.attentive_epochs if tasks else 0
    return train_grid(tasks, BlockHeads.start, grid, epochs)


def _mlp(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, RATIO * width), nn.GELU(), nn.Linear(RATIO * width, width))


def _attention(query: Tensor, key: Tensor, value: Tensor, heads: int) -> Tensor:
    parts = (x.unflatten(-1, (heads, -1)).transpose(1, 2) for x in (query, key, value))
    return F.scaled_dot_product_attention(*parts).transpose(1, 2).flatten(2)


def _start(module: nn.Module, *last: nn.Module, depth: int = 1) -> None:
    for each in module.modules():
        if isinstance(each, nn.Linear):
            nn.init.trunc_normal_(each.weight, std=0.02)
            nn.init.zeros_(each.bias)
    for each in last:
        assert isinstance(each, nn.Linear)
        with torch.no_grad():
            each.weight.div_(math.sqrt(2 * depth))

"""The attentive probe: a learned query attends over all tokens; every setting of the optimiser is trained in one pass.

With one query a head, the key projection folds into the query: q·(W_k x) = (W_kᵀ q)·x, and the value projection can
follow the weighted mean: Σ a·(W_v x) = W_v Σ a·x. The arithmetic is that of cross-attention, at 1/D of its cost a token,
which is what makes several learning rates and weight decays affordable on one reading of the features.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.probes.base import PROBES, Labelled, ProbeOutcome, ProbeTask

LEARNING_RATES = (1e-3, 3e-3, 1e-2)
WEIGHT_DECAYS = (0.01, 0.4)
HEADS = 4


class AttentiveHead(nn.Module):
    """Parameters of one probe: learned query, key, value and output projections, layer norm, linear classifier."""

    def __init__(self, width: int, classes: int) -> None:
        super().__init__()
        self.query = nn.Parameter(torch.randn(HEADS, width // HEADS) * 0.02)
        self.key = nn.Parameter(torch.randn(HEADS, width // HEADS, width) / math.sqrt(width))
        self.value = nn.Parameter(torch.randn(width, width) / math.sqrt(width))
        self.gain = nn.Parameter(torch.ones(width))
        self.shift = nn.Parameter(torch.zeros(width))
        self.classifier = nn.Parameter(torch.randn(classes, width) * 0.01)
        self.bias = nn.Parameter(torch.zeros(classes))


def attend(heads: list[AttentiveHead], tokens: Tensor) -> Tensor:
    """Class scores of every probe for `tokens` (batch, n, width): (probes, batch, classes)."""
    b, _, width = tokens.shape
    s = len(heads)

    def stack(name: str) -> Tensor:
        return torch.stack([getattr(head, name) for head in heads])

    query = torch.einsum("she,shed->shd", stack("query"), stack("key")) / math.sqrt(width // HEADS)
    weight = (tokens @ query.reshape(s * HEADS, width).T).softmax(1)  # (batch, n, probes·heads)
    pooled = (weight.transpose(1, 2) @ tokens).reshape(b, s, HEADS, width)
    value = stack("value").reshape(s, HEADS, width // HEADS, width)
    mixed = torch.einsum("bshd,shed->sbhe", pooled, value).reshape(s, b, width)
    mixed = F.layer_norm(mixed, (width,)) * stack("gain")[:, None] + stack("shift")[:, None]
    return torch.baddbmm(stack("bias")[:, None], mixed, stack("classifier").transpose(1, 2))


@PROBES.register("attentive")
def attentive(task: ProbeTask) -> ProbeOutcome:
    """Trains one head for each learning rate × weight decay; the one best on validation answers for the test split."""
    grid = list(product(LEARNING_RATES, WEIGHT_DECAYS))
    mean, deviation = channel_statistics(task.train)
    heads = _train(task, grid, mean, deviation)
    said = np.concatenate([block.argmax(-1).numpy() for block in _scores(heads, task.val, mean, deviation)], 1)
    correct = (said == task.val.labels).mean(1)
    best = int(correct.argmax())
    settings = task.settings
    logits = torch.cat([block[0] for block in _scores([heads[best]], task.test, mean, deviation)])
    return ProbeOutcome(
        predicted=logits.argmax(-1).numpy(),
        scores=logits.softmax(-1).numpy(),
        val_accuracy=float(correct[best]),
        choice=f"lr={grid[best][0]}, wd={grid[best][1]}",
        budget=f"{len(task.train.labels)} labelled clips, {len(grid)} settings, {settings.attentive_epochs} epochs of AdamW",
    )


def _train(task: ProbeTask, grid: list[tuple[float, float]], mean: Tensor, deviation: Tensor) -> list[AttentiveHead]:
    settings, labels = task.settings, torch.tensor(task.train.labels)
    tokens = task.train.features.tokens
    with torch.random.fork_rng():
        torch.manual_seed(task.seed)
        first = AttentiveHead(tokens.shape[-1], task.classes)
    heads = [AttentiveHead(tokens.shape[-1], task.classes) for _ in grid]
    for head in heads:  # equal starts: settings differ in nothing but their optimiser
        head.load_state_dict(first.state_dict())
    groups = [
        {"params": list(h.parameters()), "lr": lr, "weight_decay": wd} for h, (lr, wd) in zip(heads, grid, strict=True)
    ]
    optimiser = torch.optim.AdamW(groups, fused=True)
    rng = np.random.default_rng(task.seed)
    batches = math.ceil(len(labels) / settings.attentive_batch)
    total, step = settings.attentive_epochs * batches, 0
    for _ in range(settings.attentive_epochs):
        for rows in np.array_split(rng.permutation(len(labels)), batches):
            for group, (lr, _) in zip(optimiser.param_groups, grid, strict=True):
                group["lr"] = lr * 0.5 * (1 + math.cos(math.pi * step / total))
            x = (torch.from_numpy(tokens[np.sort(rows)]).float() - mean) / deviation
            y = labels[np.sort(rows)]
            scores = attend(heads, x)
            loss = F.cross_entropy(scores.flatten(0, 1), y.repeat(len(heads)), reduction="sum") / len(y)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            step += 1
    return heads


def _scores(heads: list[AttentiveHead], part: Labelled, mean: Tensor, deviation: Tensor) -> Iterator[Tensor]:
    """Logits of every probe, block by block of clips: (probes, clips, classes)."""
    tokens = part.features.tokens
    for start in range(0, len(tokens), 512):
        x = (torch.from_numpy(np.array(tokens[start : start + 512])).float() - mean) / deviation
        with torch.no_grad():
            yield attend(heads, x)


def channel_statistics(part: Labelled) -> tuple[Tensor, Tensor]:
    """Mean and deviation of every channel over all tokens, in one streamed pass."""
    tokens = part.features.tokens
    total = squares = 0.0
    for start in range(0, len(tokens), 1024):
        block = np.asarray(tokens[start : start + 1024], dtype=np.float64)
        total, squares = total + block.sum((0, 1)), squares + np.square(block).sum((0, 1))
    count = tokens.shape[0] * tokens.shape[1]
    mean = total / count
    deviation = np.sqrt(np.maximum(squares / count - mean**2, 1e-12))
    return torch.from_numpy(mean).float(), torch.from_numpy(deviation).float()

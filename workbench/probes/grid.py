"""Probes that are trained by gradients: all settings of the optimiser, for all factors, in one pass over the features.

Every batch of tokens is read and standardised once and shown to every head. The heads share nothing else: each has its
own parameters, its own AdamW and its own cosine to 0, so what it learns is what it would have learnt alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from workbench.errors import WorkbenchError
from workbench.probes.attentive import channel_statistics
from workbench.probes.base import Labelled, ProbeOutcome, ProbeTask

RATES = (1e-4, 3e-4, 1e-3, 3e-3, 5e-3)  # V-JEPA 2's grid of 20
DECAYS = (0.01, 0.1, 0.4, 0.8)


@dataclass(frozen=True)
class Setting:
    """A learning rate and a weight decay of AdamW."""

    rate: float
    decay: float

    def __str__(self) -> str:
        return f"lr={self.rate:g}, wd={self.decay:g}"


GRID = tuple(Setting(*each) for each in product(RATES, DECAYS))


class Heads(Protocol):
    """All heads of all factors: one for each factor and setting."""

    def groups(self) -> list[list[Tensor]]:
        """Parameters of the heads of each setting."""

    def learn(self, x: Tensor, labels: Mapping[str, Tensor]) -> None:
        """Leave in every parameter the gradient of its head's mean loss on standardised tokens `x` (batch, n, D)."""

    def scores(self, x: Tensor) -> dict[str, Tensor]:
        """Logits (settings, batch, classes) of every factor."""

    def chosen(self, setting: Mapping[str, int]) -> Heads:
        """For every factor only the head of one setting."""


def train_grid(
    tasks: Mapping[str, ProbeTask],
    build: Callable[[Mapping[str, ProbeTask], int], Heads],
    grid: tuple[Setting, ...],
    epochs: int,
) -> tuple[dict[str, ProbeOutcome], pd.DataFrame]:
    """Outcome of every factor by the head that is best on validation, and a table of all: factor, lr, wd, val_accuracy.

    `build` makes the heads of all factors for so many settings. Of equal settings the first is chosen. Raises where the
    tasks do not share their features, seed and budget, or one of them cannot be fitted.
    """
    first = _shared(tasks)
    standard = channel_statistics(first.train)
    heads = build(tasks, len(grid))
    train_heads(tasks, first, heads, grid, epochs, standard)
    val = _scores(heads, first.val, standard, lambda logits: logits.argmax(-1))
    correct = {name: (answers == tasks[name].val.labels).mean(1) for name, answers in val.items()}
    best = {name: int(shares.argmax()) for name, shares in correct.items()}
    test = _scores(heads.chosen(best), first.test, standard, lambda logits: logits.softmax(-1))
    budget = f"{len(first.train.labels)} labelled clips, {len(grid)} settings, {epochs} epochs of AdamW"
    outcomes = {
        name: ProbeOutcome(test[name][0].argmax(-1), test[name][0], float(correct[name][at]), str(grid[at]), budget)
        for name, at in best.items()
    }
    rows = [(name, s.rate, s.decay, share) for name in tasks for s, share in zip(grid, correct[name], strict=True)]
    return outcomes, pd.DataFrame(rows, columns=["factor", "lr", "wd", "val_accuracy"])


def batches(n: int, size: int, epochs: int, seed: int) -> Iterator[np.ndarray]:
    """Rows of every batch of all epochs, each sorted, in an order that the seed says."""
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        for rows in np.array_split(rng.permutation(n), math.ceil(n / size)):
            yield np.sort(rows)


def _shared(tasks: Mapping[str, ProbeTask]) -> ProbeTask:
    """The first task, after a look at whether all can be trained together."""
    if not tasks:
        raise WorkbenchError("There is no factor to read.")
    first, *others = tasks.values()
    for name, task in tasks.items():
        if task.continuous:
            raise WorkbenchError(f"The factor '{name}' is continuous; this probe reads classes. Use ridge.")
        task.check()
    for task in others:
        same = all(
            a.features.tokens is b.features.tokens for (_, a), (_, b) in zip(first.splits(), task.splits(), strict=True)
        )
        if not same or (task.seed, task.settings) != (first.seed, first.settings):
            raise WorkbenchError("Factors read in one pass must share their features, their seed and their settings.")
    return first


def train_heads(
    tasks: Mapping[str, ProbeTask],
    first: ProbeTask,
    heads: Heads,
    grid: tuple[Setting, ...],
    epochs: int,
    standard: tuple[Tensor, Tensor],
) -> None:
    """Train `heads`, made for `grid`, on all `tasks`; `first` is one of them, `standard` the channels' mean and deviation."""
    n, tokens = len(first.train.labels), first.train.features.tokens
    labels = {name: torch.tensor(task.train.labels) for name, task in tasks.items()}
    groups = [
        {"params": params, "lr": s.rate, "weight_decay": s.decay}
        for params, s in zip(heads.groups(), grid, strict=True)
    ]
    optimiser = torch.optim.AdamW(groups, fused=True)
    size = first.settings.attentive_batch
    total = epochs * math.ceil(n / size)
    for step, rows in enumerate(batches(n, size, epochs, first.seed)):
        for group, setting in zip(optimiser.param_groups, grid, strict=True):
            group["lr"] = setting.rate * 0.5 * (1 + math.cos(math.pi * step / total))
        heads.learn(_tokens(tokens[rows], standard), {name: of[rows] for name, of in labels.items()})
        optimiser.step()


@torch.no_grad()
def _scores(
    heads: Heads, part: Labelled, standard: tuple[Tensor, Tensor], of: Callable[[Tensor], Tensor], size: int = 128
) -> dict[str, np.ndarray]:
    """What `of` makes of the logits (settings, clips, classes) of every factor, block by block."""
    found: dict[str, list[Tensor]] = {}
    for start in range(0, len(part.labels), size):
        for name, scores in heads.scores(_tokens(part.features.tokens[start : start + size], standard)).items():
            found.setdefault(name, []).append(of(scores))
    return {name: torch.cat(blocks, 1).numpy() for name, blocks in found.items()}


def _tokens(block: np.ndarray, standard: tuple[Tensor, Tensor]) -> Tensor:
    return torch.from_numpy(np.array(block)).float().sub_(standard[0]).div_(standard[1])

"""The light attentive probe for all factors and all settings of the optimiser at once: `attentive`, V-JEPA 2's grid of 20.

A head is that of `attentive.py`. The heads of a factor lie side by side in one array a parameter, so the queries of all
of them meet a token in one matrix product; what a head costs beyond the reading is its own arithmetic, which no sharing
can spare: 8·D operations a token for each of its queries, forward and back.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from workbench.probes.attentive import HEADS, AttentiveHead
from workbench.probes.base import PROBES, TOGETHER, ProbeOutcome, ProbeTask
from workbench.probes.grid import GRID, Setting, train_grid

LOGITS = 16_000_000  # of the attention held at once; what a larger batch would need is done in pieces


@PROBES.register("attentive_grid")
def attentive_grid(task: ProbeTask) -> ProbeOutcome:
    """One factor by the light attentive probe with V-JEPA 2's 20 settings."""
    return read_many({"factor": task})["factor"]


@TOGETHER.register("attentive_grid")
def read_many(tasks: Mapping[str, ProbeTask], grid: tuple[Setting, ...] = GRID) -> dict[str, ProbeOutcome]:
    """Outcome of every factor, by the setting best on validation. The tasks share features, seed and settings."""
    return fit_many(tasks, grid)[0]


def fit_many(
    tasks: Mapping[str, ProbeTask], grid: tuple[Setting, ...] = GRID
) -> tuple[dict[str, ProbeOutcome], pd.DataFrame]:
    """As `read_many`, and the validation accuracy of every factor and setting: factor, lr, wd, val_accuracy."""
    epochs = next(iter(tasks.values())).settings.attentive_epochs if tasks else 0
    return train_grid(tasks, ManyHeads.start, grid, epochs)


class ManyHeads:
    """Heads of all settings and factors; every parameter is one array (settings, factors, …), classifiers one a factor."""

    def __init__(self, shared: dict[str, Tensor], classifiers: dict[str, dict[str, Tensor]]) -> None:
        self.shared, self.classifiers = shared, classifiers
        for value in self._arrays():
            value.requires_grad_()
        self.leaves: list[list[nn.Parameter]] = []

    @classmethod
    def start(cls, tasks: Mapping[str, ProbeTask], settings: int) -> ManyHeads:
        """Equal starts for every setting: that of a head of its own seed, whatever the other factors are."""
        heads = []
        for task in tasks.values():
            with torch.random.fork_rng():
                torch.manual_seed(task.seed)
                heads.append(AttentiveHead(task.train.features.tokens.shape[-1], task.classes).state_dict())

        def repeat(value: Tensor) -> Tensor:
            return value.expand(settings, *value.shape).clone()

        shared = {
            key: repeat(torch.stack([h[key] for h in heads])) for key in ("query", "key", "value", "gain", "shift")
        }
        classifiers = {
            name: {key: repeat(head[key]) for key in ("classifier", "bias")}
            for name, head in zip(tasks, heads, strict=True)
        }
        return cls(shared, classifiers)

    def _arrays(self) -> list[Tensor]:
        return [*self.shared.values(), *(value for each in self.classifiers.values() for value in each.values())]

    def groups(self) -> list[list[Tensor]]:
        """The parameters of every setting: views of the arrays, so that a library's optimiser moves them in place."""
        settings = len(self.shared["query"])
        self.leaves = [[nn.Parameter(value.detach()[s]) for value in self._arrays()] for s in range(settings)]
        return [list(leaves) for leaves in self.leaves]

    def learn(self, x: Tensor, labels: Mapping[str, Tensor]) -> None:
        """Gradients of every head's mean loss."""
        arrays = self._arrays()
        queries = math.prod(self.shared["query"].shape[:3])
        size = max(1, LOGITS // (queries * x.shape[1]))
        for start in range(0, len(x), size):
            losses = [
                F.cross_entropy(
                    scores.transpose(1, 2), labels[name][start : start + size].expand(len(scores), -1), reduction="sum"
                )
                for name, scores in self.scores(x[start : start + size]).items()
            ]
            (torch.stack(losses).sum() / len(x)).backward()
        for at, value in enumerate(arrays):
            gradient, value.grad = value.grad, None
            assert gradient is not None
            for s, leaves in enumerate(self.leaves):
                leaves[at].grad = gradient[s]

    def scores(self, x: Tensor) -> dict[str, Tensor]:
        """Logits (settings, batch, classes) of every factor."""
        p = self.shared
        s, f, _, _, width = p["key"].shape
        part = width // HEADS
        query = torch.einsum("sfhe,sfhed->sfhd", p["query"], p["key"]).reshape(s * f * HEADS, width) / math.sqrt(part)
        weight = (x @ query.T).softmax(1)  # (batch, n, settings·factors·heads)
        pooled = (weight.transpose(1, 2) @ x).transpose(0, 1)
        value = p["value"].reshape(s * f * HEADS, part, width)
        mixed = torch.bmm(pooled, value.transpose(1, 2)).reshape(s * f, HEADS, len(x), part)
        mixed = mixed.transpose(1, 2).reshape(s, f, len(x), width)
        mixed = F.layer_norm(mixed, (width,)) * p["gain"][:, :, None] + p["shift"][:, :, None]
        return {
            name: torch.baddbmm(own["bias"][:, None], mixed[:, at], own["classifier"].transpose(1, 2))
            for at, (name, own) in enumerate(self.classifiers.items())
        }

    def chosen(self, setting: Mapping[str, int]) -> ManyHeads:
        """For every factor only the head of one setting."""
        rows = [setting[name] for name in self.classifiers]
        shared = {
            key: torch.stack([value.detach()[s, at] for at, s in enumerate(rows)])[None]
            for key, value in self.shared.items()
        }
        classifiers = {
            name: {key: value.detach()[setting[name]][None] for key, value in own.items()}
            for name, own in self.classifiers.items()
        }
        return ManyHeads(shared, classifiers)

"""Nearest neighbours in the space of mean tokens, weighted by similarity, as in DINO."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from workbench.probes.base import PROBES, Labelled, ProbeOutcome, ProbeTask

NEIGHBOURS = (10, 20, 100, 200)
TEMPERATURE = 0.07


@PROBES.register("knn")
def knn(task: ProbeTask) -> ProbeOutcome:
    """L2-normalised mean tokens; each of the k nearest votes with weight exp(cos/0.07). Source: facebookresearch/dino."""
    bank = F.normalize(torch.tensor(task.train.features.pooled), dim=1)
    labels = torch.tensor(task.train.labels)
    ks = sorted({min(k, len(bank)) for k in NEIGHBOURS})
    accuracy = {
        k: float((votes == task.val.labels).mean()) for k, votes in _votes(task.val, bank, labels, task.classes, ks)
    }
    best = max(ks, key=lambda k: accuracy[k])
    (_, predicted), *_ = _votes(task.test, bank, labels, task.classes, [best])
    budget = f"{len(bank)} labelled clips, k of {', '.join(map(str, ks))}"
    return ProbeOutcome(predicted, accuracy[best], f"k={best}", budget)


def _votes(
    part: Labelled, bank: torch.Tensor, labels: torch.Tensor, classes: int, ks: list[int]
) -> list[tuple[int, np.ndarray]]:
    """Predicted class of every clip of `part`, for each k. Streams over the clips in blocks."""
    queries = F.normalize(torch.tensor(part.features.pooled), dim=1)
    predicted: dict[int, list[torch.Tensor]] = {k: [] for k in ks}
    for block in queries.split(1024):
        similarity, index = (block @ bank.T).topk(max(ks), dim=1)
        weight = ((similarity - 1) / TEMPERATURE).exp()
        for k in ks:
            votes = torch.zeros(len(block), classes).scatter_add_(1, labels[index[:, :k]], weight[:, :k])
            predicted[k].append(votes.argmax(1))
    return [(k, torch.cat(predicted[k]).numpy()) for k in ks]

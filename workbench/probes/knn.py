"""Nearest neighbours in the space of standardised means of the tokens, weighted by similarity, as in DINO."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from workbench.probes.base import PROBES, ProbeOutcome, ProbeTask

NEIGHBOURS = (10, 20, 100, 200)
TEMPERATURE = 0.07


@PROBES.register("knn")
def knn(task: ProbeTask) -> ProbeOutcome:
    """On the mean over all tokens (D features)."""
    return _nearest(task, *task.means())


@PROBES.register("knn_time")
def knn_time(task: ProbeTask) -> ProbeOutcome:
    """On the mean over the frame at each time step (t·D features)."""
    return _nearest(task, *task.means(per_time=True))


def _nearest(task: ProbeTask, *means: np.ndarray) -> ProbeOutcome:
    """Standardised, then L2-normalised; each of the k nearest votes with weight exp(cos/0.07). Source: facebookresearch/dino.

    Standardised by the labelled clips, as for the other probes: a channel's offset would be most of every cosine.
    """
    bank, val, test = (F.normalize(torch.from_numpy(x), dim=1) for x in means)
    labels = torch.tensor(task.train.labels)
    ks = sorted({min(k, len(bank)) for k in NEIGHBOURS})
    votes = _votes(val, bank, labels, task.classes, ks)
    accuracy = {k: float((shares.argmax(1) == task.val.labels).mean()) for k, shares in votes}
    best = max(ks, key=lambda k: accuracy[k])
    (_, shares), *_ = _votes(test, bank, labels, task.classes, [best])
    budget = f"{len(bank)} labelled clips, k of {', '.join(map(str, ks))}"
    return ProbeOutcome(shares.argmax(1), shares, accuracy[best], f"k={best}", budget)


def _votes(
    queries: torch.Tensor, bank: torch.Tensor, labels: torch.Tensor, classes: int, ks: list[int]
) -> list[tuple[int, np.ndarray]]:
    """Each class's share of the votes (queries, classes), for each k; queries are unit vectors. Streams over them in blocks."""
    shares: dict[int, list[torch.Tensor]] = {k: [] for k in ks}
    for block in queries.split(1024):
        similarity, index = (block @ bank.T).topk(max(ks), dim=1)
        weight = ((similarity - 1) / TEMPERATURE).exp()
        for k in ks:
            votes = torch.zeros(len(block), classes).scatter_add_(1, labels[index[:, :k]], weight[:, :k])
            shares[k].append(votes / votes.sum(1, keepdim=True))
    return [(k, torch.cat(shares[k]).numpy()) for k in ks]

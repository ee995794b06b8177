"""How many labels a factor costs: accuracy against number of labels, and the length of its online code.

Features that hold a factor in the open give it away for a few labels. The online code (prequential; Voita and Titov 2020)
puts that into one number: the labels are sent block by block, each with the code of a probe fitted on the blocks before,
the first block with the uniform code. Bits a clip, against log₂(classes) of the uniform code; the ratio is the compression.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from workbench.errors import WorkbenchError
from workbench.probes.base import ProbeTask
from workbench.probes.logistic import PENALTIES, LinearFit, fit_logistic, fit_path

SHARES = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
BLOCKS = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.0625, 0.125, 0.25, 0.5, 1.0)  # Voita and Titov's shares
CODE_PENALTIES = (*PENALTIES, 30.0, 300.0)  # short codes need sure probes
FLOOR = 1e-3  # share of the uniform code in every code: no clip can cost more than log₂(classes/FLOOR) bits


def nested_order(labels: np.ndarray, seed: int) -> np.ndarray:
    """An order of the clips (n,) whose every beginning holds the classes as evenly as their counts allow."""
    rng = np.random.default_rng(seed)
    rank = np.empty(len(labels))
    for value in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == value))
        rank[rows] = (np.arange(len(rows)) + rng.random()) / len(rows)
    return np.argsort(rank, kind="stable")


def label_curve(task: ProbeTask, shares: Sequence[float] = SHARES, per_time: bool = False) -> pd.DataFrame:
    """Test accuracy of the logistic probe on nested stratified subsets of the training clips.

    Columns: labels (number of training clips), value, low, high (Wilson over test clips), n, chance, choice, note; shares
    of 1. A subset with one class only has no value and says so in `note`; one that lacks classes names how many.
    """
    from workbench.stats import wilson

    _for_classes(task)
    train, val, test = (part.means(per_time) for _, part in task.splits())
    order, n = nested_order(task.train.labels, task.seed), len(test)
    rows: list[dict[str, object]] = []
    for count in sorted({max(1, round(share * len(order))) for share in shares}):
        rows.append({"labels": count, "n": n, "chance": 1 / task.classes, "choice": "", "note": ""})
        some = order[:count]
        labels = task.train.labels[some]
        if len(np.unique(labels)) < 2:
            rows[-1]["note"] = f"{count} labelled clips hold one class only"
            continue
        fit = fit_logistic(train[some], labels, val, task.val.labels, task.classes)
        correct = int((fit.predict(test) == task.test.labels).sum())
        low, high = wilson(correct, n)
        rows[-1] |= {"value": correct / n, "low": low, "high": high, "choice": fit.choice, "note": _lacking(fit, task)}
    columns = ["labels", "value", "low", "high", "n", "chance", "choice", "note"]
    return pd.DataFrame(rows, columns=columns)


def online_code(task: ProbeTask, per_time: bool = False) -> pd.DataFrame:
    """Length of the online code of the training labels given the features, in bits a clip, and what it is held against.

    One row: value (bits a clip), uniform (log₂ classes), compression (uniform/value), n (training clips), note. The
    penalty of each probe is the one whose code of the validation labels is shortest; a class not yet seen costs the uniform part of the code.
    """
    _for_classes(task)
    train, val = task.train.means(per_time), task.val.means(per_time)
    order, n = nested_order(task.train.labels, task.seed), len(task.train.labels)
    uniform = math.log2(task.classes)
    ends = sorted({max(2, math.ceil(share * n)) for share in BLOCKS})
    bits = ends[0] * uniform
    for start, end in pairwise(ends):
        seen, coming = order[:start], order[start:end]
        labels = task.train.labels[coming]
        if len(np.unique(task.train.labels[seen])) < 2:
            bits += len(coming) * uniform
            continue
        fits = fit_path(train[seen], task.train.labels[seen], val, task.val.labels, task.classes, CODE_PENALTIES)
        fit = min(fits, key=lambda fit: float(code_lengths(fit.scores(val), task.val.labels).sum()))
        bits += float(code_lengths(fit.scores(train[coming]), labels).sum())
    value = bits / n
    note = f"online code in {len(ends)} blocks"
    return pd.DataFrame([{"value": value, "uniform": uniform, "compression": uniform / value, "n": n, "note": note}])


def code_lengths(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Bits (n,) of each label under softmax of `scores` (n, classes), mixed with a share FLOOR of the uniform code."""
    from scipy.special import softmax

    p = softmax(scores.astype(np.float64), axis=1)[np.arange(len(labels)), labels]
    return np.asarray(-np.log2((1 - FLOOR) * p + FLOOR / scores.shape[1]))


def _lacking(fit: LinearFit, task: ProbeTask) -> str:
    return f"{len(fit.missing)} of {task.classes} classes have no label" if fit.missing else ""


def _for_classes(task: ProbeTask) -> None:
    if task.continuous:
        raise WorkbenchError("A curve over numbers of labels is for classes; a continuous factor has none.")
    task.check()

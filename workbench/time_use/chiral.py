"""Chiral accuracy: within pairs of classes that are each other's time reversal, only the order of frames tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.data.motions import motion_pairs, reversed_event, reversed_motion
from workbench.errors import WorkbenchError

CHANCE = 0.5
MEAN = "mean over pairs"


@dataclass(frozen=True)
class Reversal:
    """The factor of a benchmark whose classes reverse into each other, the number of its classes, and the class that each becomes."""

    factor: str
    classes: int
    reversed: Callable[[int], int]

    def pairs(self) -> list[tuple[int, int]]:
        """Pairs of classes that are each other's time reversal, lower class first."""
        return [(c, self.reversed(c)) for c in range(self.classes) if c < self.reversed(c)]


REVERSALS = {
    "temporal16": Reversal("event", 16, reversed_event),
    "motion48": Reversal("motion", len(motion_pairs()), reversed_motion),
}


def chiral(
    scores: np.ndarray, labels: np.ndarray, pairs: Sequence[tuple[int, int]], names: Sequence[str] | None = None
) -> pd.DataFrame:
    """Accuracy within each pair and its mean over pairs: of the two classes, the one of the larger score is the answer.

    `scores` (n, classes), `labels` (n,), `names` of the classes. Equal scores count as half a right answer.
    Columns: pair, metric, value, low, high (Wilson, 95 %), n, chance, note; the last row is the mean over the pairs.
    """
    scores, labels = np.asarray(scores), np.asarray(labels)
    if scores.ndim != 2 or len(scores) != len(labels) or np.isnan(scores).any():
        raise WorkbenchError(
            f"Scores of shape {scores.shape} for {len(labels)} clips: (clips, classes) without NaN is needed."
        )
    right = []
    for pair in pairs:
        rows = np.isin(labels, pair)
        truth = np.where(labels[rows] == pair[0], scores[rows, pair[0]], scores[rows, pair[1]])
        other = np.where(labels[rows] == pair[0], scores[rows, pair[1]], scores[rows, pair[0]])
        right.append(np.where(truth == other, 0.5, truth > other))
    return _table(right, pairs, names)


def chiral_answers(
    predicted: np.ndarray, labels: np.ndarray, pairs: Sequence[tuple[int, int]], names: Sequence[str] | None = None
) -> pd.DataFrame:
    """The same from kept answers (n,) alone: of the clips of a pair, those that were answered with a class of the pair count.

    Which clips count depends on the model, so `chiral` is the better measure where scores are there; `note` says how many of
    the pair's clips were left out.
    """
    predicted, labels = np.asarray(predicted), np.asarray(labels)
    right, left_out = [], []
    for pair in pairs:
        of_pair, within = np.isin(labels, pair), np.isin(predicted, pair)
        right.append((predicted == labels)[of_pair & within].astype(float))
        left_out.append(int((of_pair & ~within).sum()))
    table = _table(right, pairs, names)
    said = [f"{out} clips answered outside the pair are left out" if out else "" for out in [*left_out, sum(left_out)]]
    table["note"] = ["; ".join(filter(None, words)) for words in zip(table["note"], said, strict=True)]
    return table


def no_chiral(reason: str) -> pd.DataFrame:
    """The table of one row without a value, for clips that have no chiral accuracy."""
    empty = {"pair": MEAN, "metric": "chiral accuracy", "value": None, "low": None, "high": None, "n": 0}
    return pd.DataFrame([empty | {"chance": CHANCE, "note": reason}])


def _table(right: list[np.ndarray], pairs: Sequence[tuple[int, int]], names: Sequence[str] | None) -> pd.DataFrame:
    words = [f"{names[a]} / {names[b]}" if names else f"{a} / {b}" for a, b in pairs]
    rows = [
        _row(word, float(x.mean()) if len(x) else None, len(x), len(x)) for word, x in zip(words, right, strict=True)
    ]
    known = [x for x in right if len(x)]
    mean = float(np.mean([x.mean() for x in known])) if known else None
    # Clips that a mean over pairs is worth when pairs hold unequally many; all of them when pairs are balanced.
    effective = len(known) ** 2 / sum(1 / len(x) for x in known) if known else 0.0
    rows.append(_row(MEAN, mean, sum(len(x) for x in known), effective))
    return pd.DataFrame(rows)


def _row(pair: str, value: float | None, n: int, effective: float) -> dict[str, Any]:
    from workbench.stats import wilson

    row = {"pair": pair, "metric": "chiral accuracy", "value": value, "low": None, "high": None}
    if value is not None:
        row["low"], row["high"] = wilson(value * effective, effective)
    return row | {"n": n, "chance": CHANCE, "note": "" if value is not None else "no test clip of the pair"}

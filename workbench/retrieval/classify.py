"""Zero-shot classification: a clip goes to the class whose prompts it is closest to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbench.errors import WorkbenchError
from workbench.retrieval.ranks import caption_ranks
from workbench.retrieval.scores import EmbeddingScores, unit_rows
from workbench.retrieval.truth import Truth
from workbench.stats import Interval, wilson


@dataclass(frozen=True)
class ZeroShot:
    """`predicted` (clips,): class of each clip, the first of equals. `right` (clips,): 1, 0 or a tie's share. `accuracy`: share in [0, 1] with Wilson's interval.

    `chance`: that of guessing among all classes, 1 / classes, which is also what equal scores give.
    """

    predicted: np.ndarray
    right: np.ndarray
    accuracy: Interval
    chance: float


def zero_shot(clips: np.ndarray, prompts: Sequence[np.ndarray], labels: np.ndarray) -> ZeroShot:
    """Class of each of `clips` (clips, D) by cosine with the class vectors, and how many are right by `labels` (clips,).

    `prompts`: of each class the embeddings of its prompts (any number, D); they are set to length one, averaged, and set
    to length one again, as CLIP does (Radford et al. 2021, section 3.1.4). Where k classes tie for best and the true one
    is among them, the clip counts 1/k. Raises for embeddings that are zero or not finite, and for labels out of range.
    """
    if not len(prompts):
        raise WorkbenchError("There is no class: give the embeddings of the prompts of each class.")
    widths = {np.shape(one)[-1] if np.ndim(one) else 0 for one in prompts}
    if len(widths) > 1:
        raise WorkbenchError(f"Prompts of different classes have different numbers of dimensions: {sorted(widths)}.")
    classes = np.stack([unit_rows(one, f"Prompts of class {i}, prompt").mean(0) for i, one in enumerate(prompts)])
    classes = unit_rows(classes, "Mean prompt of class")
    clips, labels = unit_rows(clips, "Clip"), np.asarray(labels)
    if clips.shape[1] != classes.shape[1]:
        raise WorkbenchError(
            f"Clips have {clips.shape[1]} dimensions and prompts {classes.shape[1]}; both need the same."
        )
    if labels.shape != (len(clips),) or labels.dtype.kind not in "iu":
        raise WorkbenchError(
            f"{len(clips)} clips with labels of shape {labels.shape} and type {labels.dtype}; each clip has one integer."
        )
    if len(wrong := np.flatnonzero((labels < 0) | (labels >= len(classes)))):
        raise WorkbenchError(
            f"Clip {wrong[0]} (counted from 0) has the label {labels[wrong[0]]}; there are prompts of {len(classes)} "
            "classes, counted from 0."
        )
    scores = EmbeddingScores(clips, classes)
    correct = caption_ranks(scores, Truth.from_index(labels, len(classes))).within(1)
    predicted = np.concatenate([block.argmax(1) for _, block in scores.blocks()])
    low, high = wilson(float(correct.sum()), len(correct))
    accuracy = Interval(float(correct.mean()), low, high, 0.95, "Wilson over clips")
    return ZeroShot(predicted, correct, accuracy, 1 / len(classes))

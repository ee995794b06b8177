"""Zero-shot classification by prompts: a clip goes to the class whose sentences it is nearest to, for every factor that words can say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from workbench.data.captions import prompts_for
from workbench.data.motions import motion_pairs
from workbench.retrieval.answers import Answers
from workbench.retrieval.classify import zero_shot
from workbench.retrieval.pool import Pool

Embed = Callable[[Sequence[str]], np.ndarray]
TEMPLATES = ("{}", "a video of {}", "a clip that shows {}")  # of class names of imported sets
STATED = ("sprite", "colour", "size", "texture", "event", "motion")  # columns of rendered clips
EACH = 5  # prompts a class


def class_prompts(pool: Pool, factor: str, sprites: str = "digits") -> list[list[str]]:
    """Prompts of every class of a factor: sentences of the captions' grammar that state it alone, or templates with the class name.

    `motion` is both of its directions in order.
    """
    if not pool.by_factors:
        return [[template.format(name) for template in TEMPLATES] for name in pool.clips.class_names[factor]]
    if factor == "motion":
        said = [{"first": first, "second": second} for first, second in motion_pairs()]
    else:
        said = [{factor: value} for value in range(_values(factor))]
    return [prompts_for(one, EACH, sprites=sprites) for one in said]


def class_answers(pool: Pool, clips: np.ndarray, embed: Embed, sprites: str = "digits") -> Iterator[Answers]:
    """For each factor, which of the clips (n, d) that have it are classified right.

    Of imported sets the factor is the label, where its classes have names.
    """
    for factor, labels in _labels(pool):
        there = np.flatnonzero(labels >= 0)
        prompts = class_prompts(pool, factor, sprites)
        found = zero_shot(clips[there], [embed(texts) for texts in prompts], labels[there])
        yield Answers("zero-shot", factor, there, found.right, len(prompts))


def _labels(pool: Pool) -> Iterator[tuple[str, np.ndarray]]:
    """Factors that can be asked for, with the class of every clip; negative where a clip has none."""
    table = pool.clips.table
    if not pool.by_factors:
        if pool.clips.class_names.get("label"):
            yield "label", table["label"].to_numpy(np.int64)
        return
    for factor in STATED:
        if factor in table and (values := table[factor].to_numpy(np.int64)).max() >= 0:
            yield factor, values


def _values(factor: str) -> int:
    from workbench.data.phrases import NORMAL

    return len(NORMAL.words["digits" if factor == "sprite" else factor])

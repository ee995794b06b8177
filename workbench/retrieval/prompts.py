"""Zero-shot classification by prompts: a clip goes to the class whose sentences it is nearest to, for every factor that words can say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from workbench.data.captions import prompts_for
from workbench.data.motions import motion_pairs
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


def zero_shot_rows(pool: Pool, clips: np.ndarray, embed: Embed, sprites: str = "digits") -> Iterator[dict[str, Any]]:
    """One row a factor: accuracy in per cent with Wilson's interval, of the clips (n, d) that have the factor.

    Of imported sets the factor is the label, where its classes have names.
    """
    for factor, labels in _labels(pool):
        there = np.flatnonzero(labels >= 0)
        prompts = class_prompts(pool, factor, sprites)
        found = zero_shot(clips[there], [embed(texts) for texts in prompts], labels[there])
        value = found.accuracy
        yield {
            "direction": "video→text",
            "metric": "zero-shot",
            "factor": factor,
            "value": 100 * value.estimate,
            "low": 100 * value.low,
            "high": 100 * value.high,
            "chance": 100 * found.chance,
            "n": len(there),
            "pool": len(prompts),
            "rerank": "",
        }


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

"""Hard negatives: captions with one factor word exchanged, so that they are false of their clip and like the true one.

wrong = hard_negatives(captions, seed=0, kinds=("order", "reversal"))  # only the motion is wrong
wrong = hard_negatives(captions, seed=0, kinds=APPEARANCE, per_caption=2)  # of workbench.data.kinds
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import pandas as pd

from workbench.data.captions import SILENT
from workbench.data.grammar import Derivation, derivation_of, exchanged, facts, realise
from workbench.data.kinds import KINDS
from workbench.data.motions import motion_pairs, reversed_event
from workbench.data.phrases import FACTORS, NORMAL
from workbench.errors import UnknownName, WorkbenchError
from workbench.files import content_key

COLUMNS = ["clip", "caption_id", "negative", "caption", "original", "template", "factor", "was", "becomes", *FACTORS]


def hard_negatives(
    captions: pd.DataFrame, seed: int = 0, kinds: Sequence[str] = KINDS, per_caption: int = 1
) -> pd.DataFrame:
    """Up to `per_caption` wrong versions of each caption, each of another kind, drawn evenly from those that apply.

    A kind is a factor, whose word becomes that of another value in the same style; `order`, where the two directions
    change places; `reversal`, where an event becomes its time reversal. The rest of the text stays as it is. A
    direction becomes one that makes a motion of motion48 with the other one. One row a negative: `clip`,
    `caption_id`, `negative` (0.. within the caption), `caption`, `original` (the true text), `template`, `factor`
    (the kind), `was` and `becomes` (the words), and the factors that it states. A caption to which no kind applies
    has none. A negative depends on seed, kinds and the clip's caption, not on the other rows.
    """
    for kind in kinds:
        if kind not in KINDS:
            raise UnknownName("kind of hard negative", kind, KINDS)
    if per_caption < 1:
        raise WorkbenchError(f"per_caption={per_caption}: give at least 1 hard negative a caption.")
    rows = []
    for clip, caption_id, text in zip(captions["clip"], captions["caption_id"], captions["caption"], strict=True):
        rng = random.Random(content_key("negatives", seed, list(kinds), int(clip), text))
        derivation = derivation_of(text)
        stated = facts(derivation)
        fitting = [kind for kind in kinds if _applies(kind, stated)]
        for number, kind in enumerate(rng.sample(fitting, min(per_caption, len(fitting)))):
            wrong, was, becomes = _wrong(rng, derivation, stated, kind)
            said = facts(wrong)
            values = [said.get(name, SILENT) for name in FACTORS]
            row = (clip, caption_id, number, realise(wrong), text, wrong["sentence"], kind, was, becomes, *values)
            rows.append(row)
    return pd.DataFrame(rows, columns=COLUMNS)


def _applies(kind: str, stated: dict[str, int]) -> bool:
    needed = {"order": "first", "reversal": "event"}.get(kind, kind)
    return needed in stated


def _wrong(
    rng: random.Random, derivation: Derivation, stated: dict[str, int], kind: str
) -> tuple[Derivation, str, str]:
    """The derivation made wrong, and the words before and after."""
    if kind == "order":
        swapped = derivation | {"first": derivation["second"], "second": derivation["first"]}
        was, becomes = (f"{way['first']}, then {way['second']}" for way in (derivation, swapped))
        return swapped, was, becomes
    factor = "event" if kind == "reversal" else kind
    value = reversed_event(stated["event"]) if kind == "reversal" else rng.choice(_others(factor, stated))
    wrong = exchanged(derivation, factor, value)
    return wrong, derivation[factor], wrong[factor]


def _others(factor: str, stated: dict[str, int]) -> list[int]:
    """The values that a factor could take instead."""
    count = len(NORMAL.words["digits" if factor == "sprite" else factor])
    others = [value for value in range(count) if value != stated[factor]]
    if factor in ("first", "second"):
        pairs = set(motion_pairs())
        whole = {value: stated | {factor: value} for value in others}
        others = [value for value in others if (whole[value]["first"], whole[value]["second"]) in pairs]
    return others

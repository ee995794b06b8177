"""Captions of rendered clips, and which captions truly describe which clips.

A caption states some of its clip's factors; it describes every clip that has them. The stated factors stand beside the
text, one column each, `SILENT` where the caption says nothing:

    table = load_clips(data, "test").table
    captions = make_captions(table, seed=0, per_clip=5, sprites=data.sprites)
    truth = describes(captions, table)        # bool (captions, clips)
    wrong = hard_negatives(captions, seed=0)  # of workbench.data.negatives

Factors that a caption can state: sprite, colour, size, texture, and one of three kinds of motion: `first` and `second`
(directions, of motion48), `event` (of temporal16), `drift` (a slow direction, of appearance100). With distractors, a
caption speaks of the coloured sprite.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pandas as pd

from workbench.data.factors import ABSENT
from workbench.data.grammar import KINDS, Derivation, facts, fitting, options, realise, slots
from workbench.data.phrases import DIRECTION_FACTORS, FACTORS, MOTION_FACTORS, NORMAL
from workbench.errors import UnknownName, WorkbenchError
from workbench.files import content_key

SILENT = ABSENT  # the caption does not state the factor; or the clip does not have it
VISIBLE_DRIFT = 0.5  # pixels a frame at 32 pixels: of a slower clip of appearance100 no caption states the drift
MENTIONED = {"sprite": 0.85, "colour": 0.7, "size": 0.45, "texture": 0.6, "motion": 0.8}  # share of captions that do
LEAST = 2  # factors that a caption states at least (a motion counts as one)
COLUMNS = ["clip", "caption_id", "caption", "template", *FACTORS]
NEEDED = ("clip", "split", "sprite", "colour", "size", "texture", "speed")
ATTEMPTS = 1000
BLOCK = 1024  # captions compared with all clips at a time


def make_captions(table: pd.DataFrame, seed: int = 0, per_clip: int = 5, sprites: str = "digits") -> pd.DataFrame:
    """`per_clip` different captions for each row of a factor table of a benchmark or of `mixed`.

    One row a caption: `clip` and `caption_id` (0.. within the clip), `caption`, `template` (the pattern of the
    sentence), then the stated factors. The first caption of a clip states all factors, the others a part. `sprites`
    is the setting data.sprites. The captions of a clip depend on seed, split, clip number and factors, not on the
    other rows.
    """
    if sprites not in KINDS:
        raise UnknownName("kind of sprites", sprites, KINDS)
    if per_clip < 1:
        raise WorkbenchError(f"per_clip={per_clip}: give at least 1 caption a clip.")
    values = clip_facts(table)
    implied = implied_facts(table)
    sayable = values.where(~implied, SILENT)
    rows = []
    for split, clip, row in zip(table["split"], table["clip"], sayable.to_numpy().tolist(), strict=True):
        # Not NumPy's generator: Python's takes a tenth of the time for single draws.
        rng = random.Random(content_key("captions", seed, split, int(clip), row))
        stated = {name: value for name, value in zip(FACTORS, row, strict=True) if value != SILENT}
        for number, derivation in enumerate(_of_clip(rng, stated, per_clip, sprites)):
            said = facts(derivation)
            said_columns = [said.get(name, SILENT) for name in FACTORS]
            rows.append((clip, number, realise(derivation), derivation["sentence"], *said_columns))
    return pd.DataFrame(rows, columns=COLUMNS)


def prompts_for(stated: dict[str, int], count: int, seed: int = 0, sprites: str = "digits") -> list[str]:
    """`count` different sentences that state just the factors `stated` (factor -> value), fewer where there are no more ways."""
    rng = random.Random(content_key("prompts", seed, stated))
    found: dict[str, None] = {}
    for _ in range(ATTEMPTS):
        found[realise(_derivation(rng, stated, set(), sprites))] = None
        if len(found) == count:
            break
    return list(found)


def clip_facts(table: pd.DataFrame) -> pd.DataFrame:
    """What is true of each clip, in the columns that captions state: int (clips, 8), `SILENT` where nothing is.

    A clip has the facts of another benchmark's captions where they hold of it: a path of motion48 turns left or
    right; a turn of temporal16 goes from one direction to another, each named by the nearest of eight; a straight
    drift along an axis moves straight, too. So in `mixed` no true caption counts as wrong.
    """
    return _facts(table)[0]


def implied_facts(table: pd.DataFrame) -> pd.DataFrame:
    """Which of `clip_facts` hold of a clip without being what its own captions say: bool (clips, 8)."""
    return _facts(table)[1]


def describes(captions: pd.DataFrame, table: pd.DataFrame) -> np.ndarray:
    """Which captions are true of which clips: bool (captions, clips). For large sets take `described_blocks`."""
    blocks = [block for _, block in described_blocks(captions, table)]
    return np.concatenate(blocks) if blocks else np.zeros((0, len(table)), dtype=bool)


def described_blocks(
    captions: pd.DataFrame, table: pd.DataFrame, block: int = BLOCK
) -> Iterator[tuple[slice, np.ndarray]]:
    """Rows of `describes`, `block` captions at a time: the slice of captions and bool (up to block, clips)."""
    said, true = one_hot(captions), one_hot(clip_facts(table))
    stated = said.sum(1, keepdims=True)
    for start in range(0, len(said), block):
        rows = slice(start, min(start + block, len(said)))
        # As many agree as are stated: one matrix product, exact in float32.
        yield rows, said[rows] @ true.T == stated[rows]


def one_hot(rows: pd.DataFrame) -> np.ndarray:
    """Factor columns as float32 (rows, sum of their values): 1 at the value of each, nothing where it is `SILENT`."""
    values = rows[list(FACTORS)].to_numpy(np.int64)
    levels = [len(NORMAL.words["digits" if name == "sprite" else name]) for name in FACTORS]
    columns = [values[:, [column]] == np.arange(count) for column, count in enumerate(levels)]
    return np.concatenate(columns, axis=1).astype(np.float32)


def _facts(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Facts of the clips and which of them are implied."""
    if missing := [name for name in NEEDED if name not in table]:
        raise WorkbenchError(f"Only rendered clips have captions: the table lacks the columns {', '.join(missing)}.")

    def column(name: str) -> np.ndarray:
        return table[name].to_numpy() if name in table else np.full(len(table), SILENT)

    motion, event, first, second = (column(name) for name in ("motion", "event", "first", "second"))
    path, happens = motion >= 0, event >= 0
    drifts = ~path & ~happens & (first >= 0) & (column("speed") >= VISIBLE_DRIFT)
    axis = drifts & (first % 2 == 0)
    turns = np.isin(event, (4, 5))
    heading = np.round(column("heading").astype(float) * 8).astype(np.int64) % 8
    # Events 0 to 3 move right, left, up, down; 4 and 5 turn left and right.
    along = np.array([0, 2, 1, 3])[np.where(axis, first // 2, 0)]
    side = np.where((second - first) % 8 < 4, 4, 5)
    turned = (heading + np.where(event == 4, 2, -2)) % 8
    true = {name: column(name) for name in ("sprite", "colour", "size", "texture")}
    true["first"] = np.select([path, turns], [first, heading], SILENT)
    true["second"] = np.select([path, turns], [second, turned], SILENT)
    true["event"] = np.select([happens, path, axis], [event, side, along], SILENT)
    true["drift"] = np.where(drifts, first, SILENT)
    implied = {name: np.zeros(len(table), dtype=bool) for name in FACTORS}
    implied |= {"first": turns, "second": turns, "event": path | axis}
    return pd.DataFrame(true).astype(np.int64), pd.DataFrame(implied)


def _of_clip(rng: random.Random, stated: dict[str, int], per_clip: int, sprites: str) -> Iterator[Derivation]:
    """Derivations of different texts; sentences repeat only when all that can say it have been used."""
    texts: set[str] = set()
    used: set[str] = set()
    for _ in range(ATTEMPTS):
        mentioned = stated if not texts else _part(rng, stated)
        derivation = _derivation(rng, mentioned, used, sprites)
        if (text := realise(derivation)) in texts:
            continue
        texts.add(text)
        used.add(derivation["sentence"])
        yield derivation
        if len(texts) == per_clip:
            return
    raise WorkbenchError(f"{per_clip} different captions of one clip were not found; {len(texts)} were. Ask for fewer.")


def _part(rng: random.Random, stated: dict[str, int]) -> dict[str, int]:
    """A part of the factors, drawn as `MENTIONED` says; a motion is stated whole or not at all."""
    groups = {"motion" if name in MOTION_FACTORS else name for name in stated}
    while True:
        named = {group for group in MENTIONED if group in groups and rng.random() < MENTIONED[group]}
        if len(named) >= LEAST:
            return {k: v for k, v in stated.items() if ("motion" if k in MOTION_FACTORS else k) in named}


def _derivation(rng: random.Random, said: dict[str, int], used: set[str], sprites: str) -> Derivation:
    """A random way to say the factors `said` in the normal phrases, in a sentence that is not `used`."""
    motion = MOTION_FACTORS & said.keys()
    content = (said.keys() & {"texture"}) | ({"does"} if motion else set())
    sentences = fitting("sentence", frozenset(content), NORMAL)
    derivation = {"sentence": rng.choice([text for text in sentences if text not in used] or sentences)}
    derivation["who"] = rng.choice(fitting("who", frozenset(said.keys() & {"sprite", "colour", "size"}), NORMAL))
    if motion:
        derivation["does"] = rng.choice(fitting("does", frozenset(motion), NORMAL))
    if "where" in slots(derivation["sentence"]):
        derivation["where"] = rng.choice(options("where", (NORMAL,)))
    style = rng.randrange(len(NORMAL.words["first"][0]))
    for name, value in said.items():
        synonyms = NORMAL.words[sprites if name == "sprite" else name][value]
        derivation[name] = synonyms[style] if name in DIRECTION_FACTORS else rng.choice(synonyms)
    return derivation

"""Compositional splits: what train and val hold none of, and test holds among the rest.

Each entry of `COMPOSITIONS` is a rule over the factors of a clip. Train and val are drawn without what it holds out;
test is drawn as ever, with a column that tells the two kinds of clips apart:

    train = draw_kept(rows_of, 8000, "combinations")                      # rows_of(n) draws n rows of a factor table
    test = test.assign(held_out=held_out("combinations", test))

Captions are made from the clips of a split, so those of train and val state nothing that is held out. Hard negatives
may: `held_out_captions` finds them. Whatever rests on motion is closed under time reversal: were a motion held out
without its reversal, the frames without their order would tell the two apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.data.factors import ABSENT
from workbench.data.motions import motion_pairs, reversed_motion
from workbench.errors import WorkbenchError
from workbench.registry import Registry

HELD_OUT_SPRITES = (3, 8)
HELD_OUT_TEXTURES = (2, 7)  # gravel, china
HELD_OUT_COLOURS = (3,)  # green
# Each direction once in either place, and every motion with its reversal; turns of ±45° and ±135°.
HELD_OUT_PATHS = ((0, 1), (5, 4), (4, 5), (1, 0), (2, 7), (3, 6), (6, 3), (7, 2))
# sets off / comes to rest; moves, then spins / spins, then moves: moving and spinning are in training on their own.
HELD_OUT_PAIRS = (6, 7)
HELD_OUT_DRIFTS = (1, 5)  # north-east, south-west
SPACING = 5  # of a Latin square over 10 sprites: two of ten are held out with each motion or texture


@dataclass(frozen=True)
class Composition:
    """What is held out: `rule` gets columns of factors (see `held_out`) and gives a bool array of their length."""

    title: str
    rule: Callable[[dict[str, np.ndarray]], np.ndarray]


COMPOSITIONS: Registry[Composition] = Registry("composition")


def held_out(name: str, table: pd.DataFrame) -> np.ndarray:
    """Which rows of a factor table, of a benchmark or of `mixed`, the composition holds out: bool (rows,).

    A held-out sprite is not shown as a distractor either.
    """
    columns = _columns(table)
    straight = columns["first"] == columns["second"]  # rows of appearance100 drift straight on, those of motion48 never
    columns["drift"] = np.where(straight, columns["first"], ABSENT)
    # In `mixed`, scenes are held out of every clip: those of the other benchmarks would show them.
    columns["scene"] = ((columns["motion"] == ABSENT) & (columns["event"] == ABSENT)) | ("benchmark" in table)
    return COMPOSITIONS[name].rule(columns)


def held_out_captions(name: str, captions: pd.DataFrame, benchmark: str) -> np.ndarray:
    """Which captions or hard negatives of a benchmark or `mixed` state what is held out: bool (rows,)."""
    columns = _columns(captions)
    columns["scene"] = np.full(len(captions), benchmark in ("appearance100", "mixed"))
    return COMPOSITIONS[name].rule(columns)


def draw_kept(table_of: Callable[[int], pd.DataFrame], count: int, name: str) -> pd.DataFrame:
    """`count` rows of which the composition holds out none, out of the n rows that `table_of(n)` draws.

    Of each label that is left as many are taken as of every other (±1), the first ones in the order of the rows;
    parts of `mixed` keep their shares. `clip` counts the rows anew. `table_of` may be called several times, with
    rising n.
    """
    if name == "none":
        return table_of(count)
    for factor in (2, 4, 8, 16, 32, 64):
        table = table_of(factor * count)
        rows = _taken(table, ~held_out(name, table), count)
        if len(rows) == count:
            return table.iloc[rows].assign(clip=np.arange(count)).reset_index(drop=True)
    raise WorkbenchError(f"The composition '{name}' leaves fewer than {count} of {factor * count} clips drawn.")


def _taken(table: pd.DataFrame, kept: np.ndarray, count: int) -> np.ndarray:
    """Positions of `count` rows among those `kept`, in their order; fewer where there are not enough of a label."""
    part = table["benchmark"].to_numpy() if "benchmark" in table else np.zeros(len(table), dtype=np.int64)
    ends = np.round(np.cumsum(np.bincount(part)) / len(table) * count).astype(int)
    rows = []
    for number, share in enumerate(np.diff(ends, prepend=0)):
        inside = np.flatnonzero(kept & (part == number))
        rows.append(inside[_balanced(table["label"].to_numpy()[inside], share)])
    return np.sort(np.concatenate(rows))


def _balanced(label: np.ndarray, count: int) -> np.ndarray:
    """Positions of up to `count` rows, the first ones of each label, each label as often as every other (±1)."""
    rank = pd.Series(label).groupby(label).cumcount().to_numpy()
    each, more = divmod(count, max(len(np.unique(label)), 1))
    return np.concatenate([np.flatnonzero(rank < each), np.flatnonzero(rank == each)[:more]])


def _columns(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Columns that rules read, `ABSENT` where a row has none; `motion` (0..47) follows from the two directions."""
    names = ("sprite", "colour", "texture", "event", "first", "second", "drift")
    absent = np.full(len(table), ABSENT)
    columns: dict[str, np.ndarray] = {}
    columns |= {name: table[name].to_numpy(np.int64) if name in table else absent for name in names}
    number = np.full((9, 9), ABSENT)  # the last row and column are those of `ABSENT`
    number[tuple(np.array(motion_pairs()).T)] = np.arange(48)
    distractors = [name for name in table if str(name).startswith("distractor") and str(name).endswith("_sprite")]
    columns["distractors"] = table[distractors].to_numpy(np.int64)  # (rows, distractors)
    return columns | {"motion": number[columns["first"], columns["second"]]}


def _combined(sprite: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (sprite >= 0) & (other >= 0) & ((sprite + other) % SPACING == 0)


def _reversal_pairs() -> np.ndarray:
    """Number 0..23 of the pair that a motion and its reversal make, for each motion; and `ABSENT` for `ABSENT`."""
    lower = np.array([min(motion, reversed_motion(motion)) for motion in range(48)])
    return np.append(np.unique(lower, return_inverse=True)[1], ABSENT)


def _combinations(rows: dict[str, np.ndarray]) -> np.ndarray:
    pair = np.where(rows["event"] >= 0, rows["event"] // 2, ABSENT)
    moving = _combined(rows["sprite"], _reversal_pairs()[rows["motion"]]) | _combined(rows["sprite"], pair)
    return moving | (_combined(rows["sprite"], rows["texture"]) & rows["scene"])


def _values(rows: dict[str, np.ndarray]) -> np.ndarray:
    held = {"sprite": HELD_OUT_SPRITES, "texture": HELD_OUT_TEXTURES, "colour": HELD_OUT_COLOURS}
    beside = np.isin(rows["distractors"], HELD_OUT_SPRITES).any(1)
    return np.logical_or.reduce([beside, *(np.isin(rows[name], values) for name, values in held.items())])


def _motions(rows: dict[str, np.ndarray]) -> np.ndarray:
    paths = [motion_pairs().index(pair) for pair in HELD_OUT_PATHS]
    pair = np.where(rows["event"] >= 0, rows["event"] // 2, ABSENT)
    return np.isin(rows["motion"], paths) | np.isin(pair, HELD_OUT_PAIRS) | np.isin(rows["drift"], HELD_OUT_DRIFTS)


COMPOSITIONS.add("none", Composition("nothing is held out", lambda rows: np.zeros(len(rows["sprite"]), dtype=bool)))
COMPOSITIONS.add(
    "combinations",
    Composition("sprite × motion (motion48, temporal16), sprite × texture (appearance100): a fifth", _combinations),
)
COMPOSITIONS.add("values", Composition("two sprites, two textures, one colour", _values))
COMPOSITIONS.add(
    "motions",
    Composition("8 of 48 motions with their reversals; 2 of 8 pairs of events; 2 of 8 drift directions", _motions),
)

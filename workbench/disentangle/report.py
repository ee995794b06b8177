"""One call: everything about where an encoder keeps appearance and motion, as four tidy tables with their nulls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from workbench.disentangle.data import FactorData, channel_sets
from workbench.disentangle.dependence import dependence_rows
from workbench.disentangle.found_split import find_split, why_not
from workbench.disentangle.matrix import SIDES, matrix
from workbench.disentangle.nulls import Pair, joined
from workbench.disentangle.separation_table import separation_rows, unmeasured_rows
from workbench.disentangle.tables import table
from workbench.disentangle.whole import FOUND, whole_rows
from workbench.errors import UnknownName
from workbench.threads import one_blas_thread

BLOCKS = "blocks"


@one_blas_thread()
def disentangle(
    data: FactorData, blocks: Mapping[str, slice], *, random: FactorData | None = None, seed: int = 0
) -> dict[str, pd.DataFrame]:
    """Tables of one frozen encoder: "matrix", "separation", "dependence", "whole".

    `blocks` is {"appearance": slice, "dynamics": slice}, or empty for an encoder without blocks. Every encoder is also
    judged on the best split found on validation clips (`split` "found"), as is the random encoder whose data are `random`.
    All tables share `value`, `low`, `high`, `n`, `chance`, `null_mean`, `null_low`, `null_high`, `nulls` (how many), `p`, `pca`, `random_encoder`,
    `note`; a number that cannot be measured is missing and its `note` says why. The same seed gives the same numbers.
    Raises for features or blocks on which nothing can be measured.
    """
    data.check()
    sets = channel_sets(blocks, data.width)
    if sets and set(sets) != set(SIDES):
        raise UnknownName("block", next(iter(set(sets) ^ set(SIDES))), SIDES)
    if random is not None:
        random.check()
    obstacle = why_not(data)
    splits, untrained = _splits(data, sets, seed), _untrained(random, sets, seed)
    separation: list[dict[str, Any]] = []
    dependence: list[dict[str, Any]] = []
    for name, split in splits.items():
        other = (random, untrained[name]) if random is not None and name in untrained else None
        note = "" if other else _no_random(random, name)
        separation += separation_rows(data, split, name, random=other, seed=seed, note=note)
        dependence += dependence_rows(data, split, name, random=other, seed=seed, note=note)
    if obstacle:
        separation += unmeasured_rows(data, FOUND, why=obstacle)
    whole = whole_rows(data, splits, (random, untrained) if random is not None else None, seed)
    return {
        "matrix": matrix(data, sets, random, seed),
        "separation": table(separation),
        "dependence": table(dependence or [_no_split(data, obstacle)]),
        "whole": _noted(table(whole), "" if random is not None else _no_random(None, "")),
    }


def _splits(data: FactorData, sets: Mapping[str, np.ndarray], seed: int) -> dict[str, Pair]:
    splits: dict[str, Pair] = {BLOCKS: (sets[SIDES[0]], sets[SIDES[1]])} if sets else {}
    if not why_not(data):
        splits[FOUND] = find_split(data, seed)
    return splits


def _untrained(random: FactorData | None, sets: Mapping[str, np.ndarray], seed: int) -> dict[str, Pair]:
    """The random encoder's splits; not its blocks where it has other channels."""
    if random is None:
        return {}
    inside = all(channels.max() < random.width for channels in sets.values())
    return _splits(random, sets if inside else {}, seed)


def _no_random(random: FactorData | None, split: str) -> str:
    return "random encoder: not given" if random is None else f"random encoder: no split '{split}' of its channels"


def _no_split(data: FactorData, why: str) -> dict[str, Any]:
    return {"split": FOUND, "measure": "gaussian_information", "better": "lower", "n": len(data.test), "note": why}


def _noted(frame: pd.DataFrame, note: str) -> pd.DataFrame:
    return frame.assign(note=[joined(old, note) for old in frame["note"]])

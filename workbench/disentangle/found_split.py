"""The best split of an encoder without blocks: found on training and validation clips, to be told of test clips.

Channels are ranked by how much better each reads motion than appearance by itself (fitted on train, measured on validation,
either group's mean score divided by its largest over channels). A is the lower part of the ranking, M the upper part; of
a few places to cut, the one whose smaller gap is the largest on validation is kept. A random encoder is split the same way.
"""

from __future__ import annotations

import numpy as np

from workbench.disentangle.data import FactorData
from workbench.disentangle.discriminant import score
from workbench.disentangle.nulls import Pair
from workbench.disentangle.separation import MEAN, Separation
from workbench.errors import WorkbenchError

CUTS = tuple(i / 8 for i in range(1, 8))  # share of the channels that is A


def find_split(data: FactorData, seed: int = 0) -> Pair:
    """Channels of A (appearance) and of M (motion), both sorted, chosen without a look at the test clips.

    Raises where the clips lack measurable factors of one of the groups, or the encoder has one channel.
    """
    obstacle = why_not(data)
    if obstacle:
        raise WorkbenchError(f"No split can be found: {obstacle}.")
    separation = Separation(data, seed)
    order = np.argsort(preference(separation), kind="stable")
    best: tuple[float, Pair] | None = None
    for cut in sorted({min(max(round(share * data.width), 1), data.width - 1) for share in CUTS}):
        pair = np.sort(order[:cut]), np.sort(order[cut:])
        gaps = separation.point(pair, on="val")
        worse = min(float(gaps[f"gap_{group}", MEAN][0]) for group in ("appearance", "motion"))
        if best is None or worse > best[0]:
            best = (worse, pair)
    assert best is not None
    return best[1]


def why_not(data: FactorData) -> str:
    """Why no split can be found, in words; empty where it can."""
    for group in ("appearance", "motion"):
        if not any(data.group_of(f) == group for f in data.measurable):
            return f"no {group} factor to find a split by"
    return "the encoder has one channel" if data.width < 2 else ""


def preference(separation: Separation) -> np.ndarray:
    """How much better each channel by itself reads motion than appearance, on validation clips: (D,), from −1 to 1."""
    reader, chance = separation.reader, separation.chance
    alone = np.stack([score(reader.alone(f, "val"), chance[i]) for i, f in enumerate(reader.factors)])
    alone = np.maximum(alone, 0)
    means = {group: alone[members].mean(0) for group, members in separation.groups.items()}
    scaled = {group: mean / max(float(mean.max()), 1e-12) for group, mean in means.items()}
    return np.asarray(scaled["motion"] - scaled["appearance"])

"""Draws validation and test splits from train where a data set has none."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from workbench.data.factors import SPLITS
from workbench.errors import WorkbenchError
from workbench.files import content_key


def check_shares(val_share: float, test_share: float) -> None:
    """Raise unless both are shares that leave something to train on."""
    if not (0 <= val_share < 1 and 0 <= test_share < 1 and val_share + test_share < 1):
        raise WorkbenchError(
            f"Shares of val ({val_share:g}) and test ({test_share:g}) must be from 0 and add up to less than 1."
        )


def draw_splits(splits: Mapping[str, pd.DataFrame], shares: Mapping[str, float], seed: int) -> dict[str, pd.DataFrame]:
    """Move a share of each class of train to every split in `shares`; the given splits stay as they are.

    Rows with an equal `group` move together, and the share is met as nearly as whole groups allow; a group is of the
    class of its first path. Of a class of three or more groups every split gets at least one, and train keeps one.
    """
    train = splits["train"].reset_index(drop=True)
    groups = train["group"] if "group" in train else train["path"]
    by_group = train.assign(group=groups).sort_values("path").groupby("group", sort=False)
    units = by_group.agg(label=("label", "first"), path=("path", "first"), clips=("path", "size"))
    target = dict.fromkeys(units.index, "train")
    for label, rows in units.groupby("label"):
        order = rows.sort_values("path").index.to_numpy()
        order = np.random.default_rng(int(content_key("split", seed, label), 16)).permutation(order)
        for split, share in shares.items():
            clips = rows.loc[order, "clips"].to_numpy()
            # A group is in while its middle is within the share.
            count = int((np.cumsum(clips) - clips / 2 <= round(share * rows["clips"].sum())).sum())
            count = min(max(count, int(len(rows) >= 3)) if share > 0 else 0, len(order) - 1)
            target |= dict.fromkeys(order[:count], split)
            order = order[count:]
    chosen = groups.map(target)
    result = {split: train[chosen == split] for split in ("train", *shares)}
    result |= {split: table for split, table in splits.items() if split != "train"}
    return {split: result[split] for split in SPLITS if split in result and len(result[split])}

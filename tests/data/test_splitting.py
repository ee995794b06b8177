"""Drawing splits: whole groups, the asked shares, and nothing of the given splits moved."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from workbench.data.splitting import check_shares, draw_splits
from workbench.errors import WorkbenchError


def table(sizes: dict[str, list[int]]) -> pd.DataFrame:
    """Rows of groups of the given sizes, label by label."""
    rows = [
        (f"{label}{group}_{n}.mp4", number, f"{label}{group}")
        for number, (label, groups) in enumerate(sizes.items())
        for group, size in enumerate(groups)
        for n in range(size)
    ]
    return pd.DataFrame(rows, columns=["path", "label", "group"]).assign(line=0)


@pytest.mark.parametrize("seed", range(5))
def test_groups_are_whole_and_nothing_is_lost(seed):
    rng = np.random.default_rng(seed)
    train = table({label: rng.integers(1, 9, 25).tolist() for label in "abc"})
    drawn = draw_splits({"train": train}, {"val": 0.2, "test": 0.1}, seed)
    assert list(drawn) == ["train", "val", "test"]
    assert sorted(pd.concat(drawn.values())["path"]) == sorted(train["path"])
    for one, other in combinations(drawn.values(), 2):
        assert not set(one["group"]) & set(other["group"])
    for label, rows in train.groupby("label"):
        for split, share in (("val", 0.2), ("test", 0.1)):
            count = (drawn[split]["label"] == label).sum()
            assert abs(count - share * len(rows)) <= 4.5  # half of the largest group, and rounding


def test_a_class_keeps_a_group_to_train_on_and_gives_one_where_it_has_three():
    drawn = draw_splits({"train": table({"a": [5, 5, 5], "b": [4, 4], "c": [9]})}, {"val": 0.01, "test": 0.01}, 0)
    count = {split: rows["label"].value_counts().to_dict() for split, rows in drawn.items()}
    assert count == {"train": {0: 5, 1: 8, 2: 9}, "val": {0: 5}, "test": {0: 5}}


def test_given_splits_stay_as_they_are():
    given = {"train": table({"a": [1] * 10}), "test": table({"a": [3]}).assign(path=["x", "y", "z"])}
    drawn = draw_splits(given, {"val": 0.3}, 0)
    assert drawn["test"] is given["test"] and len(drawn["val"]) == 3 and len(drawn["train"]) == 7


def test_without_groups_each_row_moves_alone():
    drawn = draw_splits({"train": table({"a": [20]}).drop(columns="group")}, {"val": 0.25}, 0)
    assert len(drawn["val"]) == 5


@pytest.mark.parametrize("shares", [(0.5, 0.5), (-0.1, 0), (0, 1), (float("nan"), 0)])
def test_shares_that_leave_nothing_are_refused(shares):
    with pytest.raises(WorkbenchError, match="less than 1"):
        check_shares(*shares)

"""Random labels are at chance for a probe that cannot memorise; selectivity is the difference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.probes.made import task_of
from workbench.errors import WorkbenchError
from workbench.probes.controls import selectivity, shuffled


def test_shuffled_labels_keep_counts_and_features_and_follow_the_seed() -> None:
    task = task_of({"a": 3})["a"]
    other = shuffled(task, 1)
    for (_, before), (_, after) in zip(task.splits(), other.splits(), strict=True):
        assert after.features is before.features
        np.testing.assert_array_equal(np.bincount(after.labels), np.bincount(before.labels))
    assert (other.train.labels != task.train.labels).any()
    np.testing.assert_array_equal(other.train.labels, shuffled(task, 1).train.labels)
    assert (other.train.labels != shuffled(task, 2).train.labels).any()


def test_a_planted_factor_is_selective_and_a_random_one_is_not() -> None:
    tasks = task_of({"planted": 4}, n=300, strength=2.0)
    tasks["noise"] = shuffled(tasks["planted"], 9)
    table = selectivity("logistic", tasks).set_index(["factor", "metric"])
    assert table.loc[("planted", "accuracy"), "value"] > 0.9
    assert table.loc[("planted", "random_labels"), "value"] == pytest.approx(0.25, abs=0.06)
    assert table.loc[("noise", "selectivity"), "value"] == pytest.approx(0, abs=0.08)
    for factor in tasks:
        accuracy, null, difference = (
            table.loc[(factor, m), "value"] for m in ("accuracy", "random_labels", "selectivity")
        )
        assert difference == pytest.approx(accuracy - null)
    assert (table["low"] <= table["value"]).all()
    assert (table["value"] <= table["high"]).all()


def test_what_cannot_be_measured_is_a_note() -> None:
    tasks = task_of({"a": 3, "b": 3})
    tasks["b"] = replace(tasks["b"], train=replace(tasks["b"].train, labels=np.zeros(60, np.int64)))
    tasks["c"] = replace(tasks["a"], classes=0)
    table = selectivity("knn", tasks, seeds=(0,))
    notes = table[table["value"].isna()].groupby("factor")["note"].unique()
    assert set(notes.index) == {"b", "c"}
    assert "one class only" in notes["b"][0]
    assert "continuous" in notes["c"][0]
    with pytest.raises(WorkbenchError, match="at least one seed"):
        selectivity("knn", tasks, seeds=())

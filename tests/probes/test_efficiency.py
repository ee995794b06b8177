"""Curves over numbers of labels, and codes whose length is known."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.probes.made import task_of
from workbench.errors import WorkbenchError
from workbench.plots.efficiency import efficiency_figure
from workbench.probes.controls import shuffled
from workbench.probes.efficiency import FLOOR, code_lengths, label_curve, nested_order, online_code


def test_every_beginning_of_the_order_is_stratified() -> None:
    labels = np.repeat(np.arange(4), [100, 100, 50, 10])
    order = nested_order(labels, 0)
    assert sorted(order) == list(range(260))
    for count in (26, 52, 130, 260):
        shares = np.bincount(labels[order[:count]], minlength=4) / np.bincount(labels)
        np.testing.assert_allclose(shares * np.bincount(labels), count / 260 * np.bincount(labels), atol=1.01)
    np.testing.assert_array_equal(order, nested_order(labels, 0))
    assert (order != nested_order(labels, 1)).any()


def test_accuracy_rises_to_that_of_all_labels() -> None:
    task = task_of({"a": 4}, n=300, strength=0.2)["a"]
    curve = label_curve(task)
    assert list(curve["labels"]) == [6, 15, 30, 60, 150, 300]
    assert curve["value"].iloc[-1] > curve["value"].iloc[0] + 0.2
    assert (curve["chance"] == 0.25).all()
    assert (curve["low"] < curve["value"]).all()
    assert (curve["value"] < curve["high"]).all()


def test_too_few_labels_are_a_note() -> None:
    task = task_of({"a": 8}, n=80, strength=2.0)["a"]
    curve = label_curve(task, shares=(0.0125, 0.05, 1.0))
    assert curve["value"].isna().tolist() == [True, False, False]
    assert curve["note"].tolist() == ["1 labelled clips hold one class only", "4 of 8 classes have no label", ""]


def test_lengths_of_known_codes() -> None:
    labels = np.array([0, 1, 2, 3])
    np.testing.assert_allclose(code_lengths(np.zeros((4, 4)), labels), 2)
    sure = 100.0 * np.eye(4)
    np.testing.assert_allclose(code_lengths(sure, labels), 0, atol=0.002)
    np.testing.assert_allclose(code_lengths(sure, labels[::-1]), math.log2(4 / FLOOR), rtol=1e-6)
    never = np.where(np.eye(4) > 0, -np.inf, 0.0)
    assert np.isfinite(code_lengths(never, labels)).all()


def test_the_code_of_a_planted_factor_is_short_and_that_of_random_labels_is_not() -> None:
    task = task_of({"a": 4}, n=400, strength=2.0)["a"]
    planted, random = online_code(task).iloc[0], online_code(shuffled(task, 3)).iloc[0]
    assert planted["uniform"] == 2
    assert planted["value"] < 0.5
    assert random["value"] > 1.95
    assert planted["compression"] == pytest.approx(2 / planted["value"])


def test_continuous_factors_are_refused() -> None:
    task = replace(task_of({"a": 4})["a"], classes=0)
    for measure in (label_curve, online_code):
        with pytest.raises(WorkbenchError, match="continuous"):
            measure(task)


def test_the_figure_shows_every_factor_its_interval_and_chance() -> None:
    tasks = task_of({"a": 4, "b": 8}, n=80)
    curves = {name: label_curve(task, shares=(0.0125, 0.5, 1.0)).assign(factor=name) for name, task in tasks.items()}
    figure = efficiency_figure(pd.concat(curves.values()))
    named = {trace.name: trace for trace in figure.data if trace.mode == "lines+markers"}
    assert set(named) == {"a", "b"}
    known = curves["a"].dropna(subset="value")
    assert list(named["a"].x) == known["labels"].tolist()
    np.testing.assert_allclose(named["a"].y, 100 * known["value"])
    np.testing.assert_allclose(named["a"].error_y.array, 100 * (known["high"] - known["value"]))
    levels = {round(trace.y[0], 6) for trace in figure.data if trace.mode == "lines"}
    assert levels == {25.0, 12.5}

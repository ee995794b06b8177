"""Ridge regression gives scikit-learn's solution, and R² of known answers is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from tests.probes.made import classed, task_of
from workbench.errors import WorkbenchError
from workbench.probes import PROBES, Labelled, ProbeTask, ask
from workbench.probes.ridge import PENALTIES, fit_ridge, r_squared


@pytest.mark.parametrize("n, width", [(300, 20), (40, 80)])
@pytest.mark.parametrize("penalty", [0.1, 100.0])
def test_predictions_are_scikit_learns(n: int, width: int, penalty: float) -> None:
    (x, _), (v, _), (t, _) = classed(n, width, 3)
    rng = np.random.default_rng(1)
    target, other = x @ rng.normal(size=(width, 2)) + rng.normal(size=(n, 2)) + 5, v[:, :2]
    fit = fit_ridge(x, target, v, other, penalties=(penalty,))
    mean, deviation = x.mean(0), x.std(0)
    theirs = Ridge(alpha=penalty).fit(((x - mean) / deviation).astype(float), target)
    expected = theirs.predict((t - mean) / deviation)
    np.testing.assert_allclose(fit.predict(t), expected, atol=1e-3 * expected.std())


def test_the_penalty_is_the_best_on_validation() -> None:
    (x, _), (v, _), _ = classed(100, 40, 3)
    rng = np.random.default_rng(1)
    way = rng.normal(size=40)
    y, w = x @ way + 30 * rng.normal(size=100), v @ way + 30 * rng.normal(size=100)
    alone = [fit_ridge(x, y, v, w, penalties=(p,)).val_score for p in PENALTIES]
    fit = fit_ridge(x, y, v, w)
    assert fit.val_score == max(alone)
    assert fit.choice == f"penalty={PENALTIES[int(np.argmax(alone))]:g}"


def test_r_squared_is_one_for_the_truth_none_for_the_mean_and_never_below() -> None:
    y = np.array([1.0, 2.0, 3.0, 4.0])
    assert r_squared(y, y) == 1
    assert r_squared(y, np.full(4, 2.5)) == 0
    assert r_squared(y, -10 * y) == 0
    assert r_squared(y, np.array([1.5, 2.5, 2.5, 3.5])) == pytest.approx(1 - 1 / 5)
    with pytest.raises(WorkbenchError, match="one value"):
        r_squared(np.ones(4), y)


def continuous_task() -> ProbeTask:
    """The factor is a sum of channels of the mean token."""
    task = task_of({"a": 2}, n=200)["a"]
    parts = {name: Labelled(part.features, part.features.pooled[:, :3].sum(1)) for name, part in task.splits()}
    return replace(task, classes=0, **parts)


@pytest.mark.parametrize("name", ["ridge", "ridge_time"])
def test_a_continuous_factor_is_read(name: str) -> None:
    task = continuous_task()
    outcome = ask(name, task)
    assert r_squared(task.test.labels, outcome.predicted) > 0.99
    assert outcome.val_accuracy > 0.99


def test_a_probe_of_classes_refuses_a_continuous_factor() -> None:
    with pytest.raises(WorkbenchError, match=r"'logistic' reads classes.*ridge, ridge_time"):
        ask("logistic", continuous_task())


@pytest.mark.parametrize("name", list(PROBES))
def test_every_probe_says_what_is_wrong(name: str) -> None:
    task = task_of({"a": 3})["a"]
    with pytest.raises(WorkbenchError, match="one class only"):
        ask(name, replace(task, train=replace(task.train, labels=np.zeros(60, np.int64))))
    tokens = task.val.features.tokens.copy()
    tokens[3, 2, 1] = np.inf
    broken = replace(task.val, features=replace(task.val.features, tokens=tokens))
    with pytest.raises(WorkbenchError, match="val features hold non-finite"):
        ask(name, replace(task, val=broken))
    assert replace(task, test=replace(task.test, labels=task.test.labels % 2)).note == "test lacks class 2"


def test_bad_targets_are_named() -> None:
    (x, _), (v, _), _ = classed(30, 5, 3)
    with pytest.raises(WorkbenchError, match="one value only in the train"):
        fit_ridge(x, np.ones(30), v, v[:, 0])
    with pytest.raises(WorkbenchError, match="val split holds non-finite"):
        fit_ridge(x, x[:, 0], v, np.full(30, np.nan))

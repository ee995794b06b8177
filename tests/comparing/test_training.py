"""Curves of every term, averaged in groups of steps, and audits of several runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from workbench.audit import audit_run
from workbench.comparing import Model
from workbench.comparing.training import audits, curves
from workbench.runs import Run

BASE, RANDOM = "baseline-smoke-s0", "random-smoke-s0"


def test_a_curve_is_the_history_where_it_is_short(with_runs: Path) -> None:
    history = Run.open(BASE).history()
    found = curves([Model.of(BASE), Model.of(RANDOM)])
    assert set(found["model"]) == {BASE}  # the random encoder was never trained
    loss = found[found["term"] == "loss"]
    np.testing.assert_allclose(loss["value"], history["loss"])
    np.testing.assert_array_equal(loss["step"], history["step"])
    assert {"raw/predict", "weighted/predict", "grad_norm"} <= set(found["term"]) and "lr" not in set(found["term"])


def test_groups_are_means_and_keep_every_step(with_runs: Path) -> None:
    history = Run.open(BASE).history()
    loss = curves([Model.of(BASE)], points=3)
    loss = loss[loss["term"] == "loss"]
    assert len(loss) <= 3 and loss["steps"].sum() == len(history)
    assert np.average(loss["value"], weights=loss["steps"]) == pytest.approx(history["loss"].mean())
    assert loss["step"].iloc[-1] == history["step"].iloc[-1]


def test_no_history_no_rows(with_runs: Path) -> None:
    assert len(curves([Model.of(RANDOM), Model.of("random-smoke-s7")])) == 0


def test_audits_are_those_of_the_runs(with_runs: Path) -> None:
    found = audits([Model.of(BASE), Model.of("random-smoke-s7"), Model.of(RANDOM)])
    assert set(found["model"]) == {BASE, RANDOM}
    want = [(one.audit, one.of, one.status, one.found) for one in audit_run(Run.open(BASE))]
    mine = found[found["model"] == BASE].drop(columns="model")
    assert list(mine.itertuples(index=False, name=None)) == want

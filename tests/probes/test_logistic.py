"""The fast logistic regression gives scikit-learn's solution."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from tests.probes.made import classed
from workbench.errors import WorkbenchError
from workbench.probes.logistic import PENALTIES, fit_logistic


@pytest.mark.parametrize("n, width", [(400, 20), (60, 80)])
@pytest.mark.parametrize("penalty", [0.003, 0.3])
def test_scores_are_scikit_learns(n: int, width: int, penalty: float) -> None:
    (x, y), (v, w), (t, _) = classed(n, width, 5)
    fit = fit_logistic(x, y, v, w, 5, penalties=(penalty,))
    mean, deviation = x.mean(0), x.std(0)
    theirs = LogisticRegression(C=penalty, solver="newton-cg", tol=1e-8, max_iter=1000)
    theirs.fit(((x - mean) / deviation).astype(float), y)
    expected = theirs.decision_function((t - mean) / deviation)
    found = fit.scores(t)
    found = found - found.mean(1, keepdims=True)
    np.testing.assert_allclose(found, expected, atol=0.01 * expected.std())
    assert (fit.predict(t) == theirs.predict((t - mean) / deviation)).mean() > 0.99


def test_the_penalty_is_the_best_on_validation_and_the_strongest_of_equals() -> None:
    (x, y), (v, w), _ = classed(300, 20, 5)
    each = {c: fit_logistic(x, y, v, w, 5, penalties=PENALTIES[: i + 1]) for i, c in enumerate(PENALTIES)}
    alone = {c: fit_logistic(x, y, v, w, 5, penalties=(c,)).val_accuracy for c in PENALTIES}
    best = max(PENALTIES, key=lambda c: alone[c])
    chosen = each[PENALTIES[-1]]
    assert chosen.val_accuracy == pytest.approx(alone[best], abs=0.011)
    separated = np.concatenate([x, 100.0 * np.eye(5)[y]], 1), np.concatenate([v, 100.0 * np.eye(5)[w]], 1)
    assert fit_logistic(separated[0], y, separated[1], w, 5).choice == f"C={PENALTIES[0]:g}"


def test_scale_and_offset_of_the_channels_change_nothing() -> None:
    (x, y), (v, w), (t, _) = classed(300, 12, 4)
    plain = fit_logistic(x, y, v, w, 4).predict(t)
    scale = np.geomspace(0.01, 100, 12).astype(np.float32)
    moved = fit_logistic(x * scale + 3, y, v * scale + 3, w, 4).predict(t * scale + 3)
    assert (plain == moved).mean() > 0.99


def test_a_class_missing_from_train_is_named_and_never_predicted() -> None:
    (x, y), (v, w), (t, _) = classed(200, 10, 4)
    fit = fit_logistic(x[y != 2], y[y != 2], v, w, 4)
    assert fit.missing == (2,)
    assert 2 not in fit.predict(t)
    assert fit.scores(t).shape == (200, 4)


def test_constant_channels_and_repeated_channels_do_no_harm() -> None:
    (x, y), (v, w), (t, _) = classed(200, 10, 4)

    def more(z: np.ndarray) -> np.ndarray:
        return np.concatenate([z, z, np.ones((len(z), 1), z.dtype)], 1)

    fit = fit_logistic(more(x), y, more(v), w, 4)
    assert np.isfinite(fit.scores(more(t))).all()
    assert fit.val_accuracy == pytest.approx(fit_logistic(x, y, v, w, 4).val_accuracy, abs=0.02)


def test_bad_input_is_named() -> None:
    (x, y), (v, w), _ = classed(50, 6, 3)
    with pytest.raises(WorkbenchError, match="train features hold non-finite"):
        fit_logistic(np.where(x == x[3, 2], np.nan, x), y, v, w, 3)
    with pytest.raises(WorkbenchError, match="All training labels are 1"):
        fit_logistic(x, np.ones_like(y), v, w, 3)
    with pytest.raises(WorkbenchError, match=r"val split lies outside 0\.\.2"):
        fit_logistic(x, y, v, w + 1, 3)
    with pytest.raises(WorkbenchError, match=r"\(50, 0\)"):
        fit_logistic(x[:, :0], y, v, w, 3)

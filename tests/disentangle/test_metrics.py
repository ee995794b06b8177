"""Whole-latent metrics against a literal, slow writing of disentanglement_lib's formulas, and on codes with known answers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.stats
from scipy.linalg import hadamard
from sklearn.metrics import mutual_info_score

from workbench.disentangle.data import FactorData, Split
from workbench.disentangle.dci import block_importance, completeness, disentanglement, importance, lasso_softmax
from workbench.disentangle.information import (
    binned,
    channel_information,
    entropy,
    mig,
    modularity,
    mutual_information,
    sap,
)
from workbench.disentangle.nulls import rotated

K = 4


def aligned(noise: float = 0.02, extra: int = 0) -> FactorData:
    """One channel a factor, of four values each; `extra` channels of noise."""
    rng = np.random.default_rng(0)
    factors = ("a", "b", "c", "d")

    def split(n: int) -> Split:
        labels = {f: rng.integers(0, K, n) for f in factors}
        x = np.stack([labels[f] + noise * rng.normal(size=n) for f in factors], axis=1)
        return Split(np.hstack([x, rng.normal(size=(n, extra))]).astype(np.float32), labels)

    groups = {"appearance": ("a", "b"), "motion": ("c", "d")}
    return FactorData(split(2000), split(300), split(400), dict.fromkeys(factors, K), groups)


@pytest.fixture(scope="module")
def codes() -> FactorData:
    return aligned()


@pytest.fixture(scope="module")
def mixed(codes: FactorData) -> FactorData:
    return rotated(codes, np.array(hadamard(4), np.float32) / 2)  # every channel an equal part of every factor


def literal_dci(r: np.ndarray) -> tuple[float, float]:
    """`disentanglement` and `completeness` of disentanglement_lib's evaluation/metrics/dci.py."""
    per_code = 1.0 - scipy.stats.entropy(r.T + 1e-11, base=r.shape[1])
    per_factor = 1.0 - scipy.stats.entropy(r + 1e-11, base=r.shape[0])
    return float((per_code * r.sum(1) / r.sum()).sum()), float((per_factor * r.sum(0) / r.sum()).sum())


def literal_information(x: np.ndarray, labels: list[np.ndarray]) -> np.ndarray:
    """`_histogram_discretize` and `discrete_mutual_info` of disentanglement_lib's evaluation/metrics/utils.py."""
    result = np.zeros((x.shape[1], len(labels)))
    for i in range(x.shape[1]):
        column = np.digitize(x[:, i], np.histogram(x[:, i], 20)[1][:-1])
        for j, label in enumerate(labels):
            result[i, j] = mutual_info_score(label, column)
    return result


def literal_mig(m: np.ndarray, labels: list[np.ndarray]) -> float:
    """`mig.py`: gaps of the sorted information over the factors' entropies."""
    entropies = np.array([mutual_info_score(label, label) for label in labels])
    top = np.sort(m, axis=0)[::-1]
    return float(np.mean((top[0, :] - top[1, :]) / entropies))


def literal_modularity(m: np.ndarray) -> float:
    """`modularity` of modularity_explicitness.py."""
    total = 0.0
    for row in m:
        best = max(row**2)
        rest = sum(v**2 for v in row) - best
        total += 0.0 if best == 0 else 1 - rest / (best * (len(row) - 1))
    return total / len(m)


@pytest.mark.parametrize("seed", range(4))
def test_dci_formulas_are_the_library_s(seed: int) -> None:
    rng = np.random.default_rng(seed)
    r = rng.exponential(size=(7, 3)) * (rng.random((7, 3)) < 0.6) + 1e-3
    assert (disentanglement(r), completeness(r)) == pytest.approx(literal_dci(r), abs=1e-8)


def test_information_mig_and_modularity_are_the_library_s(mixed: FactorData) -> None:
    labels = [mixed.train.labels[f] for f in mixed.factors]
    x = mixed.train.channels[:, :, 0].astype(np.float64)
    m = np.stack([mutual_information(binned(x), label, K) for label in labels], axis=1)
    expected = literal_information(x, labels)
    assert m == pytest.approx(expected, abs=1e-6)
    assert [entropy(label) for label in labels] == pytest.approx([mutual_info_score(a, a) for a in labels])
    assert mig(m, np.array([entropy(label) for label in labels])) == pytest.approx(
        literal_mig(expected, labels), abs=1e-6
    )
    assert modularity(m) == pytest.approx(literal_modularity(expected), abs=1e-6)


def test_axis_aligned_code_scores_one_and_a_rotated_one_low(codes: FactorData, mixed: FactorData) -> None:
    factors = codes.factors
    entropies = np.array([entropy(codes.train.labels[f]) for f in factors])
    clean, turned = channel_information(codes, factors), channel_information(mixed, factors)
    assert mig(clean, entropies) > 0.97 and mig(turned, entropies) < 0.3
    assert modularity(clean) > 0.99 and modularity(turned) < 0.95
    r, r_turned = importance(codes, factors).r, importance(mixed, factors).r
    assert disentanglement(r) > 0.97 and completeness(r) > 0.97
    assert disentanglement(r_turned) < 0.6 and completeness(r_turned) < 0.6
    # SAP of a perfect code: all read from one channel, chance (about a quarter) from the next.
    assert sap(codes, factors) == pytest.approx(1 - 1 / K, abs=0.06)
    assert sap(mixed, factors) < 0.35


def test_importance_leaves_channels_of_noise_out() -> None:
    data = aligned(extra=6)
    found = importance(data, data.factors)
    assert found.r[4:].sum() < 0.02 * found.r.sum()
    assert found.r.sum(0) == pytest.approx(np.ones(4))
    assert found.right.mean() > 0.98


def test_lasso_agrees_with_scikit_learn() -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 6)).astype(np.float32)
    y = (x @ rng.normal(size=(6, 3)) + rng.gumbel(size=(400, 3))).argmax(1)
    penalty = 0.02
    start = np.zeros((6, 3), np.float32), np.zeros(3, np.float32)
    hot = np.eye(3, dtype=np.float32)[y]
    w, _ = lasso_softmax(x, hot, np.array([0, 3]), penalty, *start, steps=2000)
    model = LogisticRegression(l1_ratio=1, solver="saga", C=1 / (penalty * 400), tol=1e-7, max_iter=5000).fit(x, y)
    assert w == pytest.approx(model.coef_.T, abs=2e-3)


def test_lasso_fits_factors_side_by_side_as_it_does_alone() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 5)).astype(np.float32)
    hots = [np.eye(k, dtype=np.float32)[rng.integers(0, k, 200)] for k in (3, 4)]
    zeros = [(np.zeros((5, k), np.float32), np.zeros(k, np.float32)) for k in (3, 4, 7)]
    both, _ = lasso_softmax(x, np.hstack(hots), np.array([0, 3, 7]), 0.01, *zeros[2])
    alone = [
        lasso_softmax(x, hot, np.array([0, hot.shape[1]]), 0.01, *zero)[0]
        for hot, zero in zip(hots, zeros, strict=False)
    ]
    assert both == pytest.approx(np.hstack(alone), abs=1e-5)


def test_block_importance_adds_up() -> None:
    r = np.arange(12.0).reshape(6, 2)
    assert block_importance(r, np.array([0, 1]), np.array([2, 3, 4, 5])).tolist() == [[2, 4], [28, 32]]


def test_a_channel_s_information_is_that_of_its_best_value(codes: FactorData) -> None:
    rng = np.random.default_rng(3)
    x = codes.train.x
    more = np.stack([rng.normal(size=x.shape).astype(np.float32), x], axis=2)
    data = replace(codes, train=Split(more, codes.train.labels))
    one, two = channel_information(codes, ("a", "c")), channel_information(data, ("a", "c"))
    assert np.diag(two[[0, 2]]) == pytest.approx(np.diag(one[[0, 2]]))
    assert (two >= one - 1e-9).all()

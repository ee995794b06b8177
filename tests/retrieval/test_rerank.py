"""Re-ranking against loops that are the formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.retrieval.test_scores import whole
from workbench.errors import WorkbenchError
from workbench.retrieval import RERANKS, MatrixScores, retrieval_metrics, scores
from workbench.retrieval.rerank import dual_softmax, qb_norm


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(scores, "BLOCK", 30)


def cosines(rng: np.random.Generator, *shape: int) -> np.ndarray:
    return rng.uniform(-1, 1, shape).astype(np.float32)


def test_dual_softmax_is_its_formula(small_blocks) -> None:
    matrix = cosines(np.random.default_rng(0), 9, 6)
    for_captions, for_videos = dual_softmax(MatrixScores(matrix))
    a, b = whole(for_captions), whole(for_videos)
    s = matrix.astype(float).tolist()
    for i in range(9):
        for j in range(6):
            over_captions = sum(math.exp(100 * s[other][j]) for other in range(9))
            over_videos = sum(math.exp(100 * s[i][other]) for other in range(6))
            assert a[i, j] == pytest.approx(s[i][j] * math.exp(100 * s[i][j]) / over_captions, rel=1e-10)
            assert b[i, j] == pytest.approx(s[i][j] * math.exp(100 * s[i][j]) / over_videos, rel=1e-10)


def literal_qb_norm(matrix: np.ndarray, bank: np.ndarray) -> np.ndarray:
    found = matrix.astype(float)
    often = {int(np.argmax(row)) for row in bank}
    for i, row in enumerate(matrix.astype(float)):
        if int(np.argmax(row)) in often:
            for j in range(len(row)):
                found[i, j] = math.exp(20 * row[j]) / sum(math.exp(20 * float(one[j])) for one in bank)
    return found


def test_qb_norm_is_its_formula(small_blocks) -> None:
    rng = np.random.default_rng(1)
    matrix, bank = cosines(rng, 40, 12), cosines(rng, 5, 12)
    for_captions, for_videos = qb_norm(MatrixScores(matrix), MatrixScores(bank))
    found, literal = whole(for_captions), literal_qb_norm(matrix, bank)
    np.testing.assert_allclose(found, literal, rtol=1e-10)
    kept = (found == matrix).all(1)
    assert 0 < kept.sum() < 40 and for_videos is None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_the_order_of_captions_and_videos_does_not_matter(seed) -> None:
    """Also where scores tie: which of the best is named first must not matter."""
    rng = np.random.default_rng(seed)
    matrix, bank = (rng.integers(-2, 3, shape) / 2 for shape in ((6, 5), (4, 5)))
    i, j = rng.permutation(6), rng.permutation(5)
    index = np.array([0, 1, 2, 3, 4, 0])
    place = np.argsort(j)
    for name in RERANKS:
        kept = retrieval_metrics(matrix, index, [name], bank)
        moved = retrieval_metrics(matrix[i][:, j], place[index[i]], [name], bank[:, j])
        # The sums of exponentials are added in another order; ranks that a last bit decides are no part of this.
        np.testing.assert_allclose(kept["value"], moved["value"], rtol=1e-9)


def test_a_hub_is_put_in_its_place() -> None:
    """A video that is near every caption wins every row; both re-rankings take that from it."""
    rng = np.random.default_rng(2)
    matrix = np.clip(0.3 * np.eye(30) + 0.05 * rng.normal(size=(30, 30)), -1, 1)
    matrix[:, 7] += 0.4
    bank = 0.05 * rng.normal(size=(100, 30))
    bank[:, 7] += 0.4
    found = retrieval_metrics(matrix, rerank=["dual_softmax", "qb_norm"], bank=bank)
    first = found[(found["metric"] == "R@1") & (found["direction"] == "text→video")].set_index("rerank")["value"]
    assert first[""] < 30 and first["dual_softmax"] > 90 and first["qb_norm"] > 90


@pytest.mark.parametrize(
    ("scale", "bank", "name", "message"),
    [
        (100, None, "dual_softmax", "row 0, column 0 .* is 100. Divide the scores by their scale"),
        (100, np.zeros((2, 4)), "qb_norm", "row 0, column 0 .* is 100"),
        (1, 30 * np.ones((2, 4)), "qb_norm", "between -1 and 1"),
        (1, None, "qb_norm", "needs a bank"),
        (1, np.zeros((2, 3)), "qb_norm", "the bank has 3 videos and the scores have 4"),
        (1, None, "dual_sofmax", "Did you mean 'dual_softmax'"),
    ],
)
def test_what_cannot_be_re_ranked_is_said(scale, bank, name, message) -> None:
    with pytest.raises(WorkbenchError, match=message):
        retrieval_metrics(scale * np.eye(4), rerank=[name], bank=bank)

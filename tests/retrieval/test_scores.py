"""Cosines in blocks are those of the whole product, and equal embeddings have equal ones."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.errors import WorkbenchError
from workbench.retrieval import EmbeddingScores, MatrixScores, scores
from workbench.retrieval.scores import MappedScores


def whole(of: scores.Scores) -> np.ndarray:
    return np.concatenate([block.copy() for _, block in of.blocks()])


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(scores, "BLOCK", 1000)


def test_cosines_are_those_of_the_whole_product(small_blocks) -> None:
    rng = np.random.default_rng(0)
    text, video = rng.normal(size=(203, 24)).astype(np.float32), rng.normal(size=(57, 24)).astype(np.float32)
    a, b = (x.astype(float) / np.linalg.norm(x.astype(float), axis=1, keepdims=True) for x in (text, video))
    cosines = (a @ b.T).astype(np.float32)
    found = EmbeddingScores(text, video)
    assert whole(found).dtype == found.dtype == np.float32
    np.testing.assert_allclose(whole(found), cosines, atol=6e-8)
    rows, columns = np.sort(rng.integers(0, 203, 300)), rng.integers(0, 57, 300)
    assert (found.pairs(rows, columns) == whole(found)[rows, columns]).all()


def test_equal_embeddings_have_equal_cosines_wherever_they_stand(small_blocks) -> None:
    rng = np.random.default_rng(1)
    text = rng.normal(size=(31, 17)).astype(np.float32)[rng.integers(0, 31, 211)]
    video = rng.normal(size=(5, 17)).astype(np.float32)[rng.integers(0, 5, 67)]
    found = whole(EmbeddingScores(text, video))
    assert len(np.unique(found)) <= 31 * 5


def test_the_length_of_an_embedding_does_not_matter() -> None:
    rng = np.random.default_rng(2)
    text, video = rng.normal(size=(8, 6)), rng.normal(size=(7, 6))
    found = whole(EmbeddingScores(text * 1e200, video * 1e-200))
    np.testing.assert_allclose(found, whole(EmbeddingScores(text, video)), atol=1e-7)


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f4", "f8", "i4", "u1"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_matrix_is_read_as_it_is(small_blocks, dtype, order) -> None:
    matrix = np.asarray(np.random.default_rng(3).integers(0, 100, (300, 40)), dtype, order=order)
    found = MatrixScores(matrix)
    assert (whole(found) == matrix).all() and whole(found).dtype == found.dtype
    changed = MappedScores(found, lambda rows, block: block + np.arange(rows.start, rows.stop)[:, None])
    assert (whole(changed) == matrix.astype(float) + np.arange(300)[:, None]).all()
    rows, columns = np.array([0, 0, 26, 299]), np.array([1, 3, 39, 0])
    assert (changed.pairs(rows, columns) == whole(changed)[rows, columns]).all()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: EmbeddingScores(np.ones((2, 3)), np.array([[1.0] * 3, [0.0] * 3])), "Video 1 .* is zero"),
        (lambda: EmbeddingScores(np.array([[1, np.nan]]), np.ones((2, 2))), "Caption 0 .* is not finite"),
        (lambda: EmbeddingScores(np.array([[1, -np.inf]]), np.ones((2, 2))), "Caption 0 .* is not finite"),
        (lambda: EmbeddingScores(np.ones((2, 3)), np.ones((2, 4))), "Captions have 3 dimensions and videos 4"),
        (lambda: EmbeddingScores(np.ones(3), np.ones((2, 3))), r"shape \(n, D\)"),
        (lambda: EmbeddingScores(np.ones((0, 3)), np.ones((2, 3))), r"shape \(n, D\)"),
        (lambda: MatrixScores(np.ones(3)), r"the shape is \(3,\)"),
        (lambda: MatrixScores(np.ones((3, 0))), r"the shape is \(3, 0\)"),
        (lambda: MatrixScores(np.ones((2, 2), complex)), "real numbers"),
    ],
)
def test_what_has_no_scores_is_said(make, message) -> None:
    with pytest.raises(WorkbenchError, match=message):
        make()

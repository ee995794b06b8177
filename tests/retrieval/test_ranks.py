"""Ranks are the average over every way to break ties."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest
from hypothesis import given, settings

from tests.retrieval.made import literal_rank, literal_ranks, random_truth, tied_scores
from workbench.errors import WorkbenchError
from workbench.retrieval import MatrixScores, Ranks, as_truth, caption_ranks, ranks, scores


def both(matrix: np.ndarray, truth: object = None) -> tuple[Ranks, Ranks]:
    return ranks(MatrixScores(matrix), as_truth(truth, *matrix.shape))


@settings(max_examples=150, deadline=None)
@given(tied_scores())
def test_ranks_are_those_of_all_orders_of_equal_scores(drawn) -> None:
    matrix, truth = drawn
    for found, rows, true in zip(both(matrix, truth), (matrix, matrix.T), (truth, truth.T), strict=True):
        orders = [literal_ranks(row, of_row) for row, of_row in zip(rows, true, strict=True)]
        np.testing.assert_allclose(found.expected(), [np.mean(one) for one in orders], rtol=1e-12)
        for k in range(1, rows.shape[1] + 2):
            hits = [np.mean(np.array(one) <= k) for one in orders]
            np.testing.assert_allclose(found.within(k), hits, atol=1e-12)
        assert found.median() == np.median(np.concatenate(orders))  # all rows have as many orders


def test_expected_rank_and_share_of_hits_by_their_formulas() -> None:
    found = Ranks(np.array([3, 3]), np.array([6, 6]), np.array([1, 4]), 20)
    assert found.expected().tolist() == [3 + 1 + 6 / 2, 3 + (6 + 3 + 2) / (3 + 2)]
    for k in range(1, 21):
        j = max(k - 3, 0)
        assert found.within(k)[0] == pytest.approx(min(j / 7, 1), abs=1e-15)
        assert found.within(k)[1] == pytest.approx(1 - comb(6, j) / comb(10, j) if j <= 10 else 1, abs=1e-12)
    # The expectation is the sum of the shares that are beyond each rank.
    beyond = sum(1 - found.within(k) for k in range(20))
    np.testing.assert_allclose(beyond, found.expected(), rtol=1e-12)


def test_ninety_nine_right_rows_and_one_of_equal_scores() -> None:
    matrix = np.eye(100)
    matrix[40] = 0.5
    of_captions, _ = both(matrix)
    assert 100 * of_captions.within(1).mean() == pytest.approx(99.01, abs=1e-12)
    assert of_captions.expected().mean() == pytest.approx((99 + 50.5) / 100)
    assert of_captions.median() == 1


def test_perfect_reversed_and_constant_scores() -> None:
    n = 12
    for matrix, rank in ((np.eye(n), 1), (-np.eye(n), n), (np.zeros((n, n)), (n + 1) / 2)):
        for found in both(matrix):
            assert (found.expected() == rank).all() and found.median() == rank


@settings(max_examples=60, deadline=None)
@given(tied_scores())
def test_monotone_changes_of_the_scores_change_nothing(drawn) -> None:
    matrix, truth = drawn
    for change in (np.exp, np.arctan, lambda x: 3 * x - 7, lambda x: x.astype(np.float64) ** 3):
        for a, b in zip(both(matrix, truth), both(change(matrix), truth), strict=True):
            assert (a.expected() == b.expected()).all() and (a.within(2) == b.within(2)).all()


@settings(max_examples=60, deadline=None)
@given(tied_scores())
def test_the_order_of_captions_and_videos_does_not_matter(drawn) -> None:
    matrix, truth = drawn
    rng = np.random.default_rng(0)
    i, j = rng.permutation(matrix.shape[0]), rng.permutation(matrix.shape[1])
    a, b = both(matrix, truth), both(matrix[i][:, j], truth[i][:, j])
    for one, other, order in zip(a, b, (i, j), strict=True):
        assert (one.expected()[order] == other.expected()).all()
        assert (one.within(2)[order] == other.within(2)).all()


def test_ranks_of_many_captions_in_blocks(monkeypatch) -> None:
    monkeypatch.setattr(scores, "BLOCK", 500)
    rng = np.random.default_rng(1)
    matrix, truth = rng.normal(size=(211, 37)), random_truth(rng, 211, 37)
    for found, rows, true in zip(both(matrix, truth), (matrix, matrix.T), (truth, truth.T), strict=True):
        assert found.expected().tolist() == [literal_rank(row, one) for row, one in zip(rows, true, strict=True)]
        assert (found.false == 0).all() and (found.true == 1).all()


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_the_first_score_that_is_not_finite_is_named(value, monkeypatch) -> None:
    monkeypatch.setattr(scores, "BLOCK", 20)
    matrix = np.zeros((9, 9))
    matrix[[5, 7], [2, 1]] = value
    with pytest.raises(WorkbenchError, match=r"row 5, column 2 \(counted from 0\) is -?(nan|inf)"):
        both(matrix)


def test_a_video_without_a_caption_is_no_query() -> None:
    truth = as_truth(np.array([0, 2]), 2, 4)
    with pytest.raises(WorkbenchError, match=r"Video 1 .* has no true caption.*; of 4 videos 2 have none"):
        ranks(MatrixScores(np.ones((2, 4))), truth)
    assert caption_ranks(MatrixScores(np.ones((2, 4))), truth).expected().tolist() == [2.5, 2.5]

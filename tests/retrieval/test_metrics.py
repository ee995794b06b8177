"""Facts of the whole table: known answers, chance, intervals, and embeddings against their matrix."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.retrieval.made import literal_metrics, literal_rank, random_truth
from workbench.retrieval import METRICS, EmbeddingScores, Truth, retrieval_metrics, scores
from workbench.retrieval.metrics import COLUMNS, DIRECTIONS

COUNTS = ["n", "pool"]


def cells(table: pd.DataFrame, column: str = "value") -> dict[tuple[str, str], float]:
    return {(row["direction"], row["metric"]): row[column] for _, row in table.iterrows()}


def test_one_row_a_direction_metric_and_re_ranking() -> None:
    found = retrieval_metrics(np.eye(6), rerank=["dual_softmax", "qb_norm"], bank=np.eye(6))
    assert found.columns.tolist() == COLUMNS
    each = found.groupby("rerank", sort=False).size()
    assert each.to_dict() == {"": 11, "dual_softmax": 11, "qb_norm": 5}
    assert found["metric"].tolist()[:11] == [*METRICS[:5], *METRICS[:5], "rsum"]
    assert found[COUNTS].drop_duplicates().to_numpy().tolist() == [[6, 6], [12, 12]]


@pytest.mark.parametrize(("sign", "recall", "rank"), [(1, 100, 1), (-1, 0, 40)])
def test_perfect_and_reversed_scores(sign, recall, rank) -> None:
    found = cells(retrieval_metrics(sign * np.eye(40)))
    for direction in DIRECTIONS:
        assert [found[direction, f"R@{k}"] for k in (1, 5, 10)] == [recall] * 3
        assert found[direction, "MedR"] == found[direction, "MeanR"] == rank
    assert found["both", "rsum"] == 6 * recall


@pytest.mark.parametrize("several", [False, True])
def test_equal_scores_are_at_chance_in_every_metric(several) -> None:
    truth = random_truth(np.random.default_rng(0), 50, 20) if several else None
    found = retrieval_metrics(np.zeros((50, 20 if several else 50)), truth)
    np.testing.assert_allclose(found["value"], found["chance"], rtol=1e-12)


def test_chance_of_a_thousand_pairs() -> None:
    chance = cells(retrieval_metrics(np.eye(1000)), "chance")
    for direction in DIRECTIONS:
        assert [chance[direction, name] for name in METRICS[:5]] == pytest.approx([0.1, 0.5, 1, 500.5, 500.5])
    assert chance["both", "rsum"] == pytest.approx(3.2)


def test_chance_is_what_random_scores_give() -> None:
    rng = np.random.default_rng(1)
    truth = random_truth(rng, 60, 24, 0.08)
    found = cells(retrieval_metrics(rng.normal(size=truth.shape), truth), "chance")
    trials = [rng.normal(size=truth.shape) for _ in range(400)]
    for direction, turned in zip(DIRECTIONS, (False, True), strict=True):
        true = truth.T if turned else truth
        pooled = np.array([[literal_rank(*q) for q in zip(s.T if turned else s, true, strict=True)] for s in trials])
        for k in (1, 5, 10):
            assert found[direction, f"R@{k}"] == pytest.approx(100 * (pooled <= k).mean(), abs=1.5)
        assert found[direction, "MeanR"] == pytest.approx(pooled.mean(), rel=0.02)
        assert found[direction, "MedR"] == pytest.approx(np.median(pooled), abs=0.5)


def test_several_captions_a_video_and_several_videos_a_caption() -> None:
    rng = np.random.default_rng(2)
    truth = random_truth(rng, 70, 30)
    matrix = rng.normal(size=truth.shape) + truth
    found = cells(retrieval_metrics(matrix, truth))
    for direction, rows, true in zip(DIRECTIONS, (matrix, matrix.T), (truth, truth.T), strict=True):
        for name, value in literal_metrics(rows, true).items():
            assert found[direction, name] == pytest.approx(value)
    recalls = [value for (_, name), value in found.items() if name.startswith("R@")]
    assert found["both", "rsum"] == pytest.approx(sum(recalls)) and len(recalls) == 6


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("several", [False, True])
def test_embeddings_give_exactly_the_numbers_of_their_matrix(seed, several, monkeypatch) -> None:
    rng = np.random.default_rng(seed)
    captions, videos, width = 331, 127, 33
    video = rng.normal(size=(videos, width)).astype(np.float32)
    video[100:] = video[rng.integers(0, 100, videos - 100)]  # copies, which tie
    index = rng.permutation(np.arange(captions) % videos)
    text = (video[index] + rng.normal(size=(captions, width))).astype(np.float32)
    text[300:] = text[rng.integers(0, 300, captions - 300)]
    truth = random_truth(rng, captions, videos, 0.05) if several else index
    a, b = (x.astype(float) / np.linalg.norm(x.astype(float), axis=1, keepdims=True) for x in (text, video))
    matrix = (a @ b.T).astype(np.float32)
    monkeypatch.setattr(scores, "BLOCK", 5000)
    bank = matrix[:50]
    of_embeddings = retrieval_metrics(EmbeddingScores(text, video), truth)
    pd.testing.assert_frame_equal(of_embeddings, retrieval_metrics(matrix, truth), check_exact=True)
    names = ["dual_softmax", "qb_norm"]
    streamed = retrieval_metrics(EmbeddingScores(text, video), truth, names, bank)
    monkeypatch.undo()
    pd.testing.assert_frame_equal(streamed, retrieval_metrics(matrix, truth, names, bank), rtol=1e-9)


def test_intervals_hold_the_value_and_are_the_same_on_every_call() -> None:
    rng = np.random.default_rng(3)
    matrix = np.eye(300) + 0.5 * rng.normal(size=(300, 300))
    found = retrieval_metrics(matrix)
    assert ((found["low"] <= found["value"]) & (found["value"] <= found["high"])).all()
    pd.testing.assert_frame_equal(found, retrieval_metrics(matrix))
    row = found.iloc[0]
    half = 196 * np.sqrt(row["value"] / 100 * (1 - row["value"] / 100) / 300)
    assert row["high"] - row["low"] == pytest.approx(2 * half, rel=0.1)


def test_nothing_but_hits_or_misses_has_wilsons_interval_over_videos() -> None:
    from workbench.stats import wilson

    index = np.repeat(np.arange(20), 3)
    matrix = np.eye(20)[index]
    found = cells(retrieval_metrics(matrix, index), "low")
    assert found["text→video", "R@1"] == pytest.approx(100 * wilson(20, 20)[0])
    assert found["both", "rsum"] == pytest.approx(600 * wilson(20, 20)[0])
    assert cells(retrieval_metrics(-matrix, index), "high")["text→video", "R@1"] == pytest.approx(
        100 * wilson(0, 20)[1]
    )


def test_copies_of_captions_do_not_narrow_the_interval() -> None:
    rng = np.random.default_rng(4)
    matrix = np.eye(200) + 0.6 * rng.normal(size=(200, 200))
    index = np.repeat(np.arange(200), 5)
    one, five = (cells(retrieval_metrics(*args), "low") for args in ((matrix,), (matrix[index], index)))
    assert five["text→video", "R@5"] == one["text→video", "R@5"]
    assert five["text→video", "MedR"] == one["text→video", "MedR"]


def test_one_pair_has_no_interval() -> None:
    found = retrieval_metrics(np.ones((1, 1)))
    assert found[["low", "high"]].iloc[:10].isna().all(None) and (found["value"][:3] == 100).all()


def test_the_interval_follows_the_source_of_a_caption() -> None:
    rng = np.random.default_rng(5)
    truth = random_truth(rng, 60, 30, 0.2)
    rows, columns = truth.nonzero()
    matrix = rng.normal(size=truth.shape)
    found = [
        retrieval_metrics(matrix, Truth.from_pairs(rows, columns, truth.shape, source))
        for source in (None, np.arange(60) % 30)
    ]
    assert (found[0]["value"] == found[1]["value"]).all() and (found[0]["low"] != found[1]["low"]).any()

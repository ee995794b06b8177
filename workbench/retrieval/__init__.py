"""Video–text retrieval: metrics of both directions, their chance and intervals, re-ranking, zero-shot classification.

Rows are captions, columns are videos, everywhere. Scores are a matrix, or embeddings of which the matrix is never held:

    retrieval_metrics(scores)                                # square, row i belongs to column i
    retrieval_metrics(scores, truth, rerank=["dual_softmax"])
    retrieval_metrics(EmbeddingScores(text, video), truth)

Ties are broken at random, and every number is what that gives on average: a model that gives every pair the same score
is at chance in every metric. Of 100 rows, 99 right and one of equal scores, R@1 is 99.01 %; a public implementation that
counts such a row once for every tie says 50.25.
"""

from __future__ import annotations

from workbench.retrieval.classify import ZeroShot, zero_shot
from workbench.retrieval.metrics import METRICS, retrieval_metrics
from workbench.retrieval.ranks import Ranks, caption_ranks, ranks
from workbench.retrieval.rerank import RERANKS
from workbench.retrieval.scores import EmbeddingScores, MatrixScores, Scores
from workbench.retrieval.truth import Truth, as_truth

__all__ = [
    "METRICS",
    "RERANKS",
    "EmbeddingScores",
    "MatrixScores",
    "Ranks",
    "Scores",
    "Truth",
    "ZeroShot",
    "as_truth",
    "caption_ranks",
    "ranks",
    "retrieval_metrics",
    "zero_shot",
]

"""Re-ranking of scores after the model: dual softmax and QB-Norm.

Both are transductive: a score then depends on more than its own caption and video. Dual softmax sees all test queries at
once; QB-Norm sees captions of the training set and all test videos. Numbers with them stand apart from those without.

A re-ranking takes (scores, bank) and gives the scores to rank videos by, for each caption, and those to rank captions by,
for each video, or None where it has no such direction. Both take cosines: their temperatures mean nothing for scores of
another scale.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from workbench.errors import WorkbenchError
from workbench.registry import Registry
from workbench.retrieval.scores import MappedScores, Scores

Reranking = Callable[[Scores, Scores | None], tuple[Scores, Scores | None]]
RERANKS: Registry[Reranking] = Registry("re-ranking")

DUAL_SCALE = 100.0  # of CLIP's logits; what published evaluations multiply cosines by
BANK_SCALE = 20.0  # beta of QB-Norm, chosen by its authors on MSR-VTT
SLACK = 1e-3  # a cosine of rounded embeddings may be a little over one


@RERANKS.register("dual_softmax")
def dual_softmax(scores: Scores, bank: Scores | None = None) -> tuple[Scores, Scores]:
    """Each score times its share of the other direction's softmax (Cheng et al. 2021, CAMoE, arXiv 2109.04290).

    With s of caption i and video j: to rank videos, s_ij · exp(100 s_ij) / Σ_i' exp(100 s_i'j), the sum over all test
    captions; to rank captions, s_ij · exp(100 s_ij) / Σ_j' exp(100 s_ij'), the sum over all test videos. Takes no bank.
    """
    total = _sum_of_exponentials(scores, DUAL_SCALE)

    def for_captions(_: slice, block: np.ndarray) -> np.ndarray:
        block = block.astype(np.float64)
        return block * (np.exp(DUAL_SCALE * block) / total)

    def for_videos(_: slice, block: np.ndarray) -> np.ndarray:
        block = block.astype(np.float64)
        raised = np.exp(DUAL_SCALE * block)
        return block * (raised / raised.sum(1, keepdims=True))

    return MappedScores(scores, for_captions), MappedScores(scores, for_videos)


@RERANKS.register("qb_norm")
def qb_norm(scores: Scores, bank: Scores | None) -> tuple[Scores, None]:
    """Dynamic inverted softmax over a bank of training captions (Bogolin et al. 2022, QB-Norm, arXiv 2112.12777).

    `bank` (training captions, videos): their scores with the same videos. A caption whose best video is also the best of
    some caption of the bank has s_ij replaced by exp(20 s_ij) / Σ_b exp(20 bank_bj); the others keep theirs. Where videos
    tie for best, each of them counts as best. Captions to videos alone: the other way needs a bank of training videos.
    """
    if bank is None:
        raise WorkbenchError(
            "qb_norm needs a bank: the scores of training captions (rows) with the same videos (columns)."
        )
    if bank.shape[1] != scores.shape[1]:
        raise WorkbenchError(
            f"{bank.name}: the bank has {bank.shape[1]} videos and the scores have {scores.shape[1]}; it needs a column "
            "for each video of the scores."
        )
    total = _sum_of_exponentials(bank, BANK_SCALE)
    often = np.zeros(bank.shape[1], bool)
    for _, block in bank.blocks():
        often |= _best(block).any(0)

    def for_captions(rows: slice, block: np.ndarray) -> np.ndarray:
        _check_cosines(rows, block, scores.name)
        block = block.astype(np.float64)
        replaced = (_best(block) & often).any(1, keepdims=True)
        return np.where(replaced, np.exp(BANK_SCALE * block) / total, block)

    return MappedScores(scores, for_captions), None


def _sum_of_exponentials(scores: Scores, scale: float) -> np.ndarray:
    """Σ_i exp(scale · s_ij) of each video j. Cosines times 100 stay in the range of float64, so nothing is subtracted."""
    total = np.zeros(scores.shape[1])
    for rows, block in scores.blocks():
        _check_cosines(rows, block, scores.name)
        total += np.exp(scale * block.astype(np.float64)).sum(0)
    return total


def _best(block: np.ndarray) -> np.ndarray:
    """True at the highest scores of each row."""
    found: np.ndarray = block == block.max(1, keepdims=True)
    return found


def _check_cosines(rows: slice, block: np.ndarray, name: str) -> None:
    wrong = ~(np.abs(block) <= 1 + SLACK)
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise WorkbenchError(
            f"{name}: re-ranking takes cosines, between -1 and 1; the score of row {rows.start + row}, column {column} "
            f"(counted from 0) is {block[row, column]:g}. Divide the scores by their scale first, such as CLIP's 100."
        )

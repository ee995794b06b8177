"""Scores of captions and videos, read in blocks of captions: from a matrix, or from embeddings without making one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from workbench.errors import WorkbenchError

BLOCK = 2_000_000  # scores held at once

Block = tuple[slice, np.ndarray]


class Scores(Protocol):
    """Scores (captions, videos). `blocks` may be called any number of times and gives the same each time.

    A block is the slice of captions and their scores (up to block, videos) of type `dtype`. It may be overwritten by the
    next one: copy what is to be kept.
    """

    name: str
    shape: tuple[int, int]
    dtype: np.dtype

    def blocks(self) -> Iterator[Block]:
        """All scores, in the order of the captions."""
        ...

    def pairs(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """The scores of some pairs (pairs,), of which `rows` ascends."""
        ...


class MatrixScores:
    """A matrix (captions, videos) of numbers, which may lie on disk (np.load with mmap_mode). `name` is for errors.

    Read as float32 if it is of that type or of float16, else as float64.
    """

    def __init__(self, matrix: np.ndarray, name: str = "The scores") -> None:
        if matrix.ndim != 2 or 0 in matrix.shape:
            raise WorkbenchError(
                f"{name}: a matrix of captions (rows) and videos (columns) is needed; the shape is {matrix.shape}."
            )
        if matrix.dtype.kind not in "fiu":
            raise WorkbenchError(f"{name}: real numbers are needed; these are of type {matrix.dtype}.")
        self.name, self._matrix = name, matrix
        self.shape = (int(matrix.shape[0]), int(matrix.shape[1]))
        small = matrix.dtype.kind == "f" and matrix.dtype.itemsize <= 4
        self.dtype = np.dtype(np.float32 if small else np.float64)

    def blocks(self) -> Iterator[Block]:
        """Slices of the matrix."""
        for rows in _slices(self.shape):
            yield rows, np.asarray(self._matrix[rows], self.dtype)

    def pairs(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Elements of the matrix."""
        return np.asarray(self._matrix[rows, columns], self.dtype)


class EmbeddingScores:
    """Cosines of embeddings `text` (captions, D) and `video` (videos, D); no more than a block of them is held.

    Products are in float64 and rounded to float32. Products in float32 depend in their last bits on where in a block a
    row stands, and two videos of equal embeddings would not tie; after rounding they do. Raises for embeddings that are
    not finite or zero.
    """

    def __init__(self, text: np.ndarray, video: np.ndarray) -> None:
        self._text = unit_rows(text, "Caption")
        self._video = unit_rows(video, "Video")
        if self._text.shape[1] != self._video.shape[1]:
            raise WorkbenchError(
                f"Captions have {self._text.shape[1]} dimensions and videos {self._video.shape[1]}; "
                "both need to come from one shared space."
            )
        self.name = "The cosines"
        self.shape = (len(self._text), len(self._video))
        self.dtype = np.dtype(np.float32)

    def blocks(self) -> Iterator[Block]:
        """Products of a slice of captions with all videos."""
        slices = list(_slices(self.shape))
        double = np.empty((slices[0].stop, self.shape[1]))
        single = np.empty(double.shape, np.float32)
        for rows in slices:
            size = rows.stop - rows.start
            np.matmul(self._text[rows], self._video.T, out=double[:size])
            single[:size] = double[:size]
            yield rows, single[:size]

    def pairs(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Products of the pairs alone."""
        found = np.empty(len(rows), self.dtype)
        step = max(1, BLOCK // self._text.shape[1])
        for start in range(0, len(rows), step):
            some = slice(start, start + step)
            found[some] = np.einsum("pd,pd->p", self._text[rows[some]], self._video[columns[some]])
        return found


class MappedScores:
    """Other scores, block by block: `change(captions, block)` gives the new block as float64."""

    def __init__(self, scores: Scores, change: Callable[[slice, np.ndarray], np.ndarray]) -> None:
        self.name, self.shape, self.dtype = scores.name, scores.shape, np.dtype(np.float64)
        self._scores, self._change = scores, change

    def blocks(self) -> Iterator[Block]:
        """The blocks of the scores it is made of, changed."""
        for rows, block in self._scores.blocks():
            yield rows, self._change(rows, block)

    def pairs(self, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
        """Elements of the blocks: a change may need the whole row."""
        found = np.empty(len(rows), self.dtype)
        for captions, block in self.blocks():
            some = slice(*np.searchsorted(rows, [captions.start, captions.stop]))
            found[some] = block[rows[some] - captions.start, columns[some]]
        return found


def as_scores(scores: Scores | np.ndarray) -> Scores:
    """A matrix as `Scores`; what is that already stays as it is."""
    return MatrixScores(scores) if isinstance(scores, np.ndarray) else scores


def unit_rows(vectors: np.ndarray, what: str) -> np.ndarray:
    """Rows of `vectors` (n, D) at length one, float64. `what` names a row in errors: not finite, or zero."""
    vectors = np.asarray(vectors)
    if vectors.ndim != 2 or 0 in vectors.shape or vectors.dtype.kind not in "fiu":
        raise WorkbenchError(
            f"{what} embeddings: numbers of shape (n, D) are needed; these are {vectors.dtype} of shape {vectors.shape}."
        )
    double = vectors.astype(np.float64)
    # Scaled by the largest entry first: squares of large or small ones would leave the range of the type.
    scale = np.abs(double).max(axis=1, keepdims=True)
    for wrong, how in ((~np.isfinite(scale[:, 0]), "is not finite"), (scale[:, 0] == 0, "is zero")):
        if wrong.any():
            raise WorkbenchError(
                f"{what} {np.flatnonzero(wrong)[0]} (counted from 0): its embedding {how}, so it has no cosine."
            )
    double /= scale
    double /= np.sqrt((double * double).sum(axis=1, keepdims=True))
    return double


def _slices(shape: tuple[int, int]) -> Iterator[slice]:
    step = max(1, BLOCK // shape[1])
    for start in range(0, shape[0], step):
        yield slice(start, min(start + step, shape[0]))

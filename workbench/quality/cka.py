"""Debiased CKA: how alike two spaces are on the same clips, up to rotation and scale, unswayed by few clips and many channels.

CKA = HSIC₁(K, L)/√(HSIC₁(K, K)·HSIC₁(L, L)) with linear kernels K = XXᵀ, L = YYᵀ and the unbiased HSIC₁ of
Song et al. (JMLR 2012), as in Nguyen et al. (arXiv 2010.15327): 1 for spaces alike, about 0 (slightly negative too) for
independent ones. The usual biased form reads .87 on independent 384-d data at n = 64. Formula: DIAGNOSTICS.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.errors import WorkbenchError

LEAST = 4  # HSIC₁ divides by n − 3
CONSTANT = 1e-12  # share of the mean square that varies, below which it is rounding
CONSTANT_NOTE = "constant over the clips: nothing to compare"


def hsic1(x: np.ndarray, y: np.ndarray) -> float:
    """Unbiased HSIC of `x` (n, D) and `y` (n, E), rows the same samples, n ≥ 4; linear kernels.

    HSIC₁ = [tr K̃L̃ + (1ᵀK̃1)(1ᵀL̃1)/((n−1)(n−2)) − 2/(n−2)·1ᵀK̃L̃1]/(n(n−3)), K̃ and L̃ with diagonals zeroed
    (Song et al. 2012). Where D and E are below n, tr K̃L̃ comes from XᵀY and no n × n matrix is made.
    """
    x, y = _pair(x, y)
    return _hsic1(_centred(x), _centred(y))


def debiased_cka(x: np.ndarray, y: np.ndarray) -> float:
    """Debiased linear CKA of `x` (n, D) and `y` (n, E), rows the same samples; at most about 1, about 0 if independent.

    Raises `WorkbenchError` for n < 4, unequal n, non-finite values and a space that is constant.
    """
    return _only(cka_grid([x], [y]))


def minibatch_cka(x: np.ndarray, y: np.ndarray, batch: int) -> float:
    """Debiased CKA with HSIC₁ averaged over batches of `batch` rows before the ratio (Nguyen et al., arXiv 2010.15327).

    Rows left over after the whole batches join the last one. With one batch it is `debiased_cka`. Shuffle ordered rows first.
    """
    if batch < LEAST:
        raise WorkbenchError(f"A batch of {batch} rows is too small for CKA; give at least {LEAST}.")
    x, y = _pair(x, y)
    streamed = StreamedCKA()
    for rows in np.array_split(np.arange(len(x)), max(1, len(x) // batch)):
        streamed.add([x[rows]], [y[rows]])
    return _only(streamed.grid())


def cka_grid(list_a: Sequence[np.ndarray], list_b: Sequence[np.ndarray]) -> np.ndarray:
    """Debiased CKA of each space of `list_a` with each of `list_b`: (len(list_a), len(list_b)).

    Every space is (n, its width) on the same n ≥ 4 samples. NaN where a space is constant; `grid_table` says so in words.
    """
    streamed = StreamedCKA()
    streamed.add(list_a, list_b)
    return streamed.grid()


def grid_table(
    grid: np.ndarray, names_a: Sequence[str], names_b: Sequence[str], n: int, channels: int = 0
) -> pd.DataFrame:
    """A grid of CKA values as rows: `a`, `b`, `value`, `n`, `note`; a cell that cannot be measured says why in `note`.

    `channels` of the widest space: where there are fewer clips than that, the note says that values are noisy.
    """
    few = f"fewer clips ({n}) than channels ({channels}): unbiased, but noisy" if n < channels else ""
    rows = [
        {
            "a": a,
            "b": b,
            "value": None if np.isnan(cell) else float(cell),
            "n": n,
            "note": CONSTANT_NOTE if np.isnan(cell) else few,
        }
        for a, line in zip(names_a, grid, strict=True)
        for b, cell in zip(names_b, line, strict=True)
    ]
    return pd.DataFrame(rows, columns=["a", "b", "value", "n", "note"]).astype({"value": "Float64"})


class StreamedCKA:
    """Sums of HSIC₁ over batches of samples, for a grid of spaces; the batches weigh by their number of samples."""

    def __init__(self) -> None:
        self.n = 0
        self._cross: np.ndarray | float = 0.0
        self._own_a: np.ndarray | float = 0.0
        self._own_b: np.ndarray | float = 0.0

    def add(self, list_a: Sequence[np.ndarray], list_b: Sequence[np.ndarray]) -> None:
        """One batch: each space (n, its width) on the same n ≥ 4 samples, in the same order at every call."""
        if not list_a or not list_b:
            raise WorkbenchError("CKA compares spaces, and a list of none was given.")
        a = [_centred(_pair(x, list_a[0])[0]) for x in list_a]
        b = [_centred(_pair(list_a[0], y)[1]) for y in list_b]
        n = len(a[0])
        self.n += n
        self._cross = self._cross + n * np.array([[_hsic1(x, y) for y in b] for x in a])
        self._own_a = self._own_a + n * np.array([_hsic1(x, x) for x in a])
        self._own_b = self._own_b + n * np.array([_hsic1(y, y) for y in b])

    def grid(self) -> np.ndarray:
        """CKA of what was added so far: (spaces of a, spaces of b); NaN where a space was constant."""
        if not self.n:
            raise WorkbenchError("CKA needs at least one batch of samples, and none was added.")
        scale = np.outer(self._own_a, self._own_b)
        known = scale > 0
        result = np.full(scale.shape, np.nan)
        result[known] = np.asarray(self._cross)[known] / np.sqrt(scale[known])
        return result


def _hsic1(x: np.ndarray, y: np.ndarray) -> float:
    """HSIC₁ of checked, centred float64 arrays. Centring changes nothing but the rounding: HSIC₁ does not see the mean."""
    n = len(x)
    k, y_own = np.einsum("nd,nd->n", x, x), np.einsum("nd,nd->n", y, y)
    if max(x.shape[1], y.shape[1]) < n:
        product = x.T @ y
        trace = float(np.einsum("de,de->", product, product))
    else:
        trace = float(np.einsum("nm,nm->", x @ x.T, y @ y.T))
    trace -= float(k @ y_own)
    # Centred rows sum to zero, so K·1 = L·1 = 0 and only the zeroed diagonals are left of K̃1 and L̃1.
    rest = float(k.sum() * y_own.sum()) / ((n - 1) * (n - 2)) - 2 / (n - 2) * float(k @ y_own)
    return (trace + rest) / (n * (n - 3))


def _centred(x: np.ndarray) -> np.ndarray:
    x = x.astype(np.float64)
    centred = x - x.mean(0)
    if np.square(centred).sum() <= CONSTANT * np.square(x).sum():
        return np.zeros_like(x)
    return centred


def _pair(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.asarray(x), np.asarray(y)
    for one in (x, y):
        if one.ndim != 2 or one.shape[1] == 0:
            raise WorkbenchError(
                f"CKA takes arrays (samples, channels) with a channel or more; one has shape {one.shape}."
            )
        if not np.isfinite(one).all():
            bad = int((~np.isfinite(one).all(1)).sum())
            raise WorkbenchError(f"Features are not finite in {bad} of {len(one)} rows, so CKA cannot be measured.")
    if len(x) != len(y):
        raise WorkbenchError(f"CKA compares two spaces on the same clips; they have {len(x)} and {len(y)} rows.")
    if len(x) < LEAST:
        raise WorkbenchError(f"CKA needs at least {LEAST} clips; there are {len(x)}.")
    return x, y


def _only(grid: np.ndarray) -> float:
    value = float(grid[0, 0])
    if np.isnan(value):
        raise WorkbenchError(f"CKA is not defined: a space is {CONSTANT_NOTE}.")
    return value

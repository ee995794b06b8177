"""Laying the map of one model over that of another, so that a clip can be found again in both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.errors import WorkbenchError

PAIRINGS = 20  # random pairings behind the null


@dataclass(frozen=True)
class Alignment:
    """`points` float32 (n, d) laid over a reference. `residual`: share of their spread that does not fit it, 0 to 1.

    `null`: the same with the clips paired at random, mean of `PAIRINGS` draws; a residual near it says that the maps share no shape.
    """

    points: np.ndarray
    residual: float
    null: float


def align(reference: np.ndarray, points: np.ndarray, seed: int = 0) -> Alignment:
    """`points` (n, d) moved, turned, mirrored and scaled as a whole so that they lie nearest to `reference` (n, d), row by row.

    Orthogonal Procrustes (Schönemann 1966) with translation and scale, in float64: of X, Y centred, Y ↦ sYR with UΣVᵀ = YᵀX, R = UVᵀ,
    s = tr Σ/‖Y‖²; residual 1 − (tr Σ)²/(‖X‖²‖Y‖²), which is the same in both directions. No distance ratio within `points` changes.
    Raises where the shapes differ, a number is not finite, or all points of one are the same.
    """
    x, y = _centred(reference, "The map to align to"), _centred(points, "The map to be aligned")
    if x.shape != y.shape:
        raise WorkbenchError(f"Maps of shapes {x.shape} and {y.shape} cannot be laid over each other, clip by clip.")
    turn, total = _turn(x, y)
    size = float((x**2).sum() * (y**2).sum())
    rng = np.random.default_rng(seed)
    null = float(np.mean([1 - _turn(x, y[rng.permutation(len(y))])[1] ** 2 / size for _ in range(PAIRINGS)]))
    laid = total / (y**2).sum() * (y @ turn) + np.asarray(reference, np.float64).mean(0)
    return Alignment(laid.astype(np.float32), max(0.0, 1 - total**2 / size), null)


def _turn(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, float]:
    """The orthogonal matrix that turns `y` nearest to `x`, and the sum of the singular values of yᵀx."""
    left, values, right = np.linalg.svd(y.T @ x)
    return left @ right, float(values.sum())


def _centred(points: np.ndarray, what: str) -> np.ndarray:
    points = np.asarray(points, np.float64)
    if points.ndim != 2 or len(points) < 2 or not np.isfinite(points).all():
        raise WorkbenchError(
            f"{what} must be finite numbers (clips, dimensions) of 2 clips or more; its shape is {points.shape}."
        )
    centred: np.ndarray = points - points.mean(0)
    if not (centred**2).sum() > 0:
        raise WorkbenchError(f"{what} has all its clips in one place, so there is nothing to align.")
    return centred

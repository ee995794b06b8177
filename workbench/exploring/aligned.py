"""Maps laid over each other: of one run over training, of several models on the same clips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.errors import WorkbenchError
from workbench.projection import project


def onto(points: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, float]:
    """`points` (n, d), moved, turned, mirrored and scaled onto `target` (n, d) by least squares, and the residual in [0, 1].

    Orthogonal Procrustes after centring (Schönemann 1966) with one scale; the residual is ‖target − moved‖² / ‖target − mean‖², 0 for a
    turned copy, 1 where the two have nothing in common. Points of no spread stay in the middle.
    """
    if points.shape != target.shape:
        raise WorkbenchError(
            f"Maps of {points.shape} and {target.shape} cannot be laid over each other: they are of other clips."
        )
    middle = target.mean(0, dtype=np.float64)
    a, b = points.astype(np.float64) - points.mean(0, dtype=np.float64), target.astype(np.float64) - middle
    u, s, v = np.linalg.svd(a.T @ b)
    spread, wanted = float((a**2).sum()), float((b**2).sum())
    scale = s.sum() / spread if spread > 0 else 0.0
    moved = scale * a @ (u @ v)
    residual = float(((b - moved) ** 2).sum() / wanted) if wanted > 0 else 0.0
    return (moved + middle).astype(np.float32), min(max(residual, 0.0), 1.0)


def jointly_aligned(maps: Sequence[np.ndarray]) -> tuple[list[np.ndarray], list[float]]:
    """Maps of the same clips, each laid over the first, and how much of the first each does not explain. No map raises."""
    if not maps:
        raise WorkbenchError("There is no map to lay others over.")
    found = [(maps[0], 0.0), *(onto(one, maps[0]) for one in maps[1:])]
    return [one for one, _ in found], [residual for _, residual in found]


def aligned_over_steps(features: Sequence[np.ndarray], method: str = "pca", dims: int = 2) -> list[np.ndarray]:
    """One map (n, dims) for every step of training, first to last, each laid over the map of the step after it.

    The last step is projected by `method`; UMAP and t-SNE of an earlier step begin at the map of the next, so that a point moves where
    its neighbours make it move and not where chance puts it. Then each is turned and scaled onto the next (`onto`).
    Raises where there is no step, or the steps are of other numbers of clips.
    """
    if len({len(values) for values in features}) != 1:
        counts = ", ".join(str(len(values)) for values in features) or "no steps"
        raise WorkbenchError(f"Maps over training need the same clips at one step or more; these have {counts}.")
    maps = [project(features[-1], method, dims)]
    for values in reversed(features[:-1]):
        params: dict[str, Any] = {"start": maps[0]} if method in ("umap", "tsne") else {}
        if method == "channels":
            maps.insert(0, project(values, method, dims))  # channels mean the same at every step
            continue
        maps.insert(0, onto(project(values, method, dims, **params), maps[0])[0])
    return maps

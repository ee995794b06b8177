"""Maps of one run over training, laid over each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from workbench.comparing.align import align
from workbench.errors import WorkbenchError
from workbench.projection import project


def aligned_over_steps(features: Sequence[np.ndarray], method: str = "pca", dims: int = 2) -> list[np.ndarray]:
    """One map (n, dims) for every step of training, first to last, each laid over the map of the step after it.

    The last step is projected by `method`; UMAP and t-SNE of an earlier step begin at the map of the next, so that a point moves where
    its neighbours make it move and not where chance puts it. Then each is turned and scaled onto the next (`comparing.align`).
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
        maps.insert(0, align(maps[0], project(values, method, dims, **params)).points)
    return maps

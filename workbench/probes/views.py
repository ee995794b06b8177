"""Several views of a clip that is longer or larger than what the encoder takes, and the mean of what is said of them.

As V-JEPA 2 and its predecessors test: temporal segments spread evenly over the clip × 3 crops along its longer side; the
class probabilities are averaged over the views.
"""

from __future__ import annotations

import numpy as np

from workbench.errors import WorkbenchError

CROPS = 3


def averaged_scores(scores: np.ndarray) -> np.ndarray:
    """Mean class probabilities (n, classes) over views of logits `scores` (views, n, classes)."""
    from scipy.special import softmax

    if scores.ndim != 3 or len(scores) == 0:
        raise WorkbenchError(f"Scores of views have shape {scores.shape}; (views, clips, classes) is needed.")
    return np.asarray(softmax(scores, axis=2).mean(0))


def clip_views(clips: np.ndarray, takes: tuple[int, int, int], segments: int = 2, crops: int = CROPS) -> np.ndarray:
    """Views (segments·crops, n, T, H, W, 3) of clips (n, frames, height, width, 3), for an encoder that takes (T, H, W).

    Segments are T frames in a row, the first at the start and the last at the end of the clip. Crops lie evenly along the
    side with more to spare and in the middle of the other: 3 of them are left, middle, right. A clip of just the size
    gives the same view many times, so `segments` or `crops` above 1 are refused where there is no room to differ.
    """
    frames, height, width = clips.shape[1:4]
    time, high, wide = takes
    spare = (frames - time, height - high, width - wide)
    if min(spare) < 0:
        raise WorkbenchError(
            f"Clips of (frames, height, width) {(frames, height, width)} are smaller than the encoder's {takes}."
        )
    if segments > spare[0] + 1:
        raise WorkbenchError(f"{frames} frames give {spare[0] + 1} segments of {time} that differ, not {segments}.")
    if crops > max(spare[1:]) + 1:
        raise WorkbenchError(
            f"{height}×{width} pixels give {max(spare[1:]) + 1} crops of {high}×{wide} that differ, not {crops}."
        )
    across = spare[2] >= spare[1]
    views = []
    for first in _starts(spare[0], segments):
        for place in _starts(max(spare[1:]), crops):
            top, left = (spare[1] // 2, place) if across else (place, spare[2] // 2)
            views.append(clips[:, first : first + time, top : top + high, left : left + wide])
    return np.stack(views)


def _starts(spare: int, count: int) -> list[int]:
    """`count` places from 0 to `spare`, evenly; one alone lies in the middle."""
    if count < 1:
        raise WorkbenchError(f"{count} views are none; ask for 1 or more.")
    return [spare // 2] if count == 1 else [int(x) for x in np.linspace(0, spare, count).round()]

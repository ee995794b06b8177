"""Features of clips changed in time, encoded batch by batch; only means over the frame at each time step are held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.errors import WorkbenchError
from workbench.time_use.transforms import transform

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet
    from workbench.encoders.base import FrozenEncoder


def tubelet_of(encoder: FrozenEncoder) -> int:
    """Frames of one time step of the encoder. Raises where its time steps do not divide the frames it takes."""
    frames, steps = encoder.takes[0], encoder.grid[0]
    if frames % steps:
        raise WorkbenchError(
            f"The encoder {encoder.name} makes {steps} time steps of {frames} frames; its tubelets are not whole frames."
        )
    return frames // steps


def changed_means(
    encoder: FrozenEncoder,
    clips: ClipSet,
    name: str,
    seed: int = 0,
    limit: int | None = None,
) -> np.ndarray:
    """Means over the frame at each time step of the first `limit` clips changed by the entry `name` of `TRANSFORMS`: float32 (n, t, D).

    The tokens are rounded to float16 before the mean, as `Features` keeps them, so that what a change does not touch stays
    equal to the last bit.
    """
    import torch

    encoder.check(clips)
    tubelet, t = tubelet_of(encoder), encoder.grid[0]
    n = min(len(clips), limit or len(clips))
    numbers = torch.from_numpy(clips.table["clip"].to_numpy(np.int64)[:n].copy())
    means = np.empty((n, t, encoder.width), np.float32)
    for start in range(0, n, encoder.batch):
        block = torch.from_numpy(np.array(clips.clips[start : min(start + encoder.batch, n)]))
        moved = transform(block, name, numbers[start : start + len(block)], tubelet=tubelet, seed=seed)
        tokens = encoder.tokens(moved).to(torch.float16).cpu().numpy()
        means[start : start + len(block)] = tokens.reshape(len(block), t, -1, encoder.width).mean(2, dtype=np.float32)
    if not np.isfinite(means).all():
        raise WorkbenchError(
            f"The features of {encoder.name} for {clips.name} ({name}) are not finite; the encoder is broken or the run diverged."
        )
    return means

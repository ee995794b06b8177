"""Views of clips for LiDAR and alignment: the same clips, each cropped at random, through the encoder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbench.config import AugmentSettings

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet
    from workbench.encoders import FrozenEncoder

# A crop keeps half of the frame or more, resized to the whole. Nothing is mirrored: left and right are labels of motion.
CROPS = AugmentSettings(scale=(0.5, 1.0))


def augmented_views(encoder: FrozenEncoder, clips: ClipSet, views: int = 4, seed: int = 0) -> np.ndarray:
    """Means of the tokens of `clips` under `views` random crops each: float32 (views, n, D); the same seed, the same crops."""
    import torch

    from workbench.data.augment import augment, draw_augmentation

    encoder.check(clips)
    n = len(clips.table)
    result = np.empty((views, n, encoder.width), np.float32)
    for start in range(0, n, encoder.batch):
        block = torch.from_numpy(np.array(clips.clips[start : start + encoder.batch]))
        for view in range(views):
            # A draw for every view and batch; `step` only has to tell them apart.
            drawn = draw_augmentation(CROPS, len(block), seed, start * views + view)
            result[view, start : start + len(block)] = encoder.tokens(augment(block, drawn)).mean(1).numpy()
    return result

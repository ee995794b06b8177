"""Which frames of a video make a clip, and how they are brought to the asked size.

The rule, for a clip of `frames` frames at `stride`: a longer video gives its middle; a video too short for the stride
gives a smaller stride, the largest that fits; a video with fewer frames than asked gives all of them and repeats its
last one. Frames are scaled so that the shorter side fits, with antialiasing, and cut to a square about the centre.
"""

from __future__ import annotations

import numpy as np

WHOLE, DENSER, REPEATED = "as asked", "smaller stride", "last frame repeated"


def frame_indices(available: int, frames: int, stride: int) -> tuple[np.ndarray, str]:
    """Indices (frames,) into a video of `available` frames, and which part of the rule gave them."""
    if available < frames:
        return np.minimum(np.arange(frames), available - 1), REPEATED
    fitting = (available - 1) // (frames - 1) if frames > 1 else stride
    step = min(stride, fitting)
    start = (available - (frames - 1) * step - 1) // 2
    return start + step * np.arange(frames), WHOLE if step == stride else DENSER


def fit_square(frames: np.ndarray, size: int) -> np.ndarray:
    """Scale and centre-crop uint8 frames (n, H, W, 3) to (n, size, size, 3); frames of that size stay untouched."""
    height, width = frames.shape[1:3]
    if height == size and width == size:
        return frames
    from PIL import Image

    side = min(height, width)
    left, top = (width - side) / 2, (height - side) / 2
    box = (left, top, left + side, top + side)
    scaled = [Image.fromarray(frame).resize((size, size), Image.Resampling.BILINEAR, box) for frame in frames]
    return np.stack([np.asarray(image) for image in scaled])

"""Clips nearest to a video of one's own: decoded and cut as the encoder's clips are, then by cosine."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from workbench.data.views import ONE, sampled_views
from workbench.errors import BadClip, WorkbenchError
from workbench.features import features_of, standardise

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet
    from workbench.encoders.base import FrozenEncoder


def similarities(encoder: FrozenEncoder, clips: ClipSet, name: str, data: bytes) -> np.ndarray:
    """Cosines (n,) of a video with all clips, in pooled features standardised by the clips; `data` are the bytes of the file `name`.

    Its frames are chosen and scaled as those of a data set are. A file that cannot be read raises and names it.
    """
    import torch

    pixels = read_clip_of(encoder, name, data)
    pooled = features_of(encoder, clips).pooled
    all_of, (own,) = standardise(pooled, encoder.tokens(torch.from_numpy(pixels[None])).mean(1).numpy())
    norms = np.linalg.norm(all_of, axis=1) * np.linalg.norm(own)
    return np.asarray(all_of @ own / np.where(norms > 0, norms, 1), np.float32)


def read_clip_of(encoder: FrozenEncoder, name: str, data: bytes) -> np.ndarray:
    """The bytes of a video or image as the clip uint8 (T, H, W, 3) that the encoder takes. What cannot be read raises."""
    from workbench.data.sampling import Sampling

    if not data:
        raise WorkbenchError(f"{name} is empty.")
    settings = encoder.config.data
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"video{Path(name).suffix.lower() or '.mp4'}"
        path.write_bytes(data)
        try:
            sampling = Sampling(encoder.takes[0], settings.sampling, settings.stride, settings.fps)
            views, _ = sampled_views(path, sampling, encoder.takes[1], ONE)
        except BadClip as error:
            said = f"{error.reason}{': ' + error.detail if error.detail else ''}"
            raise WorkbenchError(
                f"{name} cannot be read as a video ({said}). Give a file such as MP4, WebM, GIF or PNG."
            ) from None
    return views[0]

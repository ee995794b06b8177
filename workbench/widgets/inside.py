"""Inside a clip: its patch features as colours over the frames, and where the predictor is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.errors import WorkbenchError
from workbench.exploring.patches import enlarged
from workbench.widgets.colours import SCALE
from workbench.widgets.player import ClipCache, clip_webp, data_uri
from workbench.widgets.source import Source


def inside_content(source: Source, row: int, cache: ClipCache) -> dict[str, Any]:
    """Pictures of a point's clip; what an encoder cannot give is said in its place."""
    if source.behind is None:
        return {"note": "There is no encoder to ask."}
    clip = source.clip_row(row)
    found: dict[str, Any] = {}
    for name, make in (("patches", _patches), ("errors", _errors)):
        try:
            found[name] = make(source, clip, cache)
        except WorkbenchError as error:
            found[name] = {"note": str(error)}
    return found


def _patches(source: Source, clip: int, cache: ClipCache) -> dict[str, Any]:
    from workbench.exploring.patches import patch_colours

    assert source.behind is not None
    behind = source.behind
    key = ("patches", behind.encoder.key, behind.clips.key, clip)
    address = cache.get(key, lambda: data_uri(clip_webp(patch_colours(behind.encoder, behind.clips, clip))))
    note = "The first three principal components of the tokens of this split, as red, green and blue: equal colours, equal features."
    return {"src": address, "alt": "Patch features of the clip as colours", "note": note}


def _errors(source: Source, clip: int, cache: ClipCache) -> dict[str, Any]:
    from workbench.exploring.token_errors import has_teacher, token_errors

    assert source.behind is not None
    behind = source.behind
    frames, size = behind.clips.clips.shape[1:3]
    errors = token_errors(behind.encoder, behind.clips, clip)
    run = getattr(behind.encoder, "run", None)
    target = "the teacher" if run is not None and has_teacher(run) else "its own encoder (no teacher is in the folder)"
    key = ("errors", behind.encoder.key, behind.clips.key, clip)
    address = cache.get(key, lambda: data_uri(clip_webp(heat(errors, frames, size))))
    return {
        "src": address,
        "alt": f"Error of the predictor, {errors.min():.2f} to {errors.max():.2f}",
        "low": f"{errors.min():.2f}",
        "high": f"{errors.max():.2f}",
        "colours": list(SCALE),
        "times": [f"{value:.3f}" for value in errors.mean((1, 2))],
        "note": f"Loss of each token when its quarter of the frame is masked and predicted, against {target}; low to high in this clip.",
    }


def heat(values: np.ndarray, frames: int, size: int) -> np.ndarray:
    """Values (t, h, w) as a clip uint8 (frames, size, size, 3) on the colours of a scale, from the lowest to the highest."""
    low, high = float(values.min()), float(values.max())
    share = (values - low) / (high - low or 1.0)
    known = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in SCALE], np.float64)
    at = share.ravel() * (len(known) - 1)
    colours = np.stack([np.interp(at, np.arange(len(known)), known[:, part]) for part in range(3)], axis=-1)
    return enlarged(colours.reshape(*values.shape, 3).round().astype(np.uint8), (frames, size, size))

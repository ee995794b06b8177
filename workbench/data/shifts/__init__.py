"""Domain shifts of clips: seeded, at severity 1 to 5, stronger from each to the next by a stated measure.

    moved = apply_shift(clips, "shake", severity=3, seed=0, ids=table["clip"])
    decibels = measure("gaussian", clips, apply_shift(clips, "gaussian", 1))

One file a family; importing this package fills the registry `SHIFTS`. Shifts of captions are in `text_shifts`, splits that
hold out combinations of factors in `composition`.
"""

from workbench.data.shifts import appearance, blur, camera, codec, noise, temporal
from workbench.data.shifts.apply import apply_shift, replace_background, shifted
from workbench.data.shifts.base import SEVERITIES, SHIFTS, Shift, families
from workbench.data.shifts.measures import MEASURES, measure

__all__ = [
    "MEASURES",
    "SEVERITIES",
    "SHIFTS",
    "Shift",
    "appearance",
    "apply_shift",
    "blur",
    "camera",
    "codec",
    "families",
    "measure",
    "noise",
    "replace_background",
    "shifted",
    "temporal",
]

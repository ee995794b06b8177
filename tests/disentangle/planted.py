"""Features with planted blocks, whose answer is known: separated, mixed, half-leaked."""

from __future__ import annotations

from typing import Literal

import numpy as np

from workbench.disentangle import FactorData, Split

Plan = Literal["separated", "mixed", "half-leaked"]
CLASSES = {"sprite": 4, "colour": 3, "direction": 5, "speed": 3}
GROUPS = {"appearance": ("sprite", "colour"), "motion": ("direction", "speed")}
BLOCKS = {"appearance": slice(0, 10), "dynamics": slice(10, 20)}
SIZES = {"train": 600, "val": 240, "test": 400}


def planted(plan: Plan, *, values: int = 2, seed: int = 0, noise: float = 0.25) -> FactorData:
    """Twenty channels of `values` values: appearance in the level, motion in the change, by `plan` in one block, all or half.

    half-leaked: the dynamics block also sees the appearance factors, rightly in half of the clips and drawn anew in the rest.
    """
    rng = np.random.default_rng([7, seed])
    axes = {f: rng.normal(size=(k, 10)) for f, k in CLASSES.items()}
    turn = np.linalg.qr(rng.normal(size=(20, 20)))[0]
    return FactorData(
        **{name: _split(plan, n, values, rng, axes, turn, noise) for name, n in SIZES.items()},
        classes=CLASSES,
        groups=GROUPS,
    )


def _split(
    plan: Plan,
    n: int,
    values: int,
    rng: np.random.Generator,
    axes: dict[str, np.ndarray],
    turn: np.ndarray,
    noise: float,
) -> Split:
    labels = {f: rng.integers(0, k, n) for f, k in CLASSES.items()}
    appearance, motion = (sum(axes[f][labels[f]] for f in GROUPS[g]) for g in ("appearance", "motion"))
    dynamics = np.asarray(motion, float)
    x = np.zeros((n, 20, values))
    if plan == "half-leaked":
        leaked = rng.random(n) < 0.5
        seen = {f: np.where(leaked, labels[f], rng.integers(0, CLASSES[f], n)) for f in GROUPS["appearance"]}
        extra = sum(axes[f][seen[f]] for f in GROUPS["appearance"])
        x[:, 10:, 0] += extra
    x[:, :10, 0] += appearance
    x[:, 10:, -1] += dynamics
    x += noise * rng.normal(size=x.shape)
    if plan == "mixed":
        x = np.einsum("ndt,de->net", x, turn)
    return Split(x.astype(np.float32), labels)

"""Made-up features with classes in them, for the tests of probes."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.config import ProbeSettings
from workbench.features import Features
from workbench.probes import Labelled, ProbeTask


def classed(
    n: int, width: int, classes: int, seed: int = 0, spread: float = 0.6
) -> list[tuple[np.ndarray, np.ndarray]]:
    """Train, val and test of correlated features (n, width), float32, and labels (n,)."""
    rng = np.random.default_rng(seed)
    mix = rng.normal(size=(width, width)) * np.exp(-0.05 * np.arange(width))[:, None]
    centres = rng.normal(size=(classes, width)) * spread
    parts = []
    for _ in range(3):
        labels = rng.integers(0, classes, n)
        x = (centres[labels] + rng.normal(size=(n, width))) @ mix + 0.01 * rng.normal(size=(n, width))
        parts.append((x.astype(np.float32), labels))
    return parts


def task_of(
    factors: dict[str, int], n: int = 60, width: int = 16, seed: int = 0, epochs: int = 3, strength: float = 1.0
) -> dict[str, ProbeTask]:
    """One task a factor on the same made-up tokens (n, 2·2·2, width): each class shifts the tokens of one time step."""
    rng = np.random.default_rng(seed)
    settings = ProbeSettings(attentive_epochs=epochs, attentive_batch=32)
    centres = {name: rng.normal(size=(classes, 2, 1, width)) * strength for name, classes in factors.items()}
    parts: list[tuple[Features, pd.DataFrame]] = []
    for split in ("train", "val", "test"):
        table = pd.DataFrame({name: rng.permutation(np.arange(n) % classes) for name, classes in factors.items()})
        tokens = rng.normal(size=(n, 2, 4, width)) + sum(c[table[name]] for name, c in centres.items())
        features = Features(tokens.reshape(n, 8, width).astype(np.float16), (2, 2, 2), table, split)
        parts.append((features, table))
    return {
        name: ProbeTask(
            *(Labelled(features, table[name].to_numpy(np.int64)) for features, table in parts),
            classes=classes,
            seed=seed,
            settings=settings,
        )
        for name, classes in factors.items()
    }

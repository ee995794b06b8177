"""Features with planted blocks, whose answer is known: separated, mixed, half-leaked."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from workbench.disentangle import FactorData, Split
from workbench.encoders.base import FrozenEncoder

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


class PlantedEncoder(FrozenEncoder):
    """Eight channels: four see the red level of a clip, four the change of its green from frame to frame, with no mean."""

    name, key, grid, width, takes, depth = "planted", "planted", (4, 1, 1), 8, (4, 4, 4), 1
    blocks: ClassVar[dict[str, slice]] = {"appearance": slice(0, 4), "dynamics": slice(4, 8)}

    def tokens(self, clips: Tensor) -> Tensor:
        """Tokens (B, 4, 8) of uint8 clips (B, 4, 4, 4, 3), a token a frame."""
        means = clips.float().mean((2, 3)) / 255
        red, green = means[..., :1], means[..., 1:2]
        # A direction is a vector of changes; its sign and size over the four frames, the mean taken off.
        moved = green - green.mean(1, keepdim=True)
        fixed = torch.linspace(0.5, 2.0, 4)
        return torch.cat([torch.sin(6 * red * fixed), moved * fixed], dim=-1)

    def layer_tokens(self, clips: Tensor) -> list[Tensor]:
        """Its only layer."""
        return [self.tokens(clips)]

    def untrained(self, seed: int = 0) -> FrozenEncoder:
        """Nothing in it was trained."""
        return self


def clips_of(n: int, seed: int) -> tuple[Tensor, pd.DataFrame]:
    """Clips uint8 (n, 4, 4, 4, 3): red by the sprite, green rising by the direction; and their factors."""
    rng = np.random.default_rng([9, seed])
    sprite, direction = rng.integers(0, CLASSES["sprite"], n), rng.integers(0, CLASSES["direction"], n)
    clips = np.zeros((n, 4, 4, 4, 3))
    clips[..., 0] = (40 + 50 * sprite)[:, None, None, None]
    clips[..., 1] = 128 + ((direction - 2) * 18)[:, None, None, None] * np.array([-1.5, -0.5, 0.5, 1.5])[:, None, None]
    clips += rng.normal(scale=6, size=clips.shape)
    table = pd.DataFrame({"clip": np.arange(n), "sprite": sprite, "direction": direction})
    return torch.from_numpy(clips.clip(0, 255).astype(np.uint8)), table

"""Factor tables: one row a clip, every factor drawn independently of the others, balanced within each split.

Directions are numbered anticlockwise in steps of 45° from east. A motion of `motion48` is an ordered pair of directions
with a turn of ±45°, ±90° or ±135° between them; reversing a clip of it in time gives another class of the 48.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.config import DataSettings
from workbench.files import content_key

DIRECTIONS = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")
TURNS = (45, 90, 135, -45, -90, -135)
COLOURS = ("red", "orange", "yellow", "green", "cyan", "blue", "violet", "magenta")
TEXTURES = ("brick", "grass", "gravel", "coins", "camera", "chelsea", "coffee", "china", "flower", "moon")
SIZES = (13.0, 16.0, 19.0)  # pixels a side at 32 pixels
SPLITS = ("train", "val", "test")


def motion_pairs() -> list[tuple[int, int]]:
    """The 48 ordered pairs (first, second) of direction numbers, class 0 to 47."""
    return [(first, (first + turn // 45) % 8) for first in range(8) for turn in TURNS]


def reversed_motion(motion: int) -> int:
    """Class of a `motion48` clip played backwards: (a, b) becomes (-b, -a)."""
    pairs = motion_pairs()
    first, second = pairs[motion]
    return pairs.index(((second + 4) % 8, (first + 4) % 8))


def balanced(rng: np.random.Generator, levels: int, n: int) -> np.ndarray:
    """`n` draws of 0..levels-1 in random order, each level as often as every other (±1)."""
    return rng.permutation(np.resize(rng.permutation(levels), n))


def factor_rng(benchmark: str, settings: DataSettings, split: str) -> np.random.Generator:
    """The generator of one split's factors; splits, benchmarks and seeds do not share draws."""
    return np.random.default_rng(int(content_key("factors", benchmark, settings.seed, split), 16))


def common_factors(rng: np.random.Generator, split: str, n: int) -> dict[str, np.ndarray]:
    """Appearance and placement factors that every rendered benchmark shares. Positions are shares of the frame."""
    return {
        "split": np.full(n, split),
        "sprite": balanced(rng, 10, n),
        "writer": rng.random(n),
        "colour": balanced(rng, len(COLOURS), n),
        "size": balanced(rng, len(SIZES), n),
        "texture": balanced(rng, 10, n),
        "tile": rng.random(n),
        "crop_x": rng.random(n),
        "crop_y": rng.random(n),
        "background_seed": rng.integers(0, 2**31, n),
        "start_x": rng.random(n),
        "start_y": rng.random(n),
    }


def motion48_factors(settings: DataSettings, split: str) -> pd.DataFrame:
    """Factors of `motion48`: label = motion class 0..47; `first`, `second` are direction numbers."""
    n, rng = settings.count(split), factor_rng("motion48", settings, split)
    columns = common_factors(rng, split, n)
    motion = balanced(rng, 48, n)
    pairs = np.array(motion_pairs())
    columns |= {"motion": motion, "first": pairs[motion, 0], "second": pairs[motion, 1]}
    columns["speed"] = rng.uniform(*settings.speed, n)
    return _table(columns, label=motion)


def appearance100_factors(settings: DataSettings, split: str) -> pd.DataFrame:
    """Factors of `appearance100`: label = 10 × sprite + texture; the sprite drifts straight, at most half as fast."""
    n, rng = settings.count(split), factor_rng("appearance100", settings, split)
    columns = common_factors(rng, split, n)
    kind = balanced(rng, 100, n)
    columns |= {"sprite": kind // 10, "texture": kind % 10}
    direction = balanced(rng, 8, n)
    columns |= {"first": direction, "second": direction, "speed": rng.uniform(0, settings.speed[0] / 2, n)}
    return _table(columns, label=kind)


def _table(columns: dict[str, np.ndarray], label: np.ndarray) -> pd.DataFrame:
    table = pd.DataFrame(columns)
    table.insert(0, "label", label)
    table.insert(0, "clip", np.arange(len(table)))
    return table

"""Factor tables: one row a clip, every factor drawn independently of the others, balanced within each split."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from workbench.config import DataSettings
from workbench.data.motions import motion_pairs
from workbench.files import content_key

COLOURS = ("red", "orange", "yellow", "green", "cyan", "blue", "violet", "magenta")
TEXTURES = ("brick", "grass", "gravel", "coins", "camera", "chelsea", "coffee", "china", "flower", "moon")
SIZES = (13.0, 16.0, 19.0)  # pixels a side at 32 pixels
SPLITS = ("train", "val", "test")
ABSENT = -1  # in a table of several benchmarks: the clip's benchmark has no such factor


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
    return _table("motion48", columns, motion, settings, split)


def temporal16_factors(settings: DataSettings, split: str) -> pd.DataFrame:
    """Factors of `temporal16`: label = event 0..15 of `motions.EVENTS`, pair = event // 2.

    `heading` and `orientation` are shares of a full turn, anticlockwise from east and from upright; `spin` is the sense of
    the spin in the last pair. All three are drawn for every clip, so that none of them tells the event.
    """
    n, rng = settings.count(split), factor_rng("temporal16", settings, split)
    columns = common_factors(rng, split, n)
    event = balanced(rng, 16, n)
    columns |= {"event": event, "pair": event // 2, "heading": rng.random(n), "orientation": rng.random(n)}
    columns |= {"spin": rng.choice([-1, 1], n), "speed": rng.uniform(*settings.speed, n)}
    return _table("temporal16", columns, event, settings, split)


def appearance100_factors(settings: DataSettings, split: str) -> pd.DataFrame:
    """Factors of `appearance100`: label = 10 × sprite + texture; the sprite drifts straight, at most half as fast."""
    n, rng = settings.count(split), factor_rng("appearance100", settings, split)
    columns = common_factors(rng, split, n)
    kind = balanced(rng, 100, n)
    columns |= {"sprite": kind // 10, "texture": kind % 10}
    direction = balanced(rng, 8, n)
    columns |= {"first": direction, "second": direction, "speed": rng.uniform(0, settings.speed[0] / 2, n)}
    return _table("appearance100", columns, kind, settings, split)


Draw = Callable[[DataSettings, str], pd.DataFrame]


def mixed_factors(parts: dict[str, tuple[Draw, float, int]], settings: DataSettings, split: str) -> pd.DataFrame:
    """Rows of several benchmarks in random order: name -> how its rows are drawn, its share, its number of classes.

    Labels follow each other: those of the second benchmark begin where the first one's end. `benchmark` is the number of
    the part; a factor that a clip's benchmark does not have is `ABSENT` (0 for numbers that are not whole).
    """
    n = settings.count(split)
    ends = np.round(np.cumsum([share for _, share, _ in parts.values()]) * n).astype(int)
    tables, offset = [], 0
    for number, ((draw, _, classes), count) in enumerate(zip(parts.values(), np.diff(ends, prepend=0), strict=True)):
        table = draw(settings.model_copy(update={f"{split}_clips": int(count)}), split)
        tables.append(table.assign(label=table["label"] + offset, benchmark=number))
        offset += classes
    whole = {name for table in tables for name in table.columns if pd.api.types.is_integer_dtype(table[name])}
    joint = pd.concat(tables, ignore_index=True)
    for name in joint.columns[joint.isna().any()]:
        joint[name] = joint[name].fillna(ABSENT).astype(np.int64) if name in whole else joint[name].fillna(0.0)
    order = factor_rng("mixed", settings, split).permutation(n)
    return joint.iloc[order].assign(clip=np.arange(n)).reset_index(drop=True)


def distractor_factors(benchmark: str, settings: DataSettings, split: str, n: int) -> dict[str, np.ndarray]:
    """Factors of the distractors: columns `distractor<i>_<factor>`, drawn apart, so that the other factors stay the same.

    A distractor is a white sprite of its own kind, size and place that moves straight on behind the coloured one.
    """
    rng = factor_rng(f"{benchmark}/distractors", settings, split)
    columns: dict[str, np.ndarray] = {}
    for number in range(settings.distractors):
        drawn = common_factors(rng, split, n)
        drawn |= {"heading": rng.random(n), "speed": rng.uniform(*settings.speed, n)}
        kept = ("sprite", "writer", "size", "start_x", "start_y", "heading", "speed")
        columns |= {f"distractor{number}_{name}": drawn[name] for name in kept}
    return columns


def distractor_tables(table: pd.DataFrame) -> list[pd.DataFrame]:
    """One factor table for each distractor of the clips, with the names of the factors of a sprite."""
    names = [str(name) for name in table if str(name).startswith("distractor")]
    prefixes = dict.fromkeys(name.partition("_")[0] + "_" for name in names)
    found = [table[[name for name in names if name.startswith(prefix)]] for prefix in prefixes]
    return [part.rename(columns=lambda name: name.partition("_")[2]) for part in found]


def _table(
    benchmark: str, columns: dict[str, np.ndarray], label: np.ndarray, settings: DataSettings, split: str
) -> pd.DataFrame:
    table = pd.DataFrame(columns | distractor_factors(benchmark, settings, split, len(label)))
    table.insert(0, "label", label)
    table.insert(0, "clip", np.arange(len(table)))
    return table

"""The rendered benchmarks and regimes: what each stands for, its factors, and the words for their values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbench.config import DataSettings
from workbench.data.composition import draw_kept, held_out
from workbench.data.factors import (
    COLOURS,
    TEXTURES,
    appearance100_factors,
    mixed_factors,
    motion48_factors,
    temporal16_factors,
)
from workbench.data.motions import DIRECTIONS, EVENTS, PAIRS, motion_pairs
from workbench.data.sprites import DIGITS, SHAPES, Kind
from workbench.registry import Registry

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1  # of a data set's folder

# Share of each benchmark in a pretraining regime, as in the study. The regime of one benchmark, `single`, is motion48 itself.
MIXED = {"motion48": 0.2, "temporal16": 0.6, "appearance100": 0.2}
MOTION_FACTORS = ("motion", "first", "second", "event", "pair")


@dataclass(frozen=True)
class Benchmark:
    """A rendered data set. `factors`: what can be probed and its number of classes; `table` draws a split's factors.

    `words` gives the names of the classes of the label from the names of the ten sprites. `regime`: made to train on, not
    to be probed.
    """

    title: str
    stands_for: str
    factors: dict[str, int]
    words: Callable[[tuple[str, ...]], list[str]]
    table: Callable[[DataSettings, str], pd.DataFrame]
    regime: bool = False

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Factors of appearance and of motion; the label is left out, it repeats one of them or joins several."""
        motion = tuple(name for name in self.factors if name in MOTION_FACTORS)
        return {"appearance": tuple(name for name in self.factors if name in _APPEARANCE), "motion": motion}

    @property
    def classes(self) -> int:
        """Number of classes of the label."""
        return self.factors["label"]

    def rows(self, data: DataSettings, split: str) -> pd.DataFrame:
        """The factor table of a split under the composition of the settings.

        Train and val hold nothing that is held out; where something is, test has a column `held_out`.
        """
        if data.composition == "none":
            return self.table(data, split)
        if split == "test":
            drawn = self.table(data, split)
            return drawn.assign(held_out=held_out(data.composition, drawn))
        count = f"{split}_clips"
        return draw_kept(
            lambda n: self.table(data.model_copy(update={count: n}), split), data.count(split), data.composition
        )

    def class_names(self, sprites: Kind) -> dict[str, list[str]]:
        """Words for the values of every factor."""
        kinds = DIGITS if sprites == "digits" else SHAPES
        words = _WORDS | {"sprite": list(kinds), "label": self.words(kinds)}
        return {factor: words[factor] for factor in self.factors}


BENCHMARKS: Registry[Benchmark] = Registry("benchmark")

_APPEARANCE = {"sprite": 10, "texture": 10, "colour": len(COLOURS), "size": 3}
_MOTIONS = [f"{DIRECTIONS[first]}, then {DIRECTIONS[second]}" for first, second in motion_pairs()]
_WORDS = {
    "motion": _MOTIONS,
    "first": list(DIRECTIONS),
    "second": list(DIRECTIONS),
    "event": list(EVENTS),
    "pair": list(PAIRS),
    "texture": list(TEXTURES),
    "colour": list(COLOURS),
    "size": ["small", "medium", "large"],
    "benchmark": list(MIXED),
}

BENCHMARKS.add(
    "motion48",
    Benchmark(
        title="48 motions in two parts",
        stands_for="Diving-48: a motion is a sequence of parts",
        factors={"label": 48, "motion": 48, "first": 8, "second": 8, **_APPEARANCE},
        words=lambda sprites: _MOTIONS,
        table=motion48_factors,
    ),
)
BENCHMARKS.add(
    "temporal16",
    Benchmark(
        title="16 events, 8 pairs that are each other's time reversal",
        stands_for="Something-Something V2: order decides",
        factors={"label": 16, "event": 16, "pair": 8, **_APPEARANCE},
        words=lambda sprites: list(EVENTS),
        table=temporal16_factors,
    ),
)
BENCHMARKS.add(
    "appearance100",
    Benchmark(
        title="10 sprites on 10 textures",
        stands_for="ImageNet-100: what is there",
        factors={"label": 100, **_APPEARANCE},
        words=lambda sprites: [f"{sprite} on {texture}" for sprite in sprites for texture in TEXTURES],
        table=appearance100_factors,
    ),
)


def _mixed(settings: DataSettings, split: str) -> pd.DataFrame:
    parts = {name: BENCHMARKS[name] for name in MIXED}
    drawn = {name: (part.table, MIXED[name], part.classes) for name, part in parts.items()}
    return mixed_factors(drawn, settings, split)


BENCHMARKS.add(
    "mixed",
    Benchmark(
        title="regime: " + ", ".join(f"{share:.1f} {name}" for name, share in MIXED.items()),
        stands_for="the study's mixed pretraining",
        factors={"label": sum(BENCHMARKS[name].classes for name in MIXED), "benchmark": len(MIXED), **_APPEARANCE},
        words=lambda sprites: [f"{name}: {word}" for name in MIXED for word in BENCHMARKS[name].words(sprites)],
        table=_mixed,
        regime=True,
    ),
)

"""Two to four models on the same planted clips, without runs: what the comparer must show of them is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from tests.widgets.planted import planted_source
from workbench.comparing.model import Model
from workbench.encoders import FrozenEncoder
from workbench.errors import UnknownName
from workbench.presets import build_config
from workbench.widgets.catalogue import Note
from workbench.widgets.compare_source import Compared, check_count
from workbench.widgets.comparer import Comparer
from workbench.widgets.source import Source


class PlantedEncoder(FrozenEncoder):
    """Has a name and settings; nothing is asked of its weights."""

    def __init__(self, name: str, seed: int) -> None:
        self.name, self.key = name, f"key-{name}"
        self.config = build_config("random", "smoke", seed)
        self.is_random, self.blocks = True, {}
        self.grid, self.width, self.takes, self.depth = (2, 1, 1), 4, (6, 16, 16), 1

    def tokens(self, clips: Tensor) -> Tensor:
        return torch.zeros(len(clips), 2, 4)

    def layer_tokens(self, clips: Tensor) -> list[Tensor]:
        return [self.tokens(clips)]

    def untrained(self, seed: int = 0) -> FrozenEncoder:
        return PlantedEncoder(f"{self.name}~untrained", seed + 100)


Change = Callable[[Source, int], Source]


class PlantedModels:
    """Hands out models; `change(source, place)` may give each model's source another look."""

    def __init__(self, n: int = 40, count: int = 2, change: Change | None = None) -> None:
        self.n, self.count, self.change = n, count, change
        self.notes: list[str] = []

    def models(self) -> tuple[Model, ...]:
        check_count(range(self.count))
        return tuple(Model(PlantedEncoder(f"model{place}", place)) for place in range(self.count))

    def benchmarks(self, models: Sequence[Model]) -> list[str]:
        return ["planted"]

    def open(self, models: Sequence[Model], benchmark: str, split: str, note: Note) -> Compared:
        if benchmark != "planted":
            raise UnknownName("data set", benchmark, ["planted"])
        note("Reading planted.")
        sources = [turned(planted_source(self.n, run=model.name), place) for place, model in enumerate(models)]
        if self.change:
            sources = [self.change(source, place) for place, source in enumerate(sources)]
        return Compared(tuple(models), tuple(sources))


def turned(source: Source, place: int) -> Source:
    """The same space turned: a map of it must fall on the first, and neighbours agree as far as the channels' scales let them."""
    turn = np.linalg.qr(np.random.default_rng(place).normal(size=(4, 4)))[0] if place else np.eye(4)
    return replace(source, features=(source.features @ turn * (1 + place)).astype(np.float32))


def planted_comparer(n: int = 40, count: int = 2, change: Change | None = None) -> Comparer:
    """An open comparer on planted models."""
    comparer = Comparer(PlantedModels(n, count, change), k=min(15, n - 2))
    comparer.open()
    return comparer

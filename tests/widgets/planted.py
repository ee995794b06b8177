"""A source whose answers are known: groups of clips that lie together, and a catalogue that hands it out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd

from workbench.errors import UnknownName, WorkbenchError
from workbench.widgets.catalogue import Note, Wanted
from workbench.widgets.explorer import Explorer
from workbench.widgets.source import Source

GROUPS = 4
FRAMES = 6


def planted_source(n: int = 40, run: str = "planted", seed: int = 0, **changes: object) -> Source:
    """Clip 100 + i is of group i % 4; the features of a group lie along one axis, and every clip is a square that moves."""
    rng = np.random.default_rng(seed)
    group = np.arange(n) % GROUPS
    features = (np.eye(GROUPS)[group] * 10 + rng.normal(size=(n, GROUPS)) * 0.1).astype(np.float32)
    clip = np.full((FRAMES, 16, 16, 3), 40, np.uint8)
    for frame in range(FRAMES):
        clip[frame, 4:8, 2 * frame : 2 * frame + 4] = (250, 120, 30)
    clips = np.broadcast_to(clip, (n, *clip.shape))  # all alike: a million of them take no memory
    table = pd.DataFrame(
        {
            "clip": 100 + np.arange(n),
            "path": [f"videos/test/{i:06d}.mp4" for i in range(n)],
            "label": group,
            "group": group,
            "size": rng.integers(0, 3, n),
            "same": 0,
            "speed": rng.random(n),
            "caption": ["<b>bold</b> & <script>alert(1)</script>"] * n,
        }
    )
    source = Source(
        run=run,
        benchmark="planted",
        split="test",
        clips=clips,
        table=table,
        features=features,
        factors={"label": GROUPS, "group": GROUPS, "size": 3, "same": 2},
        class_names={"group": ["left", "right", "<i>up</i>", "down"]},
        encoder="context",
        key=f"{run}-{n}-{seed}",
        clips_key=f"{n}-{seed}",
    )
    return replace(source, **changes)  # type: ignore[arg-type]


class PlantedCatalogue:
    """Hands out sources made by functions: {run: {benchmark: function}}."""

    def __init__(self, **sources: dict[str, Callable[[], Source]]) -> None:
        self.sources = sources
        self.notes: list[str] = []
        self.kept_steps: list[int] = []

    def runs(self) -> list[tuple[str, str]]:
        return [(f"{name} (planted)", name) for name in self.sources]

    def benchmarks(self, run: str) -> list[str]:
        return list(self.sources[run])

    def knows(self, name: str) -> bool:
        return "@" in name and name in self.sources

    def spaces(self, run: str) -> list[str]:
        return ["pooled", "half"]

    def steps(self, run: str) -> list[int]:
        return self.kept_steps

    def open(self, wanted: Wanted, note: Note) -> Source:
        run, benchmark = wanted.run, wanted.benchmark
        if benchmark not in self.sources[run]:
            raise UnknownName("data set", benchmark, self.sources[run])
        note(f"Reading {benchmark}.")
        source = self.sources[run][benchmark]()
        if wanted.step is not None:  # the groups move apart as training goes on
            source = replace(source, features=source.features * (1 + wanted.step))
        return replace(source, features=source.features[:, ::2], space="half") if wanted.space == "half" else source


def failing(message: str) -> Callable[[], Source]:
    """A source that cannot be opened."""

    def fail() -> Source:
        raise WorkbenchError(message)

    return fail


def planted_explorer(n: int = 40, **changes: object) -> Explorer:
    """An open explorer on a planted source, with a second run on the same clips."""
    sources = {
        "planted": {"planted": lambda: planted_source(n, **changes)},
        "other": {"planted": lambda: planted_source(n, run="other", **changes)},
    }
    explorer = Explorer(PlantedCatalogue(**sources))  # type: ignore[arg-type]
    explorer.open()
    return explorer

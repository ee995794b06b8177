"""A million rows of made-up features through the store, PCA, search, the explorer and its exports; seconds and memory of each part.

    python -m bench.million [--rows 1000000]

The rows go through the store as those of any encoder, at the tokens of the preset `standard` pooled to its time steps. Private memory is what the process
has for itself; the store's pages are mapped, so that the system takes them back when it needs them. What the browser does is in `bench.browser`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from bench.machine import Watch, describe, peak_memory_mb, private_memory_mb
from workbench.data.clips import ClipSet
from workbench.encoders.base import FrozenEncoder
from workbench.features import Features, features_of
from workbench.presets import build_config
from workbench.projection import project
from workbench.widgets.source import Source

T = TypeVar("T")
BOUND_MB, CLASSES, SHAPE = 4000, 8, (1, 2, 2, 3)


class MadeUp(FrozenEncoder):
    """Tokens around the centre of a clip's class; a clip's pixels are its number, so that no two are alike."""

    name, key, blocks, depth, takes = "made-up", "made-up", {}, 1, SHAPE[:3]

    def __init__(self) -> None:
        self.config = build_config("baseline", "standard")
        self.grid, self.width = (self.config.grid[0], 1, 1), self.config.latent_width
        self._centres = torch.randn(CLASSES, self.width, generator=torch.Generator().manual_seed(0))

    def tokens(self, clips: Tensor) -> Tensor:
        """Tokens (B, t, D)."""
        digits = clips.flatten(1).long()
        number = int((digits[0] * 256 ** torch.arange(digits.shape[1])).sum())
        generator = torch.Generator().manual_seed(number)
        noise = torch.randn(len(clips), self.grid[0], self.width, generator=generator)
        return noise + 2 * self._centres[(number + torch.arange(len(clips))) % CLASSES, None]

    def layer_tokens(self, clips: Tensor) -> list[Tensor]:
        """The tokens; it has one layer."""
        return [self.tokens(clips)]

    def untrained(self, seed: int = 0) -> FrozenEncoder:
        """Itself: nothing of it was trained."""
        return self


def made_up_clips(count: int) -> ClipSet:
    """`count` clips of 12 bytes that hold their number, with a factor and a caption."""
    numbers = np.arange(count, dtype=np.int64)
    clips = np.zeros((count, int(np.prod(SHAPE))), np.uint8)
    clips[:, :8] = numbers.view(np.uint8).reshape(count, 8)
    kind = numbers % CLASSES
    table = pd.DataFrame({"clip": numbers, "kind": kind, "size": numbers % 3, "speed": (numbers % 101) / 100})
    return ClipSet(
        "made-up",
        "test",
        clips.reshape(count, *SHAPE),
        table,
        {"kind": CLASSES},
        {},
        f"made-up-{count}",
        pd.DataFrame(),
    )


def source_of(clips: ClipSet, features: Features) -> Source:
    """What the explorer shows of them."""
    return Source(
        run="made-up",
        benchmark="made-up",
        split="test",
        clips=clips.clips,
        table=clips.table,
        features=features.pooled,
        factors={"kind": CLASSES, "size": 3},
        key=features.key,
        clips_key=clips.key,
    )


class Table:
    """A line a part: seconds, and the peak of private memory while it ran."""

    def __init__(self) -> None:
        self.most = 0.0

    def part(self, name: str, call: Callable[[], T]) -> T:
        """Run one part and print its line."""
        started = time.perf_counter()
        with Watch() as watch:
            result = call()
        self.most = max(self.most, watch.peak)
        seconds = time.perf_counter() - started
        print(f"| {name} | {seconds:.2f} | {watch.peak:.0f} | {private_memory_mb():.0f} |", flush=True)
        return result


def work(folder: Path, count: int) -> float:
    """Every part in order; gives the most private memory in MB."""
    from tests.widgets.planted import PlantedCatalogue
    from workbench.widgets.explorer import Explorer

    table, clips, encoder = Table(), made_up_clips(count), MadeUp()
    print("| part | seconds | private memory at its peak, MB | after it, MB |\n|---|---|---|---|")
    features = table.part("extract into the store", lambda: features_of(encoder, clips, pooled=True))
    source = source_of(clips, features)
    table.part("project by PCA", lambda: project(source.features, "pca"))
    table.part("first search (standardises)", lambda: source.nearest(0, 10))
    table.part("a further search", lambda: source.nearest(count // 2, 10))
    explorer = Explorer(PlantedCatalogue(**{"made-up": {"made-up": lambda: source}}))  # type: ignore[arg-type]
    table.part("show in the explorer", explorer.open)
    table.part("select half, with its summary", lambda: explorer.select(range(count // 2)))
    table.part("selection as a table", lambda: explorer.selection)
    table.part("selection as CSV", lambda: explorer.selection.to_csv(folder / "half.csv", index=False))
    table.part("the view as a page of HTML", lambda: explorer.export(folder / "view.html"))
    print(
        f"\nStore {sum(p.stat().st_size for p in folder.rglob('*.npy')) / 1e6:.0f} MB, CSV {(folder / 'half.csv').stat().st_size / 1e6:.0f} MB."
    )
    return table.most


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_known_args()[0].rows
    print(f"## {rows:,} rows of features\n\n{describe()}\n")
    with tempfile.TemporaryDirectory() as name:
        os.environ["WORKBENCH_HOME"] = name
        Path(name, "checkpoints").mkdir()
        most = work(Path(name), rows)
    print(f"Most private memory {most:.0f} MB, bound {BOUND_MB}; most resident {peak_memory_mb():.0f} MB.")
    if most > BOUND_MB:
        raise SystemExit(f"{most:.0f} MB are above the bound of {BOUND_MB} MB.")


if __name__ == "__main__":
    main()

"""What the explorer shows: clips of one benchmark with their features by one run, and the catalogue that opens them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
import pandas as pd

from workbench.data.shards import Clips
from workbench.errors import WorkbenchError
from workbench.features import standardise

Note = Callable[[str], None]
HIDDEN = ("clip", "path", "split")


@dataclass(frozen=True, eq=False)
class Source:
    """Clips uint8 (n, T, H, W, 3), their table, and pooled features float32 (n, D) of one encoder, row by row."""

    run: str
    benchmark: str
    split: str
    clips: Clips
    table: pd.DataFrame
    features: np.ndarray
    factors: dict[str, int]
    class_names: dict[str, list[str]] = field(default_factory=dict)
    encoder: str = ""
    key: str = ""  # of the features
    clips_key: str = ""
    left_out: int = 0

    def __post_init__(self) -> None:
        if not len(self.clips) == len(self.table) == len(self.features):
            counts = f"{len(self.clips)} clips, {len(self.table)} rows and {len(self.features)} features"
            raise WorkbenchError(f"{self.benchmark} has {counts}.")

    @cached_property
    def ids(self) -> np.ndarray:
        """Clip numbers, row by row."""
        return self.table["clip"].to_numpy(np.int64)

    @cached_property
    def _row(self) -> dict[int, int]:
        return {int(clip): row for row, clip in enumerate(self.ids)}

    def row(self, clip: int) -> int:
        """Row of a clip number; an unknown one raises."""
        if clip not in self._row:
            low, high = (int(self.ids.min()), int(self.ids.max())) if len(self.ids) else (0, 0)
            raise WorkbenchError(
                f"There is no clip {clip} in {self.benchmark} ({self.split}); its clips are {low} to {high}."
            )
        return self._row[clip]

    def __contains__(self, clip: int) -> bool:
        return clip in self._row

    @cached_property
    def discrete(self) -> list[str]:
        """Factors with classes. `label` is left out where another factor says the same."""
        names = [name for name in self.factors if name in self.table.columns]
        label = self.table["label"].to_numpy() if "label" in names else None
        same = [
            n for n in names if n != "label" and label is not None and np.array_equal(self.table[n].to_numpy(), label)
        ]
        return [name for name in names if name != "label" or not same]

    @cached_property
    def parts(self) -> list[str]:
        """Factors for a caption: without those that say two or more others at once (a motion says its first and second)."""

        def says(whole: str, part: str) -> bool:
            return whole != part and bool((self.table.groupby(whole)[part].nunique() <= 1).all())

        return [n for n in self.discrete if sum(says(n, other) for other in self.discrete) < 2] or self.discrete

    @cached_property
    def continuous(self) -> list[str]:
        """Other columns that a person may want to see; seeds and bookkeeping are left out."""
        known = {*self.factors, *HIDDEN}
        return [str(name) for name in self.table.columns if name not in known and not str(name).endswith("seed")]

    def word(self, column: str, row: int) -> str:
        """The value of a column for a person: a class's name, a rounded number, or the text itself."""
        return self.words(column, self.table[column].iloc[row])

    def words(self, column: str, value: object) -> str:
        """A value of `column` for a person."""
        names = self.class_names.get(column)
        if isinstance(value, int | np.integer) and not isinstance(value, bool):
            return names[int(value)] if names and 0 <= int(value) < len(names) else str(int(value))
        if isinstance(value, float | np.floating):
            return "–" if np.isnan(value) else f"{value:.3g}"
        return "–" if value is None else str(value)

    @cached_property
    def _unit(self) -> np.ndarray:
        (standard,) = standardise(self.features)
        norm = np.linalg.norm(standard, axis=1, keepdims=True)
        return standard / np.where(norm > 0, norm, 1)

    def nearest(self, row: int, k: int) -> tuple[np.ndarray, np.ndarray]:
        """The `k` rows nearest to `row` by cosine in the standardised pooled features, nearest first, and their cosines.

        `row` itself is not one of them. Space and measure are the kNN probe's, standardised by the clips that are shown.
        Of equals, the earlier row comes first.
        """
        cosine = self._unit @ self._unit[row]
        cosine[row] = -np.inf
        order = np.argsort(-cosine, kind="stable")[: max(0, min(k, len(cosine) - 1))]
        return order, cosine[order]


class Catalogue(Protocol):
    """Where the explorer finds runs and opens what they say of a benchmark."""

    def runs(self) -> list[tuple[str, str]]:
        """(words for the menu, name) of every run, the one to open first in front."""

    def benchmarks(self, run: str) -> list[str]:
        """Benchmarks and imported sets that the run can be shown on, its usual one in front."""

    def open(self, run: str, benchmark: str, split: str, note: Note) -> Source:
        """Clips and features; `note` is told what takes time. What a person can get wrong raises a `WorkbenchError`."""


class RunCatalogue:
    """The runs under `checkpoints/`."""

    def runs(self) -> list[tuple[str, str]]:
        """Finished runs first, trained before random ones, the baseline in front."""
        from workbench.runs import list_runs

        found = []
        for run in list_runs():
            try:
                info = run.info
            except WorkbenchError:
                found.append((9, f"{run.name} (run.json cannot be read)", run.name))
                continue
            status, variant = info.get("status", "unknown"), info.get("variant", "")
            rank = 4 * (status != "finished") + 2 * (variant == "random") + (variant != "baseline")
            words = run.name if status == "finished" else f"{run.name} ({status}, step {info.get('step', 0)})"
            found.append((rank, words, run.name))
        return [(words, name) for _, words, name in sorted(found, key=lambda entry: (entry[0], entry[2]))]

    def benchmarks(self, run: str) -> list[str]:
        """What it was trained on, what it is probed on, then the imported sets."""
        from workbench.data.clips import imported_names
        from workbench.runs import Run

        config = Run.open(run).config
        return list(dict.fromkeys((config.data.source, *config.probe.benchmarks, *imported_names())))

    def open(self, run: str, benchmark: str, split: str, note: Note) -> Source:
        """Makes or decodes the clips and extracts the features where that is not done yet."""
        from workbench.data.clips import load_clips
        from workbench.encoders.of_run import RunEncoder
        from workbench.features import features_of
        from workbench.runs import Run

        encoder = RunEncoder(Run.open(run))  # a run without weights says so before any clip is made
        note(f"Reading the {split} clips of {benchmark}. The first time they are made and decoded.")
        clips = load_clips(encoder.config.data, split, source=benchmark, progress=False)
        first = "The first time they are extracted, which takes up to a minute or two."
        note(f"Reading the features of {len(clips.table):,} clips by {run}. {first}")
        features = features_of(encoder, clips)
        return Source(
            run=run,
            benchmark=benchmark,
            split=split,
            clips=clips.clips,
            table=clips.table.reset_index(drop=True),
            features=features.pooled,
            factors=dict(clips.factors),
            class_names=dict(clips.class_names),
            encoder=encoder.which,
            key=features.key,
            clips_key=clips.key,
            left_out=len(clips.problems),
        )

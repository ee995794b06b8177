"""Where the explorer finds runs, and how it opens what one says of a benchmark."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from workbench.errors import WorkbenchError
from workbench.files import content_key
from workbench.widgets.source import CLEAN, POINT, SHIFT, Behind, Source

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet
    from workbench.encoders.base import FrozenEncoder

Note = Callable[[str], None]
STEP = "@step-"


@dataclass(frozen=True)
class Wanted:
    """What is to be opened. `shift` and `severity`: the clips are shown twice, clean and under it. `step`: of a run that kept snapshots."""

    run: str
    benchmark: str
    split: str = "test"
    space: str = "pooled"
    shift: str = ""
    severity: int = 3
    step: int | None = None


class Catalogue(Protocol):
    """Where the explorer finds runs and opens what they say of a benchmark."""

    def runs(self) -> list[tuple[str, str]]:
        """(words for the menu, name) of every run, the one to open first in front."""

    def knows(self, name: str) -> bool:
        """Whether an encoder that is not in the menu can be opened by this name."""

    def benchmarks(self, run: str) -> list[str]:
        """Benchmarks and imported sets that the run can be shown on, its usual one in front."""

    def spaces(self, run: str) -> list[str]:
        """What of the run's encoder can be shown: "pooled" in front."""

    def steps(self, run: str) -> list[int]:
        """Training steps of which the run kept its encoder; none where it kept the last one only."""

    def open(self, wanted: Wanted, note: Note) -> Source:
        """Clips and features; `note` is told what takes time. What a person can get wrong raises a `WorkbenchError`."""


class RunCatalogue:
    """The runs under `checkpoints/`, and any other encoder by its name."""

    def __init__(self) -> None:
        self._open: tuple[str, FrozenEncoder] | None = None

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

    def knows(self, name: str) -> bool:
        """Names of other forms: RUN@teacher, random, hf:…, file:…"""
        return bool(re.search("[@:]", name)) or name.startswith("random")

    def benchmarks(self, run: str) -> list[str]:
        """What it was trained on, what it is probed on, then the imported sets."""
        from workbench.data.clips import imported_names

        config = self._encoder(run).config
        return list(dict.fromkeys((config.data.source, *config.probe.benchmarks, *imported_names())))

    def spaces(self, run: str) -> list[str]:
        """Spaces of its encoder."""
        from workbench.exploring.spaces import spaces_of

        return spaces_of(self._encoder(run))

    def steps(self, run: str) -> list[int]:
        """Steps that it kept, and its last."""
        from workbench.encoders.of_run import RunEncoder
        from workbench.training.snapshots import snapshot_steps

        encoder = self._encoder(run)
        kept = snapshot_steps(encoder.run) if isinstance(encoder, RunEncoder) else []
        return sorted({*kept, encoder.run.info["step"]}) if kept and isinstance(encoder, RunEncoder) else []

    def open(self, wanted: Wanted, note: Note) -> Source:
        """Makes or decodes the clips and extracts the features where that is not done yet."""
        from workbench.data.clips import load_clips
        from workbench.encoders.of_run import RunEncoder
        from workbench.training.snapshots import snapshot_steps

        run, benchmark = wanted.run, wanted.benchmark
        encoder = self._encoder(run)
        if isinstance(encoder, RunEncoder) and wanted.step in snapshot_steps(encoder.run):
            encoder = self._encoder(f"{run}{STEP}{wanted.step}")
        note(f"Reading the {wanted.split} clips of {benchmark}. The first time they are made and decoded.")
        clips = load_clips(encoder.config.data, wanted.split, source=benchmark, progress=False)
        if wanted.shift:
            clips = with_shift(clips, wanted.shift, wanted.severity)
        first = "The first time they are extracted, which takes up to a minute or two."
        note(f"Reading the features of {len(clips.table):,} clips by {run}. {first}")
        return source_of(encoder, clips, wanted)

    def _encoder(self, name: str) -> FrozenEncoder:
        from workbench.encoders import open_encoder

        if self._open is None or self._open[0] != name:
            self._open = name, open_encoder(name)  # a run without weights says so before any clip is made
        return self._open[1]


def source_of(encoder: FrozenEncoder, clips: ClipSet, wanted: Wanted) -> Source:
    """Clips as an encoder has them in the space that is wanted, and what its probes predict of them where that is kept."""
    from workbench.exploring.spaces import space_features

    found = space_features(encoder, clips, wanted.space)
    table, predicted = _with_predictions(encoder, clips, wanted)
    rows = None
    if found.details is not None:  # several points a clip
        rows = np.asarray(found.clip, np.int64)
        table = table.iloc[rows].reset_index(drop=True)
        table = pd.concat([table, found.details[["time", "row", "column"]].reset_index(drop=True)], axis=1)
        table[POINT] = np.arange(len(table))
    return Source(
        run=wanted.run,
        benchmark=wanted.benchmark,
        split=wanted.split,
        clips=clips.clips,
        table=table,
        features=found.values,
        factors=dict(clips.factors),
        class_names=dict(clips.class_names),
        encoder=getattr(encoder, "which", ""),
        key=found.key,
        clips_key=f"{clips.key} {wanted.space if rows is not None else ''}",
        left_out=len(clips.problems),
        space=wanted.space,
        clip_rows=rows,
        grid=encoder.grid if rows is not None else None,
        predicted=predicted,
        behind=Behind(encoder, clips),
    )


def with_shift(clips: ClipSet, shift: str, severity: int) -> ClipSet:
    """The clips twice: clean, then under a shift, told apart by the column `shift`; pixels are shifted when they are read."""
    from workbench.data.shards import Concatenated
    from workbench.data.shifts.lazily import ShiftedClips

    ids = clips.table["clip"].to_numpy(np.int64)
    both = Concatenated([clips.clips, ShiftedClips(clips.clips, shift, severity, ids)])
    name = f"{shift} {severity}"
    table = pd.concat([clips.table.assign(**{SHIFT: CLEAN}), clips.table.assign(**{SHIFT: name})], ignore_index=True)
    table[POINT] = np.arange(len(table))
    return replace(clips, clips=both, table=table, key=content_key(clips.key, name))


def _with_predictions(encoder: FrozenEncoder, clips: ClipSet, wanted: Wanted) -> tuple[pd.DataFrame, dict[str, str]]:
    """The clips' table with what probes of the run predict, and which factor each of those columns is about."""
    from workbench.exploring.predictions import stored_predictions

    table = clips.table.reset_index(drop=True)
    if SHIFT in table or wanted.step is not None:  # answers are of clean clips and the last step
        return table, {}
    found, factors = stored_predictions(encoder, clips)
    return pd.concat([table, found.reset_index(drop=True)], axis=1), factors

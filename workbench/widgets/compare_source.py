"""What the comparer shows: the same clips with the features of two to four models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

from workbench.comparing.model import Model
from workbench.encoders import FrozenEncoder
from workbench.errors import WorkbenchError
from workbench.report.numbers import listed
from workbench.widgets.catalogue import Note
from workbench.widgets.source import Source

LETTERS = "ABCD"


@dataclass(frozen=True, eq=False)
class Compared:
    """Models with a source each, of the same clips row by row. `notes`: what a person should know, a sentence each."""

    models: tuple[Model, ...]
    sources: tuple[Source, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len({source.clips_key for source in self.sources}) > 1:
            raise WorkbenchError(
                "The models were shown different clips, so their maps cannot be compared point by point."
            )


class CompareCatalogue(Protocol):
    """Where the comparer finds models and opens what they say of a benchmark."""

    def models(self) -> tuple[Model, ...]:
        """The models; what a person can get wrong raises a `WorkbenchError`."""

    def benchmarks(self, models: Sequence[Model]) -> list[str]:
        """Benchmarks and imported sets that all models can be shown on, the usual one in front."""

    def open(self, models: Sequence[Model], benchmark: str, split: str, note: Note) -> Compared:
        """Clips and features; `note` is told what takes time."""


class EncoderCatalogue:
    """Models by names that `open_encoder` takes, or open encoders. "random" is drawn as a run of the first one's preset and seed starts."""

    def __init__(self, encoders: Sequence[FrozenEncoder | str]) -> None:
        self.encoders = encoders

    def models(self) -> tuple[Model, ...]:
        """Opens them. Raises for fewer than two, more than four, and one that is named twice."""
        check_count(self.encoders)
        models: list[Model] = []
        for one in self.encoders:
            if one == "random" and models:
                config = models[0].encoder.config
                one = f"random-{config.preset}-s{config.seed}"
            models.append(Model.of(one))
        names = [model.name for model in models]
        if twice := [name for name in dict.fromkeys(names) if names.count(name) > 1]:
            raise WorkbenchError(
                f"{listed(twice)} is named twice: a model says nothing beside itself. Give another one."
            )
        return tuple(models)

    def benchmarks(self, models: Sequence[Model]) -> list[str]:
        """Those that the first was trained on and is probed on, if all others know them too, then the imported sets."""
        from workbench.data.clips import imported_names

        lists = [[m.encoder.config.data.source, *m.encoder.config.probe.benchmarks] for m in models]
        common = [name for name in lists[0] if all(name in other for other in lists[1:])]
        return list(dict.fromkeys((*common, *imported_names())))

    def open(self, models: Sequence[Model], benchmark: str, split: str, note: Note) -> Compared:
        """Clips as the first model's settings have them; a model that does not take them raises."""
        from workbench.data.clips import load_clips
        from workbench.features import features_of

        note(f"Reading the {split} clips of {benchmark}. The first time they are made and decoded.")
        clips = load_clips(models[0].encoder.config.data, split, source=benchmark, progress=False)
        for model in models:
            model.encoder.check(clips)
        sources = []
        for model in models:
            note(
                f"Reading the features of {len(clips.table):,} clips by {model.name}. The first time they are extracted."
            )
            features = features_of(model.encoder, clips)
            sources.append(
                Source(
                    run=model.name,
                    benchmark=benchmark,
                    split=split,
                    clips=clips.clips,
                    table=clips.table.reset_index(drop=True),
                    features=features.pooled,
                    factors=dict(clips.factors),
                    class_names=dict(clips.class_names),
                    encoder=model.which,
                    key=features.key,
                    clips_key=clips.key,
                    left_out=len(clips.problems),
                )
            )
        return Compared(tuple(models), tuple(sources), tuple(_notes(models, len(clips.problems))))


def check_count(models: Sequence[object]) -> None:
    """Raise unless there are two to four models."""
    if isinstance(models, str) or not 2 <= len(models) <= len(LETTERS):
        count = 1 if isinstance(models, str) else len(models)
        raise WorkbenchError(
            f"The comparer shows two to four models side by side, not {count}: `wb.compare(['baseline-standard-s0', 'random-standard-s0'])`."
        )


def _notes(models: Sequence[Model], left_out: int) -> list[str]:
    from workbench.diagnosis.diagnose import same_weights

    notes = [
        f"{a.name} and {b.name} have the same weights."
        for a, b in combinations(models, 2)
        if same_weights(a.encoder, b.encoder)
    ]
    return notes + ([f"{left_out} files could not be read and are left out."] if left_out else [])

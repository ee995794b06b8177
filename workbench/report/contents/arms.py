"""Arms of a comparison: a variant in one reading."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.report.contents.common import READINGS
from workbench.report.gather import Study
from workbench.report.numbers import counted, seeds_words
from workbench.variants import VARIANTS


@dataclass(frozen=True)
class Arm:
    """A variant in the reading of its study."""

    study: Study
    variant: str
    reading: str

    @property
    def told_apart(self) -> bool:
        """Whether the reading has to be said: the variant has two."""
        return len(VARIANTS[self.variant].readings) > 1

    @property
    def title(self) -> str:
        """The variant's title; of one with two readings also which."""
        title = VARIANTS[self.variant].title
        return f"{READINGS[self.reading]} · {title}" if self.told_apart else title

    @property
    def in_short(self) -> str:
        """The reading of a variant that has two."""
        return READINGS[self.reading] if self.told_apart else ""

    @property
    def label(self) -> str:
        """The variant, and the reading where it is as published."""
        return self.variant if self.reading == "as_described" else f"{self.variant}, {READINGS[self.reading]}"


def arms_of(studies: Mapping[str, Study], variants: Sequence[str]) -> list[Arm]:
    """Every variant in each reading that it has and that was asked for; one without it stands once, as described."""
    arms = []
    for variant in variants:
        here = {reading: study for reading, study in studies.items() if variant in study.variants}
        readings = [reading for reading in here if reading in VARIANTS[variant].readings]
        if readings:
            arms += [Arm(here[reading], variant, reading) for reading in readings]
        elif here:  # only as published was asked for, and the variant has one reading
            arms.append(Arm(next(iter(here.values())), variant, "as_described"))
    return arms


def have_runs(studies: Mapping[str, Study], parameters: Any) -> str:
    """Preset, seeds, what was trained on, and how many of the runs asked for have all their results."""
    missing = sum(len(study.missing) for study in studies.values())
    total = len(arms_of(studies, parameters.variants)) * len(parameters.seeds)
    where = f"Preset {parameters.preset}, {seeds_words(parameters.seeds)}, trained on {parameters.regime}"
    has = "has" if total == 1 else "have"
    return f"{where}: {total - missing} of {counted(total, 'run')} asked for {has} all results."

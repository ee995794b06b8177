"""One model of a comparison: an open encoder with what is stored of it, whether or not it is of a run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import pandas as pd

from workbench.encoders import FrozenEncoder, open_encoder
from workbench.encoders.of_run import RunEncoder
from workbench.paths import cache_root
from workbench.presets import run_name
from workbench.probe_rows import about_encoder, about_run
from workbench.results import Shelf
from workbench.rows import checked, empty_rows
from workbench.runs import Run
from workbench.variants import VARIANTS


@dataclass(frozen=True, eq=False)
class Model:
    """A frozen encoder, and where its results are. `name` is the encoder's: RUN, RUN@teacher, random-standard-s0, hf:…"""

    encoder: FrozenEncoder

    @classmethod
    def of(cls, one: Model | FrozenEncoder | str) -> Model:
        """A model by anything that `open_encoder` takes; one that is open already is given back."""
        return one if isinstance(one, Model) else cls(open_encoder(one))

    @property
    def name(self) -> str:
        """As a person writes it."""
        return self.encoder.name

    @property
    def run(self) -> Run | None:
        """The run that it is of."""
        return self.encoder.run if isinstance(self.encoder, RunEncoder) else None

    @property
    def which(self) -> str:
        """ "context" or "teacher" of a run; else empty."""
        return self.encoder.which if isinstance(self.encoder, RunEncoder) else ""

    @cached_property
    def about(self) -> dict[str, Any]:
        """Variant, seed, steps, initial weights, commit, audit and all else that every result row of it carries."""
        return about_run(self.run, self.which) if self.run else about_encoder(self.encoder)

    @cached_property
    def settings(self) -> dict[str, Any] | None:
        """The settings that it was made with; None where they are not known."""
        known = self.run is not None or (self.encoder.is_random and self.variant in VARIANTS)
        return self.encoder.config.model_dump(mode="json") if known else None

    @property
    def variant(self) -> str:
        """What was trained; of an encoder from elsewhere its name."""
        return str(self.about["variant"])

    @property
    def seed(self) -> int:
        """Of its weights."""
        return int(self.about["seed"])

    @property
    def shelf(self) -> Shelf:
        """Where its result rows are kept."""
        if self.run:
            return self.run.shelf
        return Shelf(cache_root() / "results" / f"{self.encoder.store()[1]}-{self.about['config_key']}")

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Its result rows on test clips, with every column of `workbench.rows`; none before probing."""
        found = self.shelf.rows()
        if found.empty:
            return empty_rows()
        found = found[(found["encoder"] == self.which) & (found["split"] == "test")]
        return checked(found.assign(versions=self.versions), self.shelf.folder / "rows.parquet")

    @cached_property
    def answers(self) -> pd.DataFrame:
        """What its probes said of single test clips: benchmark, probe, factor, encoder, clip, truth, predicted."""
        return self.shelf.predictions()

    @property
    def versions(self) -> str:
        """Package versions as JSON; of an encoder without a run those of now are not its own, and none are given."""
        return json.dumps(self.run.info.get("versions", {}) if self.run else {}, sort_keys=True)

    @cached_property
    def facts(self) -> SimpleNamespace:
        """What can differ from another model and must be said beside every number, as `report.differ` reads it.

        What belongs to single rows, as the probes' clips and budgets, is empty here: `differs` compares it row by row.
        """
        about = dict(self.about)
        if self.run is None:  # it has one encoder and, drawn at random, no training data
            about |= {"regime": "", "encoder": ""}
        return SimpleNamespace(**about, data_key="", n="", budget="", versions=self.versions)

    @property
    def usual(self) -> bool:
        """Whether it is a run with the usual settings of its name, so that the same with another seed can be told by name."""
        return self.run is not None and self.run.name == run_name(self.run.config)

"""One call: everything there is to say about whether an encoder uses time, on one benchmark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.data.benchmarks import BENCHMARKS
from workbench.errors import UnknownName
from workbench.time_use.channels import Pairs, channel_tables, dynamic_pairs
from workbench.time_use.chiral import REVERSALS, chiral, no_chiral
from workbench.time_use.sensitivity import (
    Factor,
    Reading,
    Views,
    feature_distance,
    read_factor,
    sensitivity_rows,
    unchanged_rows,
)
from workbench.time_use.transforms import TRANSFORMS, impossible
from workbench.time_use.views import changed_means, tubelet_of

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet
    from workbench.encoders.base import FrozenEncoder

SPLITS = ("train", "val", "test")


def time_use(
    encoder: FrozenEncoder,
    benchmark: str,
    *,
    factors: Sequence[str] | None = None,
    limits: Mapping[str, int] | None = None,
    seed: int = 0,
    show: bool = True,
) -> dict[str, pd.DataFrame]:
    """Sensitivity to changes in time, moved features, static and dynamic channels, and chiral accuracy on one benchmark.

    `factors` are read by the probes, by default those of appearance and motion of the benchmark (of another data set, all).
    Probes are fitted on the labelled clips of the encoder's settings, chosen on val, told of test; `limits` are the most clips
    of a split that are looked at (the first ones). Gives five tables, each with
    the columns encoder and benchmark first, one number a row, 95 % intervals, and in `note` why a value is missing:

    - `sensitivity`: group, factor, transform, probe (fixed, retrained), metric (accuracy, drop, tsi), value, low, high, n, chance, note
    - `features`: transform, features (mean over time, every time step), metric, value, low, high, n, null, note
    - `channels`: kind (static, dynamic), channel, block, metric, value, low, high, n, null, note
    - `channel_counts`: kind, block, metric, value, low, high, n, null, note
    - `chiral`: pair, metric, value, low, high, n, chance, note
    """
    found = _Benchmark.load(encoder, benchmark, limits or {}, seed, show)
    plain = found.plain(show)
    readings = [read_factor(plain, factor) for factor in found.factors(factors)]
    sensitivity = [row for reading in readings for row in unchanged_rows(reading)]
    moved_features: list[dict[str, Any]] = []
    static: Pairs | str = ""
    for name, moved in found.changed(show):
        sensitivity += [row for reading in readings for row in sensitivity_rows(reading, name, moved, seed)]
        test = moved if isinstance(moved, str) else moved.test
        moved_features += _feature_rows(name, plain.test, test, seed)
        if name == "shuffle":
            static = test if isinstance(test, str) else Pairs(plain.test.mean(1), test.mean(1))
    pairs = {"static": static, "dynamic": found.dynamic(plain.test.mean(1))}
    channels, counts = channel_tables(pairs, encoder.blocks, seed)
    tables = {
        "sensitivity": pd.DataFrame(sensitivity),
        "features": pd.DataFrame(moved_features),
        "channels": channels,
        "channel_counts": counts,
        "chiral": found.chiral(plain, readings),
    }
    return {name: _named(table, encoder.name, benchmark) for name, table in tables.items()}


@dataclass(frozen=True)
class _Benchmark:
    """Clips of every split for one encoder, and what is drawn from them."""

    encoder: FrozenEncoder
    name: str
    sets: dict[str, ClipSet]
    counts: dict[str, int]
    seed: int

    @classmethod
    def load(cls, encoder: FrozenEncoder, name: str, limits: Mapping[str, int], seed: int, show: bool) -> _Benchmark:
        from workbench.data.clips import load_clips

        tubelet_of(encoder)
        sets = {split: load_clips(encoder.config.data, split, source=name, progress=show) for split in SPLITS}
        counts = {split: min(len(clips), limits.get(split, len(clips))) for split, clips in sets.items()}
        counts["train"] = min(counts["train"], encoder.config.probe.train_clips)
        return cls(encoder, name, sets, counts, seed)

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Factors of appearance and of motion; none are known of a data set from elsewhere."""
        return BENCHMARKS[self.name].groups if self.name in BENCHMARKS else {"appearance": (), "motion": ()}

    def factors(self, names: Sequence[str] | None) -> list[Factor]:
        """The factors of these names, by default those of the groups, without groups all."""
        known = self.sets["test"].factors
        for name in names or ():
            if name not in known:
                raise UnknownName(f"factor of {self.name}", name, known)
        return [self.factor(name) for name in names or [n for g in self.groups.values() for n in g] or known]

    def factor(self, name: str) -> Factor:
        group = next((group for group, members in self.groups.items() if name in members), "label")
        labels = [self.sets[s].table[name].to_numpy(np.int64)[: self.counts[s]] for s in SPLITS]
        return Factor(name, group, self.sets["test"].factors[name], *labels)

    def plain(self, show: bool) -> Views:
        """Features of the clips as they are, from the store."""
        from workbench.features import features_of

        return Views(*(features_of(self.encoder, self.sets[s], show=show).per_time[: self.counts[s]] for s in SPLITS))

    def changed(self, show: bool) -> Iterator[tuple[str, Views | str]]:
        """Each change in time with the features of the changed clips, or in words why it cannot be made."""
        from workbench.progress import progress_bar

        title, total = f"time {self.encoder.name} on {self.name}", len(TRANSFORMS) * sum(self.counts.values())
        with progress_bar(title, total, 0, show) as report:
            for number, name in enumerate(TRANSFORMS):
                if reason := impossible(name, self.encoder.takes[0], self.encoder.grid[0]):
                    yield name, reason
                    continue
                before = number * sum(self.counts.values())
                parts = []
                for s in SPLITS:
                    parts.append(changed_means(self.encoder, self.sets[s], name, self.seed, self.counts[s]))
                    before += self.counts[s]
                    report(before, name)
                yield name, Views(*parts)

    def dynamic(self, pooled: np.ndarray) -> Pairs | str:
        """Features (m, D) of both sides of the dynamic pairs of test clips, or why there are none."""
        groups = self.groups
        if not groups["motion"] or not groups["appearance"]:
            return f"{self.name} has no factors of {'motion' if groups['appearance'] else 'appearance and motion'} to pair clips by"
        same, any_motion = (
            dynamic_pairs(self.sets["test"].table.iloc[: len(pooled)], motion, groups["appearance"], self.seed)
            for motion in (groups["motion"], ())
        )
        null = pooled[any_motion[:, 0]], pooled[any_motion[:, 1]]
        return Pairs(pooled[same[:, 0]], pooled[same[:, 1]], null)

    def chiral(self, plain: Views, readings: list[Reading]) -> pd.DataFrame:
        """Chiral accuracy of the probe of unchanged clips, which was fitted to all classes."""
        if self.name not in REVERSALS:
            return no_chiral(f"{self.name} has no classes that are each other's time reversal")
        reversal = REVERSALS[self.name]
        known = {reading.factor.name: reading for reading in readings}
        reading = known.get(reversal.factor) or read_factor(plain, self.factor(reversal.factor))
        if reading.probe is None:
            return no_chiral(reading.note)
        words = self.sets["test"].class_names[reversal.factor]
        table = chiral(reading.probe.scores(plain.flat("test")), reading.factor.test, reversal.pairs(), words)
        return table.assign(note=["; ".join(filter(None, (note, reading.note))) for note in table["note"]])


def _feature_rows(name: str, plain: np.ndarray, moved: np.ndarray | str, seed: int) -> list[dict[str, Any]]:
    """How far features move: of the mean over time, where order within is lost, and of all time steps side by side."""
    rows = []
    for words in ("mean over time", "every time step"):
        where = {"transform": name, "features": words, "metric": "relative distance"}
        if isinstance(moved, str):
            found: dict[str, Any] = {"value": None, "low": None, "high": None, "n": len(plain), "note": moved}
        else:
            a, b = ((x.mean(1) if words == "mean over time" else x.reshape(len(x), -1)) for x in (plain, moved))
            found = feature_distance(a, b, seed)
        note = found.pop("note")
        rows.append({**where, **found, "null": 0.0, "note": note})
    return rows


def _named(table: pd.DataFrame, encoder: str, benchmark: str) -> pd.DataFrame:
    """The table with what it is of in front, and numbers typed where every one is missing."""
    for name in {"value", "low", "high", "null", "chance"} & set(table.columns):
        table[name] = table[name].astype(float)
    table.insert(0, "benchmark", benchmark)
    table.insert(0, "encoder", encoder)
    return table

"""The parts of a diagnosis: each asks one question of an encoder on one benchmark and gives tidy tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from workbench.data.benchmarks import BENCHMARKS
from workbench.features import Features, features_of
from workbench.registry import Registry

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet
    from workbench.disentangle import FactorData
    from workbench.encoders import FrozenEncoder
    from workbench.probes import ProbeTask

SPLITS = ("train", "val", "test")
LABEL_PROBE = "logistic_time"
LABEL_SHARES = (0.05, 0.2, 1.0)
CONTROL_SEEDS = (0, 1)
LIMITS = {"train": 2000, "val": 1000, "test": 1500}  # clips: 20 nulls of every number have to stay affordable


@dataclass(frozen=True)
class Subject:
    """One encoder on one benchmark: its clips, features and factors, read when first asked for."""

    encoder: FrozenEncoder
    benchmark: str
    seed: int
    show: bool

    @cached_property
    def clips(self) -> dict[str, ClipSet]:
        """Clips of every split."""
        from workbench.data.clips import load_clips

        data = self.encoder.config.data
        return {split: load_clips(data, split, source=self.benchmark, progress=self.show) for split in SPLITS}

    @cached_property
    def features(self) -> dict[str, Features]:
        """Features of the clips of every split that are looked at: LIMITS, and for training clips the probes' budget."""
        counts = LIMITS | {"train": min(LIMITS["train"], self.encoder.config.probe.train_clips)}
        clips = self.clips.items()
        return {split: features_of(self.encoder, one, show=self.show).head(counts[split]) for split, one in clips}

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Factors of appearance and of motion; of a data set from elsewhere none are known."""
        return BENCHMARKS[self.benchmark].groups if self.benchmark in BENCHMARKS else {}

    @cached_property
    def data(self) -> FactorData:
        """Features with the classes of every factor, channel by channel."""
        from workbench.disentangle import factor_data

        f = self.features
        return factor_data(f["train"], f["val"], f["test"], classes=self.clips["test"].factors, groups=self.groups)

    def task(self, factor: str) -> ProbeTask:
        """A factor to be read by a probe."""
        from workbench.probes import Labelled, ProbeTask

        parts = {s: Labelled(f, np.array(f.table[factor], np.int64)) for s, f in self.features.items()}
        config = self.encoder.config
        return ProbeTask(**parts, classes=self.clips["test"].factors[factor], seed=self.seed, settings=config.probe)


@dataclass(frozen=True)
class Part:
    """One question, in words at the function `of`: its tables, and how the random encoder enters them.

    needs   groups of factors that a benchmark must have
    of      tables of a subject; the second argument is the untrained twin on the same benchmark
    twin    whether the twin's tables are made too and stand beside the numbers; a part that takes the twin itself says no
    every   whether every benchmark with the factors it needs is asked by default, or only the first
    """

    tables: tuple[str, ...]
    of: Callable[[Subject, Subject], Mapping[str, pd.DataFrame]]
    needs: tuple[str, ...] = ()
    twin: bool = True
    every: bool = False

    def takes(self, benchmark: str) -> bool:
        """Whether the benchmark has the factors that are needed."""
        groups = BENCHMARKS[benchmark].groups if benchmark in BENCHMARKS else {}
        return all(groups.get(group) for group in self.needs)


PARTS: Registry[Part] = Registry("part of a diagnosis")


def _disentangle(subject: Subject, twin: Subject) -> Mapping[str, pd.DataFrame]:
    """Which factors can be read, from which block."""
    from workbench.disentangle import disentangle

    return disentangle(subject.data, subject.encoder.blocks, random=twin.data, seed=subject.seed)


def _time(subject: Subject, twin: Subject) -> Mapping[str, pd.DataFrame]:
    """Whether time is used."""
    from workbench.time_use import time_use

    tables = time_use(subject.encoder, subject.benchmark, limits=LIMITS, seed=subject.seed, show=subject.show)
    return {name: table.drop(columns=["encoder", "benchmark"]) for name, table in tables.items()}


def _quality(subject: Subject, twin: Subject) -> Mapping[str, pd.DataFrame]:
    """Whether the space has collapsed."""
    from workbench.quality.measures import quality, spectrum
    from workbench.quality.views import augmented_views

    features, clips = subject.features["test"], subject.clips["test"]
    few = replace(clips, clips=clips.clips[: LIMITS["test"]], table=features.table)
    views = augmented_views(subject.encoder, few, seed=subject.seed)
    return {"quality": quality(features, views, subject.seed), "spectrum": spectrum(features)}


def _labels(subject: Subject, twin: Subject) -> Mapping[str, pd.DataFrame]:
    """What the probes owe to the encoder: random labels, few labels, length of the online code."""
    from workbench.probes.controls import selectivity
    from workbench.probes.efficiency import label_curve, online_code

    tasks = {factor: subject.task(factor) for group in subject.groups.values() for factor in group}
    curves = [label_curve(task, LABEL_SHARES, per_time=True).assign(factor=name) for name, task in tasks.items()]
    codes = [online_code(task, per_time=True).assign(factor=name) for name, task in tasks.items()]
    return {
        "controls": selectivity(LABEL_PROBE, tasks, CONTROL_SEEDS),
        "label_curve": pd.concat(curves, ignore_index=True),
        "online_code": pd.concat(codes, ignore_index=True),
    }


PARTS.add(
    "disentangle",
    Part(
        ("matrix", "separation", "dependence", "whole"),
        _disentangle,
        needs=("appearance", "motion"),
        twin=False,
    ),
)
PARTS.add(
    "time",
    Part(
        ("sensitivity", "features", "channels", "channel_counts", "chiral"),
        _time,
        needs=("motion",),
        every=True,
    ),
)
PARTS.add("quality", Part(("quality", "spectrum"), _quality))
PARTS.add(
    "labels",
    Part(
        ("controls", "label_curve", "online_code"),
        _labels,
        needs=("appearance",),
    ),
)

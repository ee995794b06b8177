"""What disentanglement is measured on: features of three splits channel by channel, the class of every factor, and blocks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from workbench.errors import UnknownName, WorkbenchError

if TYPE_CHECKING:
    import pandas as pd

    from workbench.features import Features

Reading = Literal["time", "mean"]
GROUPS = ("appearance", "motion")
LEAST = 8  # clips of a split, below which nothing here means anything


@dataclass(frozen=True)
class Split:
    """Features `x` float32 (n, D), or (n, D, t) with t values a channel, and the class of every clip by factor."""

    x: np.ndarray
    labels: dict[str, np.ndarray]

    @property
    def channels(self) -> np.ndarray:
        """Features as (n, D, t); t is 1 where a channel has one value."""
        return self.x if self.x.ndim == 3 else self.x[:, :, None]

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class FactorData:
    """Features and factors of three splits: fitted on `train`, chosen on `val`, told of `test`.

    classes  number of classes of every factor
    groups   {"appearance": factors, "motion": factors}; either may be empty
    """

    train: Split
    val: Split
    test: Split
    classes: dict[str, int]
    groups: dict[str, tuple[str, ...]]

    @property
    def splits(self) -> dict[str, Split]:
        """The three splits by name."""
        return {"train": self.train, "val": self.val, "test": self.test}

    @property
    def width(self) -> int:
        """Number of channels D."""
        return int(self.train.channels.shape[1])

    @property
    def values(self) -> int:
        """Number of values t of a channel."""
        return int(self.train.channels.shape[2])

    @property
    def factors(self) -> tuple[str, ...]:
        """Factors of appearance, then of motion."""
        return tuple(factor for group in GROUPS for factor in self.groups.get(group, ()))

    def group_of(self, factor: str) -> str:
        """The group that `factor` is in."""
        return next(group for group in GROUPS if factor in self.groups.get(group, ()))

    @cached_property
    def notes(self) -> dict[str, str]:
        """What a reader of a factor's numbers must know, by factor; empty where nothing is amiss."""
        return {factor: _missing_classes(self, factor) for factor in self.factors}

    @cached_property
    def measurable(self) -> tuple[str, ...]:
        """Factors that take two values or more in the training clips."""
        return tuple(f for f in self.factors if len(np.unique(self.train.labels[f])) > 1)

    @cached_property
    def independent(self) -> tuple[str, ...]:
        """Measurable factors that no other determines: of a motion and its two parts the motion alone."""
        labels, kept = self.train.labels, list(self.measurable)
        for factor in self.measurable:
            others = [other for other in kept if other != factor]
            if any(_determines(labels[other], labels[factor]) for other in others):
                kept.remove(factor)
        return tuple(kept)

    def check(self) -> None:
        """Raise where nothing can be measured: shapes that do not fit, non-finite features, labels outside the classes."""
        unknown = [group for group in self.groups if group not in GROUPS]
        if unknown:
            raise UnknownName("group of factors", unknown[0], GROUPS)
        if not self.factors:
            raise WorkbenchError("No factor was given: name at least one of appearance or motion.")
        shape = self.train.channels.shape[1:]
        for name, split in self.splits.items():
            _check_split(name, split, shape, self)


def factor_data(
    train: Features,
    val: Features,
    test: Features,
    *,
    classes: Mapping[str, int],
    groups: Mapping[str, tuple[str, ...]],
    reading: Reading = "time",
) -> FactorData:
    """Features of three splits of a benchmark, frame by frame averaged, as `FactorData`.

    `reading` "time" keeps time: a channel has t values, the discrete cosine transform of its mean over the frame at each
    time step (level, trend, and so on: a rotation, nothing is lost). "mean" is the mean over the clip, in which motion
    is hardly seen. `classes` and `groups` are those of the benchmark; factors that the tables lack raise.
    """
    if reading not in ("time", "mean"):
        raise UnknownName("reading", reading, ("time", "mean"))
    factors = [factor for group in GROUPS for factor in groups.get(group, ())]
    splits = [
        Split(_values(part, reading), {factor: _labels(part.table, factor) for factor in factors})
        for part in (train, val, test)
    ]
    for factor in factors:
        if factor not in classes:
            raise UnknownName("factor", factor, classes)
    data = FactorData(splits[0], splits[1], splits[2], {f: classes[f] for f in factors}, dict(groups))
    data.check()
    return data


def channel_sets(blocks: Mapping[str, slice], width: int) -> dict[str, np.ndarray]:
    """Channels of every block as indices. Raises for a block without channels, outside the width, or sharing channels."""
    owner: dict[int, str] = {}
    result = {}
    for name, block in blocks.items():
        start, stop = block.start or 0, width if block.stop is None else block.stop
        if start < 0 or stop > width or start > width:
            raise WorkbenchError(f"Block '{name}' is channels {start}..{stop} of an encoder with {width}.")
        channels = np.arange(start, stop, block.step or 1)
        if len(channels) == 0:
            raise WorkbenchError(f"Block '{name}' has no channels ({start}..{stop}). Give it one, or leave it out.")
        for channel in channels.tolist():
            if channel in owner:
                raise WorkbenchError(f"Blocks '{owner[channel]}' and '{name}' share channel {channel}.")
            owner[channel] = name
        result[name] = channels
    return result


def _values(features: Features, reading: Reading) -> np.ndarray:
    from scipy.fft import dct

    if reading == "mean":
        return np.asarray(features.pooled, np.float32)
    steps = features.per_time.astype(np.float32)
    return np.ascontiguousarray(dct(steps, axis=1, norm="ortho").transpose(0, 2, 1), np.float32)


def _labels(table: pd.DataFrame, factor: str) -> np.ndarray:
    if factor not in table:
        raise UnknownName("factor", factor, [str(column) for column in table.columns])
    return np.array(table[factor], np.int64)


def _missing_classes(data: FactorData, factor: str) -> str:
    if len(np.unique(data.train.labels[factor])) < 2:
        return f"{factor} has one value in train: nothing to read"
    notes = []
    for name, split in data.splits.items():
        lacking = data.classes[factor] - len(np.unique(split.labels[factor]))
        if lacking:
            notes.append(f"{name} lacks {lacking} of {data.classes[factor]} classes of {factor}")
    return "; ".join(notes)


def _determines(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether the value of `one` fixes that of `other`."""
    pairs = np.unique(np.stack([one, other]), axis=1)
    return pairs.shape[1] == len(np.unique(one)) and len(np.unique(one)) < len(one) / 2


def _check_split(name: str, split: Split, shape: tuple[int, ...], data: FactorData) -> None:
    if split.x.ndim not in (2, 3) or len(split) < LEAST or 0 in split.x.shape:
        raise WorkbenchError(
            f"The {name} features have shape {split.x.shape}; (clips, channels) or (clips, channels, values) is needed, "
            f"with {LEAST} clips or more."
        )
    if split.channels.shape[1:] != shape:
        raise WorkbenchError(f"The {name} features are {split.channels.shape[1:]} a clip, those of train {shape}.")
    if not np.isfinite(split.x).all():
        bad = int((~np.isfinite(split.x).reshape(len(split), -1).all(1)).sum())
        raise WorkbenchError(
            f"The {name} features are not finite in {bad} of {len(split)} clips; the encoder is broken or the run diverged."
        )
    for factor in data.factors:
        if factor not in split.labels or factor not in data.classes:
            raise UnknownName(f"factor of the {name} split", factor, set(split.labels) & set(data.classes))
        labels = split.labels[factor]
        if len(labels) != len(split):
            raise WorkbenchError(f"{factor} has {len(labels)} labels for the {len(split)} clips of {name}.")
        if labels.min() < 0 or labels.max() >= data.classes[factor]:
            raise WorkbenchError(f"A label of {factor} in {name} lies outside 0..{data.classes[factor] - 1}.")

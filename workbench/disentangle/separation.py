"""Are appearance and motion apart? Gaps, leaks and the swap test of a split of the channels in two (DIAGNOSTICS, ours).

All are read by the discriminant of `discriminant.py`, the value and every null alike, so that hundreds of splits cost
seconds. With A the appearance channels, M the dynamics channels, and AM both:

- gap_appearance = s(A, f) − s(M, f) of appearance factors, gap_motion = s(M, f) − s(A, f) of motion factors.
- leak_motion = s(A, f)/s(AM, f) of motion factors (motion that is in A), leak_appearance = s(M, f)/s(AM, f) of appearance factors.
- swap_appearance: z' = [A(x₁), M(x₂)] is given to the probe of all channels; how often it says x₁'s appearance.
  swap_motion: how often it says x₂'s motion. Only pairs that differ in the factor count, for in the others either block would do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbench.disentangle.data import FactorData
from workbench.disentangle.discriminant import Discriminant, Reader, chances, score
from workbench.disentangle.nulls import Better, Pair

MEAN = "mean"
BETTER: dict[str, Better] = {
    "gap_appearance": "higher",
    "gap_motion": "higher",
    "leak_motion": "lower",
    "leak_appearance": "lower",
    "swap_appearance": "higher",
    "swap_motion": "higher",
}
Measures = dict[tuple[str, str], np.ndarray]


@dataclass(frozen=True)
class Answers:
    """What is right, clip by clip: `read` bool (3, n, F) from A, M and AM; `swapped` (n, F) of `differs` (n, F) pairs."""

    read: np.ndarray
    swapped: np.ndarray
    differs: np.ndarray


class Separation:
    """Gaps, leaks and swap test of any split of one encoder's channels."""

    def __init__(self, data: FactorData, seed: int = 0) -> None:
        self.data, self.reader = data, Reader(data)
        self.factors = self.reader.factors
        self.chance = chances(data, self.factors)
        self.groups = {
            group: np.array([i for i, f in enumerate(self.factors) if data.group_of(f) == group], int)
            for group in ("appearance", "motion")
        }
        rng = np.random.default_rng([seed, 103])
        self.partner = {name: _derangement(len(data.splits[name]), rng) for name in ("val", "test")}
        self._both: dict[bytes, tuple[list[Discriminant], dict[str, np.ndarray]]] = {}

    def answers(self, split: Pair, on: str = "test") -> Answers:
        """Answers to the clips of `on` ("val" or "test") of the probes of `split` (channels of A, channels of M)."""
        a, m = split
        fits, right = self._of_both(np.sort(np.concatenate(split)))
        read = np.stack([self.reader.right(a, on), self.reader.right(m, on), right[on]])
        x = {"val": self.reader.val, "test": self.reader.test}[on]
        partner = self.partner[on]
        mixed = x.copy()
        mixed[:, self.reader.columns(m)] = x[partner][:, self.reader.columns(m)]
        columns = self.reader.columns(np.sort(np.concatenate(split)))
        labels = np.stack([self.data.splits[on].labels[f] for f in self.factors], axis=1)
        source = labels.copy()
        source[:, self.groups["motion"]] = labels[partner][:, self.groups["motion"]]
        said = np.stack([fit.predict(mixed[:, columns]) for fit in fits], axis=1)
        return Answers(read, said == source, labels != labels[partner])

    def measures(self, answers: Answers, weights: np.ndarray) -> Measures:
        """Every measure for each row of `weights` (B, n) over clips: (measure, factor or "mean") -> (B,). NaN where undefined."""
        accuracy = np.stack([weights @ read for read in answers.read.astype(np.float32)])
        s = score(accuracy, self.chance)
        pairs = weights @ answers.differs.astype(np.float32)
        with np.errstate(invalid="ignore", divide="ignore"):
            swap = (weights @ (answers.swapped & answers.differs).astype(np.float32)) / pairs
        result: Measures = {}
        for group, own, other, leak in (("appearance", 0, 1, "leak_appearance"), ("motion", 1, 0, "leak_motion")):
            members = self.groups[group]
            if len(members) == 0:
                continue
            result |= self._each(f"gap_{group}", s[own] - s[other], members)
            leaks = self._each(leak, s[other], members)
            whole = self._each(leak, s[2], members)
            with np.errstate(invalid="ignore", divide="ignore"):
                result |= {key: np.where(whole[key] > 0, leaks[key] / whole[key], np.nan) for key in leaks}
            result |= self._each(f"swap_{group}", swap, members)
        return result

    def readable(self, answers: Answers, weights: np.ndarray) -> dict[str, bool]:
        """Whether each group and factor can be read from AM at all: the low end of its score's interval is above 0."""
        s = score(weights @ answers.read[2].astype(np.float32), self.chance)
        known = {f: float(np.quantile(s[:, i], 0.025)) > 0 for i, f in enumerate(self.factors)}
        for group, members in self.groups.items():
            if len(members):
                known[group] = float(np.quantile(s[:, members].mean(1), 0.025)) > 0
        return known

    def point(self, split: Pair, on: str = "test") -> Measures:
        """The measures of one split on the clips as they are, each an array of one."""
        n = len(self.data.splits[on])
        return self.measures(self.answers(split, on), np.full((1, n), 1 / n, np.float32))

    def chance_of(self, measure: str, factor: str) -> float:
        """Chance of a factor, or the mean chance of the group that `measure` is about."""
        members = self.groups[group_of(measure)] if factor == MEAN else self.factors.index(factor)
        return float(self.chance[members].mean())

    def _each(self, name: str, values: np.ndarray, members: np.ndarray) -> Measures:
        mean = values[:, members].mean(1)
        return {(name, MEAN): mean, **{(name, self.factors[i]): values[:, i] for i in members}}

    def _of_both(self, channels: np.ndarray) -> tuple[list[Discriminant], dict[str, np.ndarray]]:
        key = channels.tobytes()
        if key not in self._both:
            fits, columns = [self.reader.fit(f, channels) for f in self.factors], self.reader.columns(channels)
            right = {}
            for on, x in (("val", self.reader.val), ("test", self.reader.test)):
                labels = self.data.splits[on].labels
                told = [fit.predict(x[:, columns]) == labels[f] for f, fit in zip(self.factors, fits, strict=True)]
                right[on] = np.stack(told, axis=1)
            self._both[key] = fits, right
        return self._both[key]


def group_of(measure: str) -> str:
    """The group of factors that a measure is about: the end of its name."""
    return measure.rsplit("_", 1)[1]


def _derangement(n: int, rng: np.random.Generator) -> np.ndarray:
    """A partner for every clip that is not the clip itself: a random cycle."""
    order = rng.permutation(n)
    partner = np.empty(n, int)
    partner[order] = np.roll(order, 1)
    return partner

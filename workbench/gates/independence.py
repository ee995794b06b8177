"""Are the factors of a benchmark independent? Mutual information of every pair against a permutation null."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

BINS = 8  # of a factor that is a number
# Factors that follow from each other by definition: pairs within a group are not tested.
GROUPS = (
    {"label", "motion", "first", "second"},
    {"label", "event", "pair"},
    {"label", "sprite"},
    {"label", "texture"},
)
NOT_FACTORS = ("clip", "path", "split", "benchmark", "background_seed", "held_out")


@dataclass(frozen=True)
class Independence:
    """`pairs`: factor a, factor b, information (bits), its mean and 95 % point under permutation, standardised value.

    `largest` is the largest standardised value, `p` its family-wise permutation p: the share of permutations whose
    largest value over all pairs is as large.
    """

    pairs: pd.DataFrame
    largest: float
    p: float
    n: int


def independence(table: pd.DataFrame, draws: int = 200, seed: int = 0) -> Independence:
    """Mutual information (plug-in estimate, bits) of every pair of factors of a factor table.

    The null permutes each factor over the clips, which keeps its margins. Numbers are cut into eight equal bins of rank.
    A factor with one value only (as `first` and `second` of `appearance100`, of which one is kept) gives no pair.
    """
    codes = _codes(table)
    names = [(a, b) for a, b in combinations(codes, 2) if not any({a, b} <= group for group in GROUPS)]
    observed = _information(codes, names)
    rng = np.random.default_rng(seed)
    null = np.stack(
        [_information({name: rng.permutation(code) for name, code in codes.items()}, names) for _ in range(draws)]
    )
    spread = np.maximum(null.std(0), 1e-12)
    value, largest = (observed - null.mean(0)) / spread, ((null - null.mean(0)) / spread).max(1)
    pairs = pd.DataFrame(names, columns=["a", "b"]).assign(
        information=observed, null_mean=null.mean(0), null_95=np.quantile(null, 0.95, axis=0), standardised=value
    )
    p = (1 + int((largest >= value.max()).sum())) / (1 + draws)
    return Independence(pairs.sort_values("standardised", ascending=False), float(value.max()), p, len(table))


def to_table(tested: Mapping[str, Independence]) -> pd.DataFrame:
    """One row a pair of factors of every benchmark, with the `p` and `n` of its benchmark."""
    parts = [found.pairs.assign(benchmark=name, p=found.p, n=found.n) for name, found in tested.items()]
    return pd.concat(parts, ignore_index=True)


def from_table(table: pd.DataFrame) -> dict[str, Independence]:
    """The inverse of `to_table`."""
    tested = {}
    for name, part in table.groupby("benchmark", sort=False):
        pairs = part.drop(columns=["benchmark", "p", "n"]).reset_index(drop=True)
        tested[str(name)] = Independence(
            pairs, float(pairs["standardised"].max()), float(part["p"].iloc[0]), int(part["n"].iloc[0])
        )
    return tested


def mutual_information(a: np.ndarray, b: np.ndarray) -> float:
    """Plug-in mutual information of two arrays of codes 0..k-1, in bits."""
    joint = np.zeros((int(a.max()) + 1, int(b.max()) + 1))
    np.add.at(joint, (a, b), 1.0)
    joint /= len(a)
    outer = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    kept = joint > 0
    return float((joint[kept] * np.log2(joint[kept] / outer[kept])).sum())


def _information(codes: dict[str, np.ndarray], names: Sequence[tuple[str, str]]) -> np.ndarray:
    return np.array([mutual_information(codes[a], codes[b]) for a, b in names])


def _codes(table: pd.DataFrame) -> dict[str, np.ndarray]:
    """Factor -> whole codes from 0; equal and constant columns are left out."""
    found: dict[str, np.ndarray] = {}
    for name in table.columns:
        if name in NOT_FACTORS:
            continue
        values = table[name]
        if pd.api.types.is_float_dtype(values):
            code = ((values.rank(method="first").to_numpy() - 1) * BINS // len(values)).astype(np.int64)
        else:
            code = np.unique(values.to_numpy(), return_inverse=True)[1].astype(np.int64)
        if code.max() > 0 and not any(np.array_equal(code, known) for known in found.values()):
            found[name] = code
    return found

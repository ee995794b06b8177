"""Static and dynamic channels: what a channel shares between two clips that have only their looks, or only their motion, in common.

Kowal et al., "A Deeper Dive Into What Deep Spatiotemporal Networks Encode" (CVPR 2022). Static pairs: a clip and its own
tubelets out of order, which look alike and move differently. Dynamic pairs: two clips with the same motion and other
appearance. S_f = Σᵢ Cov_f(zᵃᵢ, zᵇᵢ)/Σᵢ Var(zᵢ), the sums over channels, the variance that of both sides of the pairs; for
one channel its own term of either. Equal features give 1, clips drawn at random 0. Dynamic pairs are no random ones: they never share
a colour or a texture, which makes S negative for what codes them. Their null is measured on pairs of other appearance, whatever the
motion (ours); S says something of motion as far as it is above that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import WorkbenchError

LEVEL = 0.5
ABOVE = f"channels above {LEVEL}"
DRAWS = 500
COMPARED = 4_000_000  # clips held against each other at a time
FEW = 10  # pairs, below which nothing is said
ALL = "all"
COLUMNS = ["kind", "channel", "block", "metric", "value", "low", "high", "n", "null", "note"]
Array = np.ndarray


@dataclass(frozen=True)
class Pairs:
    """Features (m, D) of both sides of pairs of one kind. `null`: such pairs without what the kind has in common; None: S is 0."""

    one: Array
    other: Array
    null: tuple[Array, Array] | None = None

    def __len__(self) -> int:
        return len(self.one)

    def shares(self, seed: int, part: slice | None = None) -> tuple[Array, Array]:
        """S with the ends of its interval (3, channels) and its null (channels,), or of a `part` as a whole: (3, 1) and (1,)."""
        within = part or slice(None)
        found = _shares(self.one[:, within], self.other[:, within], part is not None, DRAWS, seed)
        if self.null is None:
            return found, np.zeros(found.shape[1])
        return found, _shares(self.null[0][:, within], self.null[1][:, within], part is not None)[0]


def dynamic_pairs(table: pd.DataFrame, motion: Sequence[str], appearance: Sequence[str], seed: int = 0) -> np.ndarray:
    """Rows (m, 2) of clips with equal `motion` factors that differ in every `appearance` factor.

    Each clip gets one partner, drawn among those that fit; a clip without any is left out. Without motion factors any clip of other
    appearance fits.
    """
    if not appearance:
        raise WorkbenchError("Dynamic pairs differ in appearance factors; none are named. Name one at least.")
    looks = table[list(appearance)].to_numpy()
    rng, pairs = np.random.default_rng(seed), []
    groups = table.groupby(list(motion), sort=True).indices.values() if motion else [np.arange(len(table))]
    for rows in groups:
        for some in np.array_split(rows, -(-(len(rows) ** 2) // COMPARED)):
            other = (looks[some][:, None] != looks[rows][None]).all(-1)
            chosen = np.where(other, rng.random(other.shape), -1.0).argmax(1)
            fits = other.any(1)
            pairs.append(np.stack([some[fits], rows[chosen[fits]]], 1))
    return np.concatenate(pairs)


def channel_tables(
    pairs: Mapping[str, Pairs | str], blocks: Mapping[str, slice], seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """S of every channel, and the counts and sums over all channels and over each block.

    `pairs`: for "static" and "dynamic" the pairs, or in words why there are none. The first table has a row for each kind and
    channel: kind, channel, block, metric, value, low, high, n (pairs), null, note. The second, without `channel`, has for all
    channels and for each block the metrics "S" (the ratio of the sums) and "channels above 0.5" of n, whose ends count the
    channels whose interval lies wholly, and partly, above; the kinds "both", "static only", "dynamic only" and "neither"
    are counts without an interval. Intervals are 95 %, from drawing pairs anew.
    """
    usable = {kind: found for kind, found in pairs.items() if not isinstance(found, str) and len(found) >= FEW}
    width = next((found.one.shape[1] for found in pairs.values() if not isinstance(found, str)), 0)
    parts = {ALL: slice(0, width), **{name: block for name, block in blocks.items() if block.stop > block.start}}
    rows: list[dict[str, Any]] = []
    sums: list[dict[str, Any]] = []
    above: dict[str, Array] = {}
    for kind, found in pairs.items():
        if kind not in usable:
            said = found if isinstance(found, str) else f"{len(found)} pairs; {FEW} are needed at least"
            rows += [_row(kind, "S", note=said, channel=c, block=_block(c, blocks)) for c in range(width)]
            sums += [_row(kind, metric, note=said, block=name) for name in parts for metric in ("S", ABOVE)]
            continue
        each, null = usable[kind].shares(seed)
        above[kind] = each[0] > LEVEL
        for channel, numbers in enumerate(each.T):
            where = {"channel": channel, "block": _block(channel, blocks), "n": len(usable[kind])}
            rows.append(_row(kind, "S", numbers, null[channel], "the channel is constant", **where))
        for name, part in parts.items():
            whole, nothing = usable[kind].shares(seed, part)
            sums.append(
                _row(kind, "S", whole[:, 0], nothing[0], "all channels are constant", block=name, n=len(usable[kind]))
            )
            sums.append(_count(kind, each[:, part], null[part], name))
    for name, part in parts.items():
        sums += _kinds(name, part, above, [kind for kind in pairs if kind not in usable])
    return pd.DataFrame(rows, columns=COLUMNS), pd.DataFrame(sums, columns=[c for c in COLUMNS if c != "channel"])


def _shares(a: Array, b: Array, whole: bool, draws: int = 0, seed: int = 0) -> Array:
    """S and, with draws, the ends of its interval, (3 or 1, channels), of the sums over channels (…, 1) where `whole`. NaN: no variance."""
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    centre, even = (a.mean(0) + b.mean(0)) / 2, np.full(len(a), 1 / len(a))
    a, b = a - centre, b - centre
    weights = np.random.default_rng(seed).multinomial(len(a), even, size=draws) / len(a)
    weights = np.vstack([even, weights])
    means, others = weights @ a, weights @ b
    shared = weights @ (a * b) - means * others
    spread = (weights @ (a * a + b * b) - means**2 - others**2) / 2
    constant = spread[0] <= 1e-9 * max(float(spread[0].max()), 1e-12)
    if whole:
        shared, spread, constant = (
            shared.sum(1, keepdims=True),
            spread.sum(1, keepdims=True),
            constant[:1] & constant.all(),
        )
    ratio: Array = np.where(constant, np.nan, shared / np.where(spread > 0, spread, 1.0))
    return np.stack([ratio[0], *np.quantile(ratio[1:], [0.025, 0.975], axis=0)]) if draws else ratio


def _count(kind: str, each: Array, null: Array, block: str) -> dict[str, Any]:
    constant = int(np.isnan(each[0]).sum())
    note = f"{constant} constant channels count as not above" if constant else ""
    counts = (each > LEVEL).sum(1).astype(float)
    return _row(kind, ABOVE, counts, float((null > LEVEL).sum()), note, block=block, n=each.shape[1])


def _kinds(block: str, part: slice, above: Mapping[str, Array], lacking: list[str]) -> list[dict[str, Any]]:
    """Counts of channels that are above the level in both, in one, or in neither. Of channels that hold nothing all are in neither."""
    kinds = ("both", "static only", "dynamic only", "neither")
    if lacking:
        return [_row(kind, ABOVE, note=f"{' and '.join(lacking)} S is not there", block=block) for kind in kinds]
    static, dynamic = above["static"][part], above["dynamic"][part]
    found = (static & dynamic, static & ~dynamic, dynamic & ~static, ~static & ~dynamic)
    n = len(static)
    return [
        _row(
            kind,
            ABOVE,
            [float(chosen.sum())],
            float(n) if kind == "neither" else 0.0,
            "a count, no interval",
            block=block,
            n=n,
        )
        for kind, chosen in zip(kinds, found, strict=True)
    ]


def _block(channel: int, blocks: Mapping[str, slice]) -> str:
    return next((name for name, block in blocks.items() if block.start <= channel < block.stop), "")


def _row(
    kind: str,
    metric: str,
    numbers: Sequence[float] | Array = (),
    null: float = 0.0,
    note: str = "",
    **where: Any,
) -> dict[str, Any]:
    """A row; `numbers` are value, low and high, as many as there are. Numbers that are NaN are left out, and `note` is why."""
    known = [float(number) for number in numbers if not np.isnan(number)]
    measured = dict(zip(("value", "low", "high"), [*known, None, None, None], strict=False))
    said = "" if known and metric == "S" else note
    floor = 0.0 if np.isnan(null) else float(null)  # a constant channel
    return {"kind": kind, "metric": metric, "n": 0, **where, **measured, "null": floor, "note": said}

"""Static and dynamic channels: what a channel shares between two clips that have only their looks, or only their motion, in common.

Kowal et al., "A Deeper Dive Into What Deep Spatiotemporal Networks Encode" (CVPR 2022). Static pairs: a clip and its own
tubelets out of order, which look alike and move differently. Dynamic pairs: two clips with the same motion and other
appearance. S_f = Σᵢ Cov_f(zᵃᵢ, zᵇᵢ)/Σᵢ Var(zᵢ), the sums over channels, the variance that of both sides of the pairs; for
one channel its own term of either. Pairs that have nothing in common give 0, equal features 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import WorkbenchError

LEVEL = 0.5
DRAWS = 500
FEW = 10  # pairs, below which nothing is said
ALL = "all"
COLUMNS = [
    "kind",
    "channel",
    "block",
    "metric",
    "value",
    "low",
    "high",
    "n",
    "null",
    "note",
]  # of a row for each channel
Pairs = tuple[np.ndarray, np.ndarray]


def dynamic_pairs(table: pd.DataFrame, motion: Sequence[str], appearance: Sequence[str], seed: int = 0) -> np.ndarray:
    """Rows (m, 2) of clips with equal `motion` factors that differ in every `appearance` factor.

    Each clip gets one partner, drawn among those that fit; a clip without any is left out.
    """
    if not motion:
        raise WorkbenchError(
            "Dynamic pairs need a motion factor; this data set has none. Ask for a benchmark with motion."
        )
    looks = table[list(appearance)].to_numpy()
    rng, pairs = np.random.default_rng(seed), []
    for rows in table.groupby(list(motion), sort=True).indices.values():
        other = (looks[rows][:, None] != looks[rows][None]).all(-1)
        np.fill_diagonal(other, False)
        chosen = np.where(other, rng.random(other.shape), -1.0).argmax(1)
        fits = other.any(1)
        pairs.append(np.stack([rows[fits], rows[chosen[fits]]], 1))
    return np.concatenate(pairs) if pairs else np.zeros((0, 2), np.int64)


def channel_tables(
    pairs: Mapping[str, Pairs | str], blocks: Mapping[str, slice], seed: int = 0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """S of every channel, and the counts and sums over all channels and over each block.

    `pairs`: for "static" and "dynamic" the features (m, D) of both sides, or in words why there are none. The first table has a
    row for each kind and channel: kind, channel, block, metric, value, low, high, n (pairs), null, note. The second: kind,
    block, metric, value, low, high, n, null, note, with the metrics "S" (sums over the block's channels) and "channels above
    0.5", whose ends count the channels whose interval lies wholly, and partly, above; the kinds "both", "static only",
    "dynamic only" and "neither" have counts alone. Intervals are 95 %, from drawing pairs anew.
    """
    width = next((len(found[0].T) for found in pairs.values() if not isinstance(found, str)), 0)
    parts = {ALL: slice(0, width), **{name: block for name, block in blocks.items() if block.stop > block.start}}
    rows: list[dict[str, Any]] = []
    sums: list[dict[str, Any]] = []
    above: dict[str, np.ndarray] = {}
    for kind, found in pairs.items():
        if isinstance(found, str) or len(found[0]) < FEW:
            said = found if isinstance(found, str) else f"{len(found[0])} pairs; {FEW} are needed at least"
            rows += [_row(kind=kind, channel=c, block=_block(c, blocks), metric="S", note=said) for c in range(width)]
            sums += [
                _row(kind=kind, block=b, metric=m, note=said) for b in parts for m in ("S", f"channels above {LEVEL}")
            ]
            continue
        each = _shares(*found, seed)
        above[kind] = each[0] > LEVEL
        rows += _channel_rows(kind, each, len(found[0]), blocks)
        for name, part in parts.items():
            sums += _sums(kind, name, part, found, each, seed)
    for name, part in parts.items():
        sums += _kinds(name, part, above, [kind for kind in pairs if kind not in above])
    return pd.DataFrame(rows, columns=COLUMNS), pd.DataFrame(sums)


def _shares(a: np.ndarray, b: np.ndarray, seed: int, whole: bool = False) -> np.ndarray:
    """S with the ends of its interval, (3, channels): of each channel, or `whole`: the ratio of the sums, (3, 1). NaN: no variance."""
    centre = (a.mean(0, dtype=np.float64) + b.mean(0, dtype=np.float64)) / 2
    a, b = a - centre, b - centre
    weights = np.random.default_rng(seed).multinomial(len(a), np.full(len(a), 1 / len(a)), size=DRAWS) / len(a)
    weights = np.vstack([np.full(len(a), 1 / len(a)), weights])
    means, others = weights @ a, weights @ b
    shared = weights @ (a * b) - means * others
    spread = (weights @ (a * a + b * b) - means**2 - others**2) / 2
    constant = spread[0] <= 1e-9 * max(float(spread[0].max()), 1e-12)
    if whole:
        shared, spread, constant = (
            shared.sum(1, keepdims=True),
            spread.sum(1, keepdims=True),
            constant.all(keepdims=True),
        )
    ratio = np.where(constant, np.nan, shared / np.where(spread > 0, spread, 1.0))
    low, high = np.quantile(ratio[1:], [0.025, 0.975], axis=0)
    return np.stack([ratio[0], low, high])


def _channel_rows(kind: str, each: np.ndarray, n: int, blocks: Mapping[str, slice]) -> list[dict[str, Any]]:
    rows = []
    for channel, (value, low, high) in enumerate(each.T.tolist()):
        measured = _measured(value, low, high, "the channel is constant")
        rows.append(_row(kind=kind, channel=channel, block=_block(channel, blocks), metric="S", n=n, **measured))
    return rows


def _sums(kind: str, name: str, part: slice, found: Pairs, each: np.ndarray, seed: int) -> list[dict[str, Any]]:
    value, low, high = _shares(found[0][:, part], found[1][:, part], seed, whole=True)[:, 0].tolist()
    inside = each[:, part]
    counts = dict(zip(("value", "low", "high"), (inside > LEVEL).sum(1).astype(float).tolist(), strict=True))
    constant = int(np.isnan(inside[0]).sum())
    note = f"{constant} constant channels count as not above" if constant else ""
    return [
        _row(
            kind=kind,
            block=name,
            metric="S",
            n=len(found[0]),
            **_measured(value, low, high, "every channel is constant"),
        ),
        _row(kind=kind, block=name, metric=f"channels above {LEVEL}", n=inside.shape[1], note=note, **counts),
    ]


def _kinds(name: str, part: slice, above: Mapping[str, np.ndarray], lacking: list[str]) -> list[dict[str, Any]]:
    """Counts of channels that are above the level in both, in one, or in neither."""
    metric, kinds = f"channels above {LEVEL}", ("both", "static only", "dynamic only", "neither")
    if lacking:
        said = f"there is no {' and no '.join(lacking)} measure"
        return [_row(kind=kind, block=name, metric=metric, note=said) for kind in kinds]
    static, dynamic = above["static"][part], above["dynamic"][part]
    found = (static & dynamic, static & ~dynamic, dynamic & ~static, ~static & ~dynamic)
    return [
        _row(kind=kind, block=name, metric=metric, value=float(chosen.sum()), n=len(static))
        for kind, chosen in zip(kinds, found, strict=True)
    ]


def _measured(value: float, low: float, high: float, reason: str) -> dict[str, Any]:
    """The keywords of a row: its numbers, or the reason why there are none."""
    return {"note": reason} if math.isnan(value) else {"value": value, "low": low, "high": high}


def _block(channel: int, blocks: Mapping[str, slice]) -> str:
    return next((name for name, block in blocks.items() if block.start <= channel < block.stop), "")


def _row(
    *,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    n: int = 0,
    note: str = "",
    **where: Any,
) -> dict[str, Any]:
    null = 0.0 if where["metric"] == "S" else None
    return {**where, "value": value, "low": low, "high": high, "n": n, "null": null, "note": note}

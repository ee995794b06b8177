"""The table of gaps, leaks and swap test, each with its bootstrap interval over test clips and its nulls."""

from __future__ import annotations

from typing import Any

import numpy as np

from workbench.disentangle.data import FactorData
from workbench.disentangle.nulls import Pair, beside, joined, principal, random_splits
from workbench.disentangle.separation import BETTER, MEAN, Measures, Separation, group_of

BOOTSTRAPS = 400


def separation_rows(
    data: FactorData,
    split: Pair,
    name: str,
    *,
    random: tuple[FactorData, Pair] | None = None,
    seed: int = 0,
    note: str = "",
) -> list[dict[str, Any]]:
    """Rows of a split (channels of A, channels of M), called `name`: `split`, `measure`, `factor` ("mean" of the group, or one).

    `value` with its 95 % bootstrap interval over the `n` test clips, `better` ("higher" or "lower"), the nulls, and
    `note`. `random` is the random encoder's data with the split that it is judged on.
    """
    separation = Separation(data, seed)
    value, draws, readable = _resampled(separation, split, seed)
    channels = np.sort(np.concatenate(split))
    nulls = [separation.point(other) for other in random_splits(channels, len(split[0]), seed)]
    components = Separation(principal(data, channels), seed)
    beside_it = {"pca": components.point(_of_components(components, channels, len(split[0])))}
    if random is not None:
        beside_it["random_encoder"] = Separation(random[0], seed).point(random[1])
    rows = []
    for key, found in value.items():
        measure, factor = key
        why = _unmeasurable(key, float(found[0]), readable)
        row = _named(data, name, measure, factor) | {"channels": f"{len(split[0])} + {len(split[1])}"}
        row["note"] = joined(why, row["note"], note)
        if measure.startswith("swap"):
            row["chance"] = separation.chance_of(measure, factor)
        if not why:
            low, high = np.nanquantile(draws[key], [0.025, 0.975])
            row |= {"value": float(found[0]), "low": float(low), "high": float(high)}
            row |= beside(float(found[0]), np.array([null[key][0] for null in nulls]), BETTER[measure])
            held = {column: other[key][0] for column, other in beside_it.items() if key in other}
            row |= {column: float(x) for column, x in held.items() if np.isfinite(x)}
        rows.append(row)
    return rows + unmeasured_rows(data, name)


def unmeasured_rows(data: FactorData, name: str, why: str = "") -> list[dict[str, Any]]:
    """A marked row for every measure of a group without a factor that can be measured; of every measure, given `why`."""
    rows = []
    for measure in BETTER:
        group = group_of(measure)
        if why or not any(data.group_of(f) == group for f in data.measurable):
            row = _named(data, name, measure, MEAN)
            absent = "" if data.groups.get(group) else f"no {group} factor in these clips"
            rows.append(row | {"note": joined(why or absent, row["note"])})
    return rows


def _of_components(components: Separation, channels: np.ndarray, first: int) -> Pair:
    """The principal components as A and M of the same widths: A the leading or the trailing ones, the better on validation."""
    leading = channels[:first], channels[first:]
    trailing = channels[len(channels) - first :], channels[: len(channels) - first]

    def gaps(split: Pair) -> float:
        return sum(
            float(x[0]) for (name, f), x in components.point(split, "val").items() if name[:3] == "gap" and f == MEAN
        )

    return max((leading, trailing), key=gaps)


def _resampled(separation: Separation, split: Pair, seed: int) -> tuple[Measures, Measures, dict[str, bool]]:
    n = len(separation.data.test)
    answers = separation.answers(split)
    drawn = np.random.default_rng([seed, 104]).multinomial(n, np.full(n, 1 / n), size=BOOTSTRAPS)
    weights = (drawn / n).astype(np.float32)
    return separation.point(split), separation.measures(answers, weights), separation.readable(answers, weights)


def _named(data: FactorData, name: str, measure: str, factor: str) -> dict[str, Any]:
    members = data.groups.get(group_of(measure), ()) if factor == MEAN else (factor,)
    return {
        "split": name,
        "measure": measure,
        "factor": factor,
        "better": BETTER[measure],
        "n": len(data.test),
        "note": joined(*(data.notes[f] for f in members)),
    }


def _unmeasurable(key: tuple[str, str], value: float, readable: dict[str, bool]) -> str:
    measure, factor = key
    group = group_of(measure)
    if measure.startswith("leak") and not readable[group if factor == MEAN else factor]:
        what = f"{group} factors are" if factor == MEAN else f"{factor} is"
        return f"{what} not read above chance from both blocks together, so there is nothing to leak"
    if not np.isfinite(value):
        return "no pair of test clips differs in a factor: nothing to swap"
    return ""

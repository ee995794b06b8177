"""The table of whole-latent metrics (DCI, MIG, SAP, modularity) and of block-DCI, each with its nulls.

A metric of single channels asks whether factors lie along the axes, so its null is the same space with other axes:
random rotations of the channels. Block-DCI asks whether they lie in the blocks; its null is random splits.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from workbench.disentangle.data import FactorData
from workbench.disentangle.dci import Importance, block_importance, completeness, disentanglement, importance
from workbench.disentangle.discriminant import Reader
from workbench.disentangle.information import channel_information, entropy, mig, modularity, sap_of
from workbench.disentangle.nulls import Pair, beside, joined, principal, random_rotations, random_splits, rotated

WHOLE = ("dci_disentanglement", "dci_completeness", "dci_informativeness", "mig", "sap", "modularity")
BLOCK = ("block_dci_disentanglement", "block_dci_completeness")
FOUND = "found"
ROTATIONS = "nulls: random rotations of the channels"
NO_INTERVAL = "measured on training clips, no interval over test clips"


def whole_rows(
    data: FactorData,
    splits: Mapping[str, Pair],
    random: tuple[FactorData, Mapping[str, Pair]] | None = None,
    seed: int = 0,
) -> list[dict[str, Any]]:
    """Rows of every metric: `split` ("all channels", or the name of the split of a block-DCI), `measure`, value, nulls, `note`.

    Over the factors that no other determines (`data.independent`). `random`: the random encoder's data and its splits.
    """
    factors = data.independent
    why = _why_not(data, factors)
    if why:
        names = [("all channels", m) for m in WHOLE] + [(name, m) for name in splits for m in BLOCK]
        return [_named(split, measure, len(data.test)) | {"note": why} for split, measure in names]
    found = importance(data, factors)
    value = whole(data, factors, found)
    components = principal(data, np.arange(data.width))
    turned = [rotated(data, rotation) for rotation in random_rotations(data.width, seed)]
    nulls = [whole(other, factors, importance(other, factors, found.penalty)) for other in turned]
    pca_importance = importance(components, factors, found.penalty)
    pca = whole(components, factors, pca_importance)
    comparable = random is not None and set(factors) <= set(random[0].measurable)
    random_importance = importance(random[0], factors) if random is not None and comparable else None
    untrained = whole(random[0], factors, random_importance) if random is not None and random_importance else {}
    rows = []
    for measure in WHOLE:
        row = _named("all channels", measure, len(data.test)) | {"value": value[measure], "pca": pca[measure]}
        row |= beside(value[measure], np.array([null[measure] for null in nulls]), "higher")
        row |= {"random_encoder": untrained[measure]} if untrained else {}
        row["note"] = joined(*(data.notes[f] for f in factors), ROTATIONS, NO_INTERVAL)
        if measure == "dci_informativeness":
            row |= _informativeness_interval(found)
            row["note"] = row["note"].replace(f"; {NO_INTERVAL}", "")
        rows.append(row)
    for name, split in splits.items():
        other = None if random is None or random_importance is None else (random_importance.r, random[1].get(name))
        rows += _block_rows(data, found.r, split, name, pca_importance.r, other, seed)
    return rows


def whole(data: FactorData, factors: tuple[str, ...], found: Importance) -> dict[str, float]:
    """Every whole-latent metric of one encoder: name -> value."""
    information = channel_information(data, factors)
    return {
        "dci_disentanglement": disentanglement(found.r),
        "dci_completeness": completeness(found.r),
        "dci_informativeness": float(found.right.mean()),
        "mig": mig(information, np.array([entropy(data.train.labels[f]) for f in factors])),
        "sap": sap_of(Reader(data), factors),
        "modularity": modularity(information),
    }


def block_dci(r: np.ndarray, split: Pair, groups: list[str]) -> dict[str, float]:
    """Block-DCI of importances `r` (D, factors); `groups` names the group of each factor.

    Completeness: of the 2 × K importances of blocks, log base 2; 1 where every factor is in one block. Disentanglement: of the
    2 × 2 mean importances of a block for a group of factors; 1 where every block serves one group. Both log base 2.
    """
    blocks = block_importance(r, *split)
    found = {"block_dci_completeness": completeness(blocks)}
    if len(set(groups)) == 2:
        members = [np.array([group == name for group in groups]) for name in sorted(set(groups))]
        found["block_dci_disentanglement"] = disentanglement(
            np.stack([blocks[:, here].mean(1) for here in members], axis=1)
        )
    return found


def _block_rows(
    data: FactorData,
    r: np.ndarray,
    split: Pair,
    name: str,
    components: np.ndarray,
    random: tuple[np.ndarray, Pair | None] | None,
    seed: int,
) -> list[dict[str, Any]]:
    groups = [data.group_of(f) for f in data.independent]
    channels = np.sort(np.concatenate(split))
    first = len(split[0])
    value = block_dci(r, split, groups)
    nulls = [block_dci(r, other, groups) for other in random_splits(channels, first, seed)]
    pca = block_dci(components, (np.arange(first), np.arange(first, len(channels))), groups)
    untrained = block_dci(random[0], random[1], groups) if random and random[1] else {}
    rows = []
    for measure in BLOCK:
        row = _named(name, measure, len(data.test))
        if measure not in value:
            rows.append(row | {"note": f"the factors are all of {groups[0]}: no two groups to tell apart"})
            continue
        row |= {"value": value[measure], "pca": pca[measure]}
        row |= beside(value[measure], np.array([null[measure] for null in nulls]), "higher")
        row |= {"random_encoder": untrained[measure]} if untrained else {}
        again = "the split was found on the same clips, so p flatters it" if name == FOUND else ""
        rows.append(row | {"note": joined("nulls: random splits of the same sizes", again, NO_INTERVAL)})
    return rows


def _named(split: str, measure: str, n: int) -> dict[str, Any]:
    return {"split": split, "measure": measure, "better": "higher", "n": n}


def _why_not(data: FactorData, factors: tuple[str, ...]) -> str:
    if len(factors) < 2:
        return joined(*data.notes.values(), f"these metrics compare factors, and {len(factors)} can be measured")
    if data.width < 2:
        return "these metrics compare channels, and the encoder has one"
    return "" if np.ptp(data.train.x, axis=0).any() else "the features are the same for all training clips"


def _informativeness_interval(found: Importance) -> dict[str, float]:
    from workbench.stats import two_level_bootstrap

    interval = two_level_bootstrap(found.right.mean(1), draws=1000)
    return {"low": interval.low, "high": interval.high}

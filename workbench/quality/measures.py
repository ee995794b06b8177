"""All measures of the quality of a space behind one call, and what each of them is, in a registry.

Intervals: a tenth of the clips is left out in turn (delete-a-group jackknife, ten groups by chance), and ± Student's t with
nine degrees of freedom times the jackknife's standard error. It stays honest where resampling clips with repeats would not:
a clip drawn twice adds no direction, so a bootstrap lowers every rank.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from workbench.errors import WorkbenchError
from workbench.quality import geometry, rank
from workbench.quality.budget import variance_budget
from workbench.quality.clipdata import QualityData
from workbench.registry import Registry

if TYPE_CHECKING:
    from workbench.features import Features

COLUMNS = ("measure", "value", "low", "high", "n", "good", "method", "note", "source")
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Measure:
    """One number about a space.

    what      it says, in a sentence
    good      which end is the good one: "high", "low" or "neither"
    source    of its formula, and the convention where there are several
    needs     "tokens", "clips" (means of their tokens) or "views" (clips changed at random)
    of        computes it from data and the groups of clips to use; raises where it cannot be measured
    interval  whether it is a smooth function of sums over clips, so that the jackknife holds
    """

    name: str
    what: str
    good: Literal["high", "low", "neither"]
    source: str
    needs: Literal["tokens", "clips", "views"]
    of: Callable[[QualityData, list[int]], float]
    interval: bool = True


MEASURES: Registry[Measure] = Registry("measure of quality")


def _share(name: str, data: QualityData, kept: list[int]) -> float:
    return variance_budget(data.token_total(kept))[name]


def _rankme(data: QualityData, kept: list[int]) -> float:
    total = data.pooled_total(kept)
    rank.check_more_rows(total.clips, total.width, "RankMe")
    return rank.rankme_of_moment(total.second_moment())


def _rankme_tokens(data: QualityData, kept: list[int]) -> float:
    total = data.token_total(kept)
    rank.check_more_rows(total.tokens, total.width, "RankMe", "tokens")
    return rank.rankme_of_moment(total.second_moment())


def _log_pair(data: QualityData, kept: list[int], tokens: bool = False) -> float:
    return float(np.log(data.mean_pair(data.token_pairs if tokens else data.pairs, kept)))


_BUDGET = "ours (DIAGNOSTICS); nested sums of squares over all channels, shares of sum 1"
_RANKME = "RankMe (arXiv 2210.02885): exp entropy of σ/‖σ‖₁ + 1e-7, σ of the uncentred matrix, more rows than channels"
_SPHERE = "Wang and Isola (ICML 2020), on unit vectors"

for _measure in (
    Measure(
        "budget_clip",
        "share of the token variance that lies between clips",
        "low",
        _BUDGET,
        "tokens",
        partial(_share, "clip"),
    ),
    Measure(
        "budget_position",
        "share that lies between places in the frame, the same in all clips",
        "low",
        _BUDGET,
        "tokens",
        partial(_share, "position"),
    ),
    Measure(
        "budget_time",
        "share that lies between the time steps of a clip",
        "neither",
        _BUDGET,
        "tokens",
        partial(_share, "time"),
    ),
    Measure(
        "budget_rest",
        "share of the rest: what is where in which clip, and moves",
        "neither",
        _BUDGET,
        "tokens",
        partial(_share, "rest"),
    ),
    Measure("rankme", "directions that clips use, of D", "high", _RANKME, "clips", _rankme),
    Measure("rankme_tokens", "directions that tokens use, of D", "high", _RANKME, "tokens", _rankme_tokens),
    Measure(
        "lidar",
        "directions that tell clips apart in spite of random changes, of D",
        "high",
        "LiDAR (arXiv 2312.04000), S_w + 1e-4·I",
        "views",
        lambda data, kept: rank.lidar(data.of_views[:, data.rows(kept)]),
    ),
    Measure(
        "alpha",
        "decay of the spectrum of clips, λ_r ∝ r^(−α); near 1 is held to be good, steep is collapsed",
        "neither",
        "α-ReQ (NeurIPS 2022): ranks 11–100, weights 1/rank, centred",
        "clips",
        lambda data, kept: rank.alpha_req(data.pooled_total(kept).covariance()),
    ),
    Measure(
        "alignment",
        "squared distance between views of a clip",
        "low",
        _SPHERE,
        "views",
        lambda data, kept: float(data.apart[data.rows(kept)].mean()),
    ),
    Measure(
        "uniformity", "log E e^(−2|x−y|²) over pairs of clips; 0 when all alike", "low", _SPHERE, "clips", _log_pair
    ),
    Measure(
        "uniformity_tokens",
        "the same over pairs of tokens, one a clip",
        "low",
        _SPHERE,
        "tokens",
        partial(_log_pair, tokens=True),
    ),
    Measure(
        "std",
        "standard deviation of a channel over tokens, mean over channels; 0 when collapsed",
        "high",
        "DIAGNOSTICS",
        "tokens",
        lambda data, kept: geometry.channel_std(data.token_total(kept).covariance()),
    ),
    Measure(
        "hinge",
        "mean over channels of relu(1 − √(variance + 1e-4)); 1 when collapsed",
        "low",
        "VICReg (arXiv 2105.04906)",
        "tokens",
        lambda data, kept: geometry.hinge(data.token_total(kept).covariance()),
    ),
    Measure(
        "sigreg",
        "distance of tokens from a standard Gaussian, one token a clip; about 1 for one, from 0.4·n when collapsed",
        "low",
        "LeJEPA (arXiv 2511.08544) with the factor n, [−3, 3], 1024 directions: as the objective sigreg",
        "tokens",
        lambda data, kept: geometry.sigreg(data.one_token, data.seed),
        interval=False,
    ),
):
    MEASURES.add(_measure.name, _measure)


def quality(features: Features, views: np.ndarray | None = None, seed: int = 0) -> pd.DataFrame:
    """Every measure of `MEASURES` of one encoder's features: measure, value, low, high, n, good, method, note, source.

    `views` (V, n, D): means of the tokens of the same n clips changed at random, for LiDAR and alignment (`augmented_views`).
    `n` is the number of clips behind the value. A measure that cannot be made has no value and says why in `note`;
    `source` names the convention. Tokens are read in pieces, so memory does not grow with them. Raises where features are not finite or fewer than two clips.
    """
    data = QualityData(features, views, seed)
    data.tokens  # noqa: B018 — reads every token once, and raises first where one is not finite
    rows = [_row(data, measure) for _, measure in MEASURES.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"value": "Float64", "low": "Float64", "high": "Float64"})


def spectrum(features: Features) -> pd.DataFrame:
    """Eigenvalues of the covariance of clips and of tokens, largest first: of, rank (from 1), eigenvalue, share, n, note.

    `of` is "clips" (means of their tokens) or "tokens"; `share` is of the sum; `n` the number of clips.
    """
    data = QualityData(features, None, 0)
    every = list(range(len(data.groups)))
    tables = []
    for of, total in (("clips", data.pooled_total(every)), ("tokens", data.token_total(every))):
        values = rank.eigenvalues(total.covariance())
        few = of == "clips" and total.clips <= total.width
        note = f"fewer clips than channels: ranks from {total.clips} are zero" if few else ""
        table = {"of": of, "rank": np.arange(1, len(values) + 1), "eigenvalue": values}
        share = values / values.sum() if values.sum() > 0 else np.zeros_like(values)
        tables.append(pd.DataFrame(table | {"share": share, "n": data.clips, "note": note}))
    return pd.concat(tables, ignore_index=True)


def _row(data: QualityData, measure: Measure) -> dict[str, Any]:
    row: dict[str, Any] = {
        "measure": measure.name,
        "n": data.clips,
        "good": measure.good,
        "method": "",
        "note": "",
        "source": measure.source,
    }
    every = list(range(len(data.groups)))
    if measure.name in ("uniformity", "uniformity_tokens", "sigreg"):
        row["n"] = sum(map(len, data.drawn))
    try:
        row["value"] = measure.of(data, every)
    except WorkbenchError as error:
        return row | {"note": str(error)}
    if measure.name == "alpha" and data.clips <= data.width:
        row["note"] = "fewer clips than channels: the end of the spectrum is too steep"
    elif measure.name == "alpha" and data.width < rank.LAST:
        row["note"] = f"of ranks {rank.FIRST} to {data.width}: there are no more channels"
    elif measure.needs == "tokens" and data.features.grid[1] * data.features.grid[2] == 1:
        row["note"] = "of one token a time step: the store holds means over the frame, or the encoder has no places"
    if not measure.interval:
        return row | {"method": "no interval"}
    try:
        left_out = np.array([measure.of(data, [h for h in every if h != g]) for g in every])
    except WorkbenchError as error:
        return row | {"method": "no interval", "note": row["note"] or f"no interval: {error}"}
    half = jackknife_half_width(left_out)
    return row | {
        "low": row["value"] - half,
        "high": row["value"] + half,
        "method": f"jackknife over clips, {len(every)} groups",
    }


def jackknife_half_width(left_out: np.ndarray) -> float:
    """Half the 95 % interval from values `left_out` (G,), each without one of G groups: t(G − 1)·√((G − 1)/G·Σ(θ − θ̄)²)."""
    from scipy.stats import t

    count = len(left_out)
    error = np.sqrt((count - 1) / count * np.square(left_out - left_out.mean()).sum())
    return float(t.ppf((1 + CONFIDENCE) / 2, count - 1) * error)

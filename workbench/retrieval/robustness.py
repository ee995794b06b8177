"""How much of a retrieval survives a shift: absolute and relative robustness, with the clean value and chance beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from workbench.errors import WorkbenchError
from workbench.retrieval.answers import Answers
from workbench.retrieval.metrics import DIRECTIONS, RECALLS
from workbench.retrieval.ranks import Ranks
from workbench.retrieval.resampling import Resampled
from workbench.retrieval.truth import Truth

OF = ["run", "encoder", "head", "benchmark", "direction", "metric", "factor", "rerank"]
SHARES = ("R@1", "R@5", "R@10", "word", "zero-shot")  # metrics that are shares of the queries, in per cent
ABSOLUTE, RELATIVE = "absolute ", "relative "  # before the name of a recall: its robustness, a share of 1

BothRanks = tuple[Ranks, Ranks]


def robustness_rows(clean: BothRanks, moved: BothRanks, truth: Truth) -> Iterator[dict[str, Any]]:
    """Absolute and relative robustness of every recall, with a 95 % interval by bootstrap over videos, clean and shifted paired."""
    resampled = Resampled(truth.videos)
    videos = (truth.source, np.arange(truth.videos))
    for direction, one, other, video in zip(DIRECTIONS, clean, moved, videos, strict=True):
        for k in RECALLS:
            about = {"direction": direction, "metric": f"R@{k}", "factor": "", "rerank": "", "n": len(one)}
            yield from _kept(about | {"pool": one.pool}, one.within(k), other.within(k), resampled, video)


def answers_robustness(clean: Iterable[Answers], moved: Iterable[Answers], videos: int) -> Iterator[dict[str, Any]]:
    """As `robustness_rows`, of words and classes: the same questions in the same order, asked of clean and of shifted clips."""
    resampled = Resampled(videos)
    for one, other in zip(clean, moved, strict=True):
        yield from _kept(one.about(), one.right, other.right, resampled, one.clips)


def _kept(
    about: dict[str, Any], clean: np.ndarray, moved: np.ndarray, resampled: Resampled, video: np.ndarray
) -> Iterator[dict[str, Any]]:
    """What is kept of a share: absolute 1 − (A_c − A_p), relative 1 − (A_c − A_p)/A_c, A in [0, 1] (MSRVTT-P, arXiv 2207.02159,
    restated in RETRIEVAL). No relative one where nothing is right on clean clips; draws in which that is so, or that hold no
    query, are left out of its interval.
    """
    values = np.stack([clean, moved])
    before, after = values.mean(1)
    of_clean, of_moved = resampled.means(values, video)
    found = [(ABSOLUTE, 1 - (before - after), 1 - (of_clean - of_moved))]
    if before > 0:
        there = of_clean > 0
        found.append((RELATIVE, after / before, of_moved[there] / of_clean[there]))
    for kind, value, draws in found:
        low, high = resampled.interval(draws)
        yield about | {"metric": f"{kind}{about['metric']}", "value": value, "low": low, "high": high, "chance": np.nan}


def robustness(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a shift, severity and share of queries: `absolute`, `relative` (shares of 1), `clean`, `shifted`, `chance` (per cent).

    `rows` are those of `retrieve`, clean ones among them. The relative one flatters a model near chance, so A_c and chance stand
    beside it. Rows kept before words and classes had intervals of robustness have NaN there.
    """
    shares = rows[rows["metric"].isin(SHARES)]
    clean, moved = shares[shares["shift"] == ""], shares[shares["shift"] != ""]
    if clean.empty:
        raise WorkbenchError("Robustness is held against clean clips, and there are no rows of them.")
    numbers = ["value", "low", "high"]
    theirs = clean[[*OF, *numbers]].rename(columns={"value": "clean", "low": "clean_low", "high": "clean_high"})
    mine = moved.rename(columns={"value": "shifted", "low": "shifted_low", "high": "shifted_high"})
    both = mine.merge(theirs, on=OF, validate="many_to_one")
    lost = (both["clean"] - both["shifted"]) / 100
    both["absolute"] = 1 - lost
    both["relative"] = (1 - lost / (both["clean"] / 100)).where(both["clean"] > 0)
    under = ["family", "shift", "severity"]
    for kind in (ABSOLUTE, RELATIVE):
        name = kind.strip()
        told = rows[rows["metric"].str.startswith(kind)]
        told = told.assign(metric=told["metric"].str.removeprefix(kind))[[*OF, *under, "low", "high"]]
        both = both.merge(
            told.rename(columns={"low": f"{name}_low", "high": f"{name}_high"}), how="left", on=[*OF, *under]
        )
    kinds = [f"{name}{end}" for name in ("absolute", "relative", "clean", "shifted") for end in ("", "_low", "_high")]
    return both[[*OF, *under, *kinds, "chance", "n", "pool"]].reset_index(drop=True)

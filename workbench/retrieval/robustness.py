"""How much of a retrieval survives a shift: absolute and relative robustness, with the clean value and chance beside them."""

from __future__ import annotations

import pandas as pd

from workbench.errors import WorkbenchError

OF = ["run", "encoder", "head", "benchmark", "direction", "metric", "factor", "rerank"]
SHARES = ("R@1", "R@5", "R@10", "word", "zero-shot")  # metrics that are shares of the queries, in per cent


def robustness(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a shift, severity and share of queries: absolute 1 − (A_c − A_p) and relative 1 − (A_c − A_p)/A_c, A in [0, 1].

    `rows` are those of `retrieve`, clean ones among them. Source: MSRVTT-P (arXiv 2207.02159), restated in RETRIEVAL. The relative
    one flatters a model near chance, so `clean`, `shifted` (both in per cent, with their intervals) and `chance` stand beside it;
    where nothing is right on clean clips it is missing.
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
    columns = ["family", "shift", "severity", "absolute", "relative", "clean", "clean_low", "clean_high"]
    return both[[*OF, *columns, "shifted", "shifted_low", "shifted_high", "chance", "n", "pool"]].reset_index(drop=True)

"""The trade-off frontier: how well each run knows what is there, against how well it knows how it moves.

A score is s = (accuracy − chance)/(1 − chance): 0 for guessing, 1 for no error, below 0 for worse than guessing. Its interval is
that of the accuracy, carried through the same formula.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from workbench.errors import UnknownName, WorkbenchError

AXES = ("appearance", "motion")
RUN = ["run", "encoder"]
CONDITIONS = ["preset", "recipe", "regime"]
CARRIED = ["variant", "seed", "reading", *CONDITIONS, "probe", "audit"]


def frontier(
    rows: pd.DataFrame,
    appearance: tuple[str, str] = ("appearance100", "label"),
    motion: tuple[str, str] = ("motion48", "label"),
    probe: str = "attentive",
) -> pd.DataFrame:
    """Every run's appearance score against its motion score, from result rows (`load_rows`); each axis is (benchmark, factor).

    One row for each run and encoder (context, teacher): run, encoder, variant, seed, reading, preset, recipe, regime, probe, audit;
    for either axis `appearance`, `appearance_low`, `appearance_high` (95 %) and `appearance_n` (clips), likewise `motion`;
    `random`: never trained; `failed`: its audit failed; `on_front`: no run trained under equal conditions (preset, recipe, data)
    is better in one score and at least as good in the other; `dominated_by`: the runs that are; `note`. A run that failed its audit stays in
    the table and keeps nobody off the front. A run that lacks a score says so in `note`. Raises where no row is of an axis.
    """
    chosen = rows[(rows["split"] == "test") & (rows["metric"] == "accuracy")]
    _check(chosen, probe, (appearance, motion))
    chosen = chosen[chosen["probe"] == probe]
    parts = [_axis(chosen, axis, *what) for axis, what in zip(AXES, (appearance, motion), strict=True)]
    of_either = chosen[_is(chosen, *appearance) | _is(chosen, *motion)]
    runs = of_either.groupby(RUN, sort=False)[CARRIED].first().join(parts[0]).join(parts[1])
    # A run has failed if either of its rows says so.
    runs["audit"] = of_either.groupby(RUN, sort=False)["audit"].agg(_worst)
    runs["random"] = (of_either.groupby(RUN, sort=False)["steps"].first() == 0) | (runs["variant"] == "random")
    runs["failed"] = runs["audit"].str.startswith("failed")
    table = runs.reset_index()
    table["note"] = [_note(row, appearance, motion) for _, row in table.iterrows()]
    return _with_front(table)


def rank_correlation(table: pd.DataFrame, draws: int = 10_000, seed: int = 0) -> pd.DataFrame:
    """Spearman's correlation of appearance and motion score over the trained variants of a `frontier` table, means over seeds.

    One row for each set of equal conditions: preset, recipe, regime, probe, metric, value, low, high (95 %, from drawing variants
    anew), n (variants), null, note. Untrained encoders and runs that failed their audit take no part.
    """
    result = []
    for conditions, group in table.groupby([*CONDITIONS, "probe"], sort=False):
        taken = group[~group["random"] & ~group["failed"]].dropna(subset=list(AXES))
        means = taken.groupby(["variant", "reading", "encoder"])[list(AXES)].mean()
        where = dict(zip([*CONDITIONS, "probe"], conditions, strict=True))
        result.append({**where, "metric": "rank correlation", **_correlation(means, draws, seed)})
    names = [*CONDITIONS, "probe", "metric", "value", "low", "high", "n", "null", "note"]
    found = pd.DataFrame(result, columns=names)
    return found.astype(dict.fromkeys(("value", "low", "high"), float))


def pareto_front(points: np.ndarray) -> np.ndarray:
    """Which of `points` (n, 2), larger is better, no other one dominates: boolean (n,). Equal points do not dominate each other."""
    return np.asarray(~_dominates(points).any(0))


def score(accuracy: pd.Series, chance: pd.Series) -> pd.Series:
    """s = (accuracy − chance)/(1 − chance)."""
    return (accuracy - chance) / (1 - chance)


def _dominates(points: np.ndarray) -> np.ndarray:
    """[i, j]: whether point i is at least as good as j in both and better in one."""
    a, b = points[:, None], points[None]
    return np.asarray((a >= b).all(-1) & (a > b).any(-1))


def _check(rows: pd.DataFrame, probe: str, axes: Sequence[tuple[str, str]]) -> None:
    if probe not in set(rows["probe"]):
        raise UnknownName("probe with results", probe, rows["probe"].unique())
    for benchmark, factor in axes:
        if benchmark not in set(rows["benchmark"]):
            raise UnknownName("benchmark with results", benchmark, rows["benchmark"].unique())
        of = rows[rows["benchmark"] == benchmark]
        if factor not in set(of["factor"]):
            raise UnknownName(f"factor of {benchmark} with results", factor, of["factor"].unique())


def _is(rows: pd.DataFrame, benchmark: str, factor: str) -> pd.Series:
    return (rows["benchmark"] == benchmark) & (rows["factor"] == factor)


def _axis(rows: pd.DataFrame, axis: str, benchmark: str, factor: str) -> pd.DataFrame:
    """Scores of one axis by run and encoder."""
    of = rows[_is(rows, benchmark, factor)]
    if of.duplicated(RUN).any():
        twice = of[of.duplicated(RUN)].iloc[0]
        raise WorkbenchError(
            f"{twice['run']} ({twice['encoder']}) has two rows of {benchmark}, {factor}. Give rows of one source, as `load_rows` does."
        )
    scores = {
        axis: score(of["value"], of["chance"]),
        f"{axis}_low": score(of["low"], of["chance"]),
        f"{axis}_high": score(of["high"], of["chance"]),
        f"{axis}_n": of["n"].astype("Int64"),
    }
    return pd.DataFrame(scores).set_index(pd.MultiIndex.from_frame(of[RUN]))


def _worst(marks: pd.Series) -> str:
    failed = [mark for mark in marks if mark.startswith("failed")]
    return str(failed[0] if failed else marks.iloc[0])


def _note(row: pd.Series, appearance: tuple[str, str], motion: tuple[str, str]) -> str:
    said = [
        f"no row of {what[0]}, {what[1]}: workbench probe {row['run']} --benchmark {what[0]} --probe {row['probe']}"
        for axis, what in zip(AXES, (appearance, motion), strict=True)
        if pd.isna(row[axis])
    ]
    if row["failed"]:
        said.append(f"audit {row['audit']}; it takes no part in the front")
    return "; ".join(said)


def _with_front(table: pd.DataFrame) -> pd.DataFrame:
    """`on_front` and `dominated_by` among the runs of equal conditions, before the note."""
    parts = []
    for _, group in table.groupby(CONDITIONS, sort=False):
        known = group.dropna(subset=list(AXES))
        better = _dominates(known[list(AXES)].to_numpy(float)) & ~known["failed"].to_numpy()[:, None]
        names = _called(known)
        found = {
            "on_front": ~better.any(0) & ~known["failed"].to_numpy(),
            "dominated_by": [", ".join(names[column]) for column in better.T],
        }
        parts.append(pd.DataFrame(found, index=known.index))
    fronts = pd.concat(parts).reindex(table.index)
    notes = table.pop("note")
    return table.assign(
        on_front=fronts["on_front"].eq(True), dominated_by=fronts["dominated_by"].fillna(""), note=notes
    )


def _called(table: pd.DataFrame) -> np.ndarray:
    """Names of runs, with the encoder where a run has two of them."""
    both = table["run"].duplicated(keep=False)
    return np.where(both, table["run"] + " (" + table["encoder"] + ")", table["run"])


def _correlation(means: pd.DataFrame, draws: int, seed: int) -> dict[str, object]:
    from workbench.stats import spearman_interval

    try:
        found = spearman_interval(means["appearance"].to_numpy(), means["motion"].to_numpy(), draws=draws, rng=seed)
    except WorkbenchError as error:
        return {"value": None, "low": None, "high": None, "n": len(means), "null": 0.0, "note": str(error)}
    ends = {"value": found.estimate, "low": found.low, "high": found.high}
    return {**ends, "n": len(means), "null": 0.0, "note": ""}

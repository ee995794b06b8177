"""The front of known points, scores with their intervals, and what is marked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import UnknownName, WorkbenchError
from workbench.stats import spearman_interval, wilson
from workbench.trade_off import frontier, pareto_front, rank_correlation


def made(points: dict[str, tuple[float, float]], **columns: Any) -> pd.DataFrame:
    """Result rows of runs with these accuracies on appearance100 and motion48."""
    rows = []
    for run, accuracies in points.items():
        for benchmark, classes, value in zip(("appearance100", "motion48"), (100, 48), accuracies, strict=True):
            low, high = wilson(round(value * 1000), 1000)
            rows.append(
                {
                    "run": run, "variant": run, "seed": 0, "preset": "quick", "recipe": "compact", "regime": "mixed",
                    "reading": "as_described", "benchmark": benchmark, "split": "test", "probe": "attentive",
                    "factor": "label", "metric": "accuracy", "value": value, "low": low, "high": high, "n": 1000,
                    "chance": 1 / classes, "encoder": "context", "audit": "passed",
                    "steps": 0 if run == "random" else 100,
                }
            )  # fmt: skip
    return pd.DataFrame(rows).assign(**columns)


POINTS = {"a": (0.1, 0.9), "b": (0.5, 0.5), "c": (0.9, 0.2), "d": (0.4, 0.4), "e": (0.5, 0.1), "random": (0.05, 0.05)}


def test_front_of_known_points() -> None:
    points = np.array([[0, 3], [1, 2], [1, 2], [1, 1], [3, 0], [2, -1], [0, 3]])
    assert pareto_front(points).tolist() == [True, True, True, False, True, False, True]


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12))
def test_front_is_what_nothing_beats_and_beats_all_else(points: list[tuple[int, int]]) -> None:
    front = pareto_front(np.array(points, float))
    on = [p for p, is_on in zip(points, front, strict=True) if is_on]
    assert on
    for point, is_on in zip(points, front, strict=True):
        beaten = any(p != point and p[0] >= point[0] and p[1] >= point[1] for p in on)
        assert beaten != is_on


def test_front_and_what_dominates_of_runs() -> None:
    table = frontier(made(POINTS)).set_index("run")
    assert table.index[table["on_front"]].tolist() == ["a", "b", "c"]
    assert table.loc["d", "dominated_by"] == "b" and table.loc["e", "dominated_by"] == "b, c"
    assert table.index[table["random"]].tolist() == ["random"]
    assert (table["note"] == "").all()


def test_score_and_its_interval_are_the_accuracys_carried_through_the_formula() -> None:
    table = frontier(made({"chance": (0.01, 1 / 48), "all": (1.0, 1.0), "half": (0.505, 0.5)})).set_index("run")
    assert table.loc["chance", ["appearance", "motion"]].tolist() == pytest.approx([0, 0])
    assert table.loc["all", ["appearance", "motion"]].tolist() == pytest.approx([1, 1])
    assert table.loc["half", "appearance"] == pytest.approx(0.5)
    low, high = wilson(505, 1000)
    found = table.loc["half", ["appearance_low", "appearance_high", "appearance_n"]].tolist()
    assert found == pytest.approx([(low - 0.01) / 0.99, (high - 0.01) / 0.99, 1000])


def test_a_run_that_failed_its_audit_is_marked_and_keeps_nobody_off_the_front() -> None:
    rows = made(POINTS)
    rows.loc[(rows["run"] == "b") & (rows["benchmark"] == "motion48"), "audit"] = "failed: gradient of x"
    table = frontier(rows).set_index("run")
    assert len(table) == len(POINTS) and table.index[table["failed"]].tolist() == ["b"]
    assert not table.loc["b", "on_front"] and "failed: gradient of x" in table.loc["b", "note"]
    assert table.index[table["on_front"]].tolist() == ["a", "c", "d"]


def test_a_run_without_a_score_stays_and_says_what_to_do() -> None:
    rows = made(POINTS)
    table = frontier(rows[~((rows["run"] == "a") & (rows["benchmark"] == "motion48"))]).set_index("run")
    assert pd.isna(table.loc["a", "motion"]) and not table.loc["a", "on_front"]
    assert "workbench probe a --benchmark motion48 --probe attentive" in table.loc["a", "note"]


def test_fronts_are_among_equal_conditions_and_encoders_are_points_of_their_own() -> None:
    small, large = made({"s": (0.2, 0.2)}), made({"l": (0.9, 0.9)}, preset="paper")
    teacher = made({"l": (0.95, 0.95)}, preset="paper", encoder="teacher")
    table = frontier(pd.concat([small, large, teacher]))
    assert table["on_front"].tolist() == [True, False, True]
    assert table["dominated_by"].tolist() == ["", "l (teacher)", ""]


def test_rank_correlation_is_over_means_of_trained_variants() -> None:
    rng = np.random.default_rng(0)
    points = {f"v{i}": (x, y) for i, (x, y) in enumerate(rng.uniform(0.1, 0.9, (9, 2)).round(3))}
    rows = pd.concat([made(points), made(points, seed=1), made({"random": (0.01, 0.99)})])
    rows.loc[rows["seed"] == 1, "run"] += "-s1"
    found = rank_correlation(frontier(rows), draws=500)
    expected = spearman_interval(*np.array(list(points.values())).T, draws=500)
    assert found[["value", "low", "high"]].iloc[0].tolist() == pytest.approx(
        [expected.estimate, expected.low, expected.high]
    )
    assert found["n"].tolist() == [9] and found["note"].tolist() == [""]


def test_too_few_variants_have_no_correlation_in_words() -> None:
    found = rank_correlation(frontier(made({"a": (0.1, 0.9), "b": (0.9, 0.1)})))
    assert found["value"].isna().all() and "four pairs" in found["note"][0]


def test_what_has_no_rows_is_named() -> None:
    rows = made(POINTS)
    with pytest.raises(UnknownName, match="attentive"):
        frontier(rows, probe="atentive")
    with pytest.raises(UnknownName, match="motion48"):
        frontier(rows, motion=("motion84", "label"))
    with pytest.raises(UnknownName, match="label"):
        frontier(rows, motion=("motion48", "first"))
    with pytest.raises(WorkbenchError, match="two rows"):
        frontier(pd.concat([rows, rows]))

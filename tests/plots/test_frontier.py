"""What the frontier's figure shows."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.test_trade_off import POINTS, made
from workbench.plots.frontier import STATES, frontier_figure
from workbench.trade_off import frontier


def test_every_run_is_drawn_once_in_its_state_with_its_interval() -> None:
    rows = made(POINTS)
    rows.loc[rows["run"] == "d", "audit"] = "failed: movement of the encoder"
    table = frontier(rows)
    figure = frontier_figure(table)
    drawn = {trace.name: trace for trace in figure.data}
    named = {words: set(drawn[words].text) for words, _, _ in STATES.values()}
    assert list(named.values()) == [{"d"}, {"random"}, {"a", "b", "c"}, {"e"}]
    front = drawn["front: quick, compact, mixed"]
    of = table[table["on_front"]].sort_values("appearance")
    assert list(front.x)[1:-1] == pytest.approx(of["appearance"]) and list(front.y)[1:-1] == pytest.approx(of["motion"])
    point = drawn["random encoder, never trained"]
    row = table[table["random"]].iloc[0]
    assert point.x[0] + point.error_x.array[0] == pytest.approx(row["appearance_high"])
    assert point.y[0] - point.error_y.arrayminus[0] == pytest.approx(row["motion_low"])
    symbols = [trace.marker.symbol for trace in figure.data if trace.mode != "lines"]
    assert len(set(symbols)) == len(symbols)  # told apart without colour
    assert "audit: failed" in drawn[STATES["failed"][0]].hovertext[0]
    assert "dominated by b, c" in drawn["dominated"].hovertext[0]


def test_runs_without_a_score_are_counted_in_the_title() -> None:
    rows = made(POINTS)
    table = frontier(rows[~((rows["run"] == "a") & (rows["benchmark"] == "motion48"))])
    figure = frontier_figure(table)
    assert "1 more" in figure.layout.title.text
    assert "a" not in [name for trace in figure.data for name in trace.text or ()]


def test_nothing_known_is_an_empty_figure() -> None:
    table = frontier(made(POINTS)).assign(motion=pd.NA)
    assert len(frontier_figure(table).data) == 0

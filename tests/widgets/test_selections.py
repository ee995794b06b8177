"""The selection: what is over-represented in it, as a file, and under a name."""

from __future__ import annotations

import io

import pandas as pd

from tests.widgets.planted import GROUPS, planted_explorer
from tests.widgets.test_explorer import level, send


def test_what_is_over_represented_is_told() -> None:
    explorer = planted_explorer()
    assert explorer.selections.summary.content == {}
    explorer.select(range(101, 140, GROUPS))  # all of one group
    summary = explorer.selections.summary.content
    first = summary["rows"][0]
    assert {first[name] for name in ("column", "value", "count", "share", "rest", "ratio")} == {
        *("label", "1", "10 of 10", "100%", "0%", "–")
    } or first["column"] == "group"
    assert first["p"] == "< 0.001" and "drawn by eye" in summary["note"]
    explorer.select([105])
    assert "two points" in explorer.selections.summary.content["note"]
    explorer.select(range(100, 140))
    assert "no rest" in explorer.selections.summary.content["note"]


def test_the_selection_as_a_file() -> None:
    explorer = planted_explorer()
    explorer.select([104, 120])
    sent = []
    explorer.selections.table.send = sent.append  # type: ignore[method-assign]
    send(explorer.selections.table, event="csv")
    assert sent[0]["download"] == "planted-selection.csv"
    read = pd.read_csv(io.StringIO(sent[0]["text"]))
    assert read["clip"].tolist() == [104, 120] and read["caption"].tolist() == explorer.selection["caption"].tolist()


def test_a_selection_is_saved_under_a_name_and_brought_back() -> None:
    explorer = planted_explorer()
    explorer.selections.name.value = "odd"
    explorer.selections.keep.click()
    assert "Select some points" in explorer.message and level(explorer) == "problem"
    explorer.select([101, 103])
    explorer.selections.name.value = "odd"
    explorer.selections.keep.click()
    explorer.select([])
    explorer.selections.known.value = "odd"
    assert explorer.selected == [101, 103]
    state = explorer.state()
    fresh = planted_explorer()
    fresh.restore(state)
    fresh.select([])
    fresh.selections.bring("odd")
    assert fresh.selected == [101, 103]

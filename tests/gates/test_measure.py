"""The gates hold, on true states with few clips here; with many and on pixels in the rows of docs/benchmarks.md."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.errors import UnknownName, WorkbenchError
from workbench.gates.document import document
from workbench.gates.independence import independence
from workbench.gates.measure import GATES, measure_gates
from workbench.gates.report import gates_report, page_text

SMALL = DataSettings(train_clips=900, val_clips=10, test_clips=900, size=16)
DOCS = Path(__file__).parents[2] / "docs"
ROWS = DOCS / "benchmarks.parquet"


@pytest.fixture(scope="module")
def rows(tmp_path_factory) -> dict[str, pd.DataFrame]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(tmp_path_factory.mktemp("gates")))
        return {name: measure_gates(name, SMALL, pixels=False, progress=False) for name in ("motion48", "temporal16")}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["motion48", "temporal16"])
def test_gates_hold_on_true_states_and_the_whole_clip_solves_the_task(rows, name):
    found = rows[name]
    gates = found[found["limit"] < 1]
    assert gates["holds"].all(), gates[~gates["holds"]]
    assert {"start", "frame", "set", "appearance"} <= set(gates["view"])
    whole = found[(found["view"] == "ordered") & (found["target"] == "label") & (found["task"] == "class")]
    assert whole["accuracy"].max() > 0.9
    # The limit of the set is not a formality: the oracle comes close to it, so it knows all but the order.
    held = found[(found["view"] == "set") & (found["task"] == "class")]
    assert held["accuracy"].max() > 0.42


def test_a_leak_breaks_its_gate(home, monkeypatch):
    """Were the start to tell the motion, the single frame would be above its limit, and the row says so."""

    entry = BENCHMARKS["motion48"]
    monkeypatch.setitem(BENCHMARKS._entries, "motion48", _leaking(entry))
    found = measure_gates(
        "motion48", SMALL.model_copy(update={"train_clips": 400, "test_clips": 400}), pixels=False, progress=False
    )
    broken = set(found.loc[~found["holds"], "view"])
    assert "start" in broken and "appearance" not in broken


def _leaking(entry):
    return replace(entry, table=lambda settings, split: _told(entry.table(settings, split)))


def _told(table):
    return table.assign(start_x=(table["first"] + 0.5) / 8)


def test_an_unknown_benchmark_lists_those_with_gates(home):
    with pytest.raises(UnknownName, match="appearance100, motion48, temporal16"):
        measure_gates("mixed", SMALL)


def test_the_page_is_that_of_the_rows_and_says_what_the_rows_say():
    stored = pd.read_parquet(ROWS)
    assert set(stored["benchmark"]) == set(GATES)
    gates = stored[stored["limit"] < 1]
    assert (gates["holds"] == ~(gates["p"] < 0.05)).all()
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    assert gates["holds"].all() and f"all {len(gates)} gates hold" in readme
    page = (DOCS / "benchmarks.md").read_text(encoding="utf-8")
    assert page == page_text(DOCS / "benchmarks.md"), (
        "stale: workbench data gates --from-rows --write docs/benchmarks.md"
    )
    for name in GATES:
        own = gates[gates["benchmark"] == name]
        section = page.split(f"## {name}:")[1].split("\n## ")[0]
        assert section.count("| holds |") == int(own["holds"].sum())
        assert section.count("**broken**") == int((~own["holds"]).sum())
        for row in stored[(stored["benchmark"] == name) & (stored["task"] == "class")].itertuples():
            assert f"{100 * row.accuracy:.1f} ({100 * row.low:.1f} to {100 * row.high:.1f})" in section


def test_a_broken_gate_is_printed_as_broken():
    stored = pd.read_parquet(ROWS)
    one = stored[stored["benchmark"] == "temporal16"].copy()
    place = np.flatnonzero(one["limit"] < 1)[0]
    one.iloc[place, one.columns.get_loc("holds")] = False
    table = BENCHMARKS["temporal16"].table(DataSettings(train_clips=200), "train")
    page = document(one, {"temporal16": independence(table, draws=20)}, "command", "rows")
    assert "**broken**" in page and "gates do not hold" in page


def test_the_report_lays_the_rows_beside_the_page_and_nothing_among_the_rows_of_runs(home, tmp_path, monkeypatch):
    stored = pd.read_parquet(ROWS)
    monkeypatch.setattr(
        "workbench.gates.report.measure_gates", lambda name, *_, **__: stored[stored["benchmark"] == name]
    )
    page = tmp_path / "page.md"
    rows = gates_report(["temporal16"], DataSettings(train_clips=200), write=page, command="the command")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "page.parquet"), rows)
    assert rows["command"].unique().tolist() == ["the command"]
    assert "`the command`" in page.read_text() and "`page.parquet`" in page.read_text()
    assert page.read_text() == page_text(page) and "](images/" not in page.read_text()
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "bench_temporal16.png").touch()
    assert page_text(page).count("](images/bench_temporal16.png)") == 1  # a sheet that lies beside the page is shown
    (tmp_path / "page.factors.parquet").unlink()
    with pytest.raises(WorkbenchError, match=r"page\.factors\.parquet is not there. Measure it: `workbench data gates"):
        page_text(page)
    assert not (home / "reports").exists()

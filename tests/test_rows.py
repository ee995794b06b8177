"""Loading and checking result rows."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.made_up import make_run, make_study
from workbench.errors import WorkbenchError
from workbench.rows import COLUMNS, checked, keep_measured, load_predictions, load_results, load_rows
from workbench.runs import Run


def rewrite(run: Run, **columns: object) -> None:
    run.rows().assign(**columns).to_parquet(run.folder / "rows.parquet")


def test_no_runs_give_a_typed_table_of_no_rows() -> None:
    rows = load_rows()
    assert list(rows.columns) == list(COLUMNS) and len(rows) == 0
    assert rows["value"].dtype == "float64" and rows["n"].dtype == "int64" and rows["dirty"].dtype == "bool"


def test_rows_of_all_runs_are_typed_and_say_where_they_are_from() -> None:
    make_study({"random": 0.1, "baseline": 0.4}, seeds=(0, 1))
    rows = load_rows()
    assert len(rows) == 4 * 15
    assert set(rows["source"]) == {f"checkpoints/{name}/rows.parquet" for name in rows["run"].unique()}
    assert json.loads(rows["versions"][0])["python"]
    assert rows.dtypes[["seed", "n", "steps"]].eq("int64").all()


def test_only_one_preset_is_read_where_one_is_asked_for() -> None:
    make_run("baseline", preset="smoke")
    make_run("baseline", preset="quick")
    assert set(load_rows("quick")["run"]) == {"baseline-quick-s0"}


def test_a_measured_table_stands_in_for_its_runs() -> None:
    import shutil

    run = make_run("baseline")
    rows = load_rows()
    path = keep_measured("smoke", rows)
    answers = load_predictions(rows)
    assert load_rows().equals(rows)  # both sources, equal values: one row each
    shutil.rmtree(run.folder)
    kept = load_rows()
    assert set(kept["source"]) == {"reports/measured/smoke.parquet"} and path.is_file()
    assert kept.drop(columns="source").equals(rows.drop(columns="source"))
    again = load_predictions(kept)
    assert len(again) == 15 * 200
    assert (again["predicted"].to_numpy() == answers["predicted"].to_numpy()).all()
    assert load_rows(source="runs").empty and len(load_rows(source="measured")) == 15


def test_the_same_cell_with_different_values_is_named() -> None:
    run = make_run("baseline")
    keep_measured("old", load_rows())
    rewrite(run, value=0.5)
    with pytest.raises(WorkbenchError) as error:
        load_rows()
    for word in (
        "run baseline-smoke-s0",
        "benchmark motion48",
        "0.5000",
        "checkpoints/baseline-smoke-s0",
        "measured/old.parquet",
    ):
        assert word in str(error.value)
    assert len(load_rows("quick")) == 0  # a conflict in another preset is no obstacle
    assert len(load_rows(source="measured")) == 15


def test_a_run_of_another_format_is_left_out_and_named() -> None:
    make_run("random")
    make_run("baseline").update(format=99)
    found = load_results()
    assert set(found.rows["run"]) == {"random-smoke-s0"}
    assert len(found.notes) == 1 and "baseline-smoke-s0" in found.notes[0] and "format 99" in found.notes[0]


def test_a_broken_file_is_named() -> None:
    run = make_run("baseline")
    (run.folder / "rows.parquet").write_bytes(b"not parquet")
    assert any("rows.parquet" in note for note in load_results().notes)
    measured = Path(keep_measured("kept", checked(make_run("random").rows(), "x")))
    measured.write_bytes(b"not parquet")
    with pytest.raises(WorkbenchError, match=r"kept\.parquet"):
        load_rows()


def test_a_missing_column_is_named() -> None:
    with pytest.raises(WorkbenchError, match=r"table\.parquet has no column 'chance'"):
        checked(make_run("baseline").rows().drop(columns="chance"), "table.parquet")


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("seed", "one", "seed is 'one'"),
        ("n", 3.5, "n is 3.5"),
        ("value", None, "value is"),
        ("value", 40.0, "accuracy of 40.0"),
    ],
)
def test_an_impossible_value_is_named(column: str, value: object, words: str) -> None:
    rows = make_run("baseline").rows().astype({column: object})
    rows.loc[2, column] = value
    with pytest.raises(WorkbenchError, match=r"table\.parquet, row 3") as error:
        checked(rows, "table.parquet")
    assert words in str(error.value)


def test_columns_added_later_take_their_default() -> None:
    rows = make_run("baseline").rows().drop(columns=["audit", "val_accuracy", "control"])
    table = checked(rows, "old.parquet")
    assert (table["audit"] == "").all() and table["val_accuracy"].isna().all()


def test_predictions_of_the_rows_asked_for_only() -> None:
    make_study({"random": 0.1, "baseline": 0.4})
    rows = load_rows()
    answers = load_predictions(rows[rows["variant"] == "baseline"])
    assert set(answers["run"]) == {"baseline-smoke-s0"}
    one = answers[(answers["benchmark"] == "motion48") & (answers["probe"] == "knn")]
    cell = rows[(rows["variant"] == "baseline") & (rows["benchmark"] == "motion48") & (rows["probe"] == "knn")]
    assert (one["truth"] == one["predicted"]).mean() == pytest.approx(cell["value"].item())


def test_no_predictions_are_no_error() -> None:
    make_run("baseline", predictions=False)
    answers = load_predictions(load_rows())
    assert isinstance(answers, pd.DataFrame) and answers.empty


def test_the_rows_kept_in_the_repository_can_all_be_read(home: Path) -> None:
    """Every table that a fresh clone holds, so that its first report does not stop at one of them."""
    shutil.copytree(Path(__file__).parents[1] / "reports" / "measured", home / "reports" / "measured")
    rows = load_results(source="measured").rows
    assert {"random", "baseline", "ld", "fwm"} <= set(rows["variant"])


@pytest.mark.parametrize("name", ["v1.2", "../elsewhere", "a/b", ""])
def test_a_name_that_rows_would_not_be_found_under_is_refused(name: str, home: Path) -> None:
    make_run("baseline")
    with pytest.raises(WorkbenchError, match="cannot be kept under the name"):
        keep_measured(name, load_rows())
    assert not (home / "reports").exists()

"""Reports on kept tables: which rows they take, what they lack, and bad files."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.report.contents.kept_made_up import about, chiral_table, keep_retrieval, retrieval_table
from workbench.errors import UnknownName, WorkbenchError
from workbench.report.contents import contents
from workbench.report.contents.kept import asked_runs
from workbench.report.parameters import make_parameters
from workbench.report.prose import Prose
from workbench.report.table import Table
from workbench.rows import beside_path, keep_beside

SMOKE: dict[str, Any] = {"preset": "smoke", "seeds": [0]}
SHIFTS = (("shake", 1), ("shake", 3), ("noise", 3))


def read(table: Table | Prose) -> pd.DataFrame:
    assert isinstance(table, Table)
    return pd.read_csv(io.StringIO(table.csv()))


def keep(name: str, *tables: pd.DataFrame) -> Path:
    return keep_beside(name, "diagnosis", pd.concat(tables, ignore_index=True), "workbench diagnose")


def test_the_runs_asked_for_are_those_that_the_study_ran() -> None:
    names = list(asked_runs(make_parameters("time_use", SMOKE)))
    assert names == [
        "random-smoke-s0",
        "baseline-smoke-s0",
        "random-smoke-s0-mixed",
        "baseline-smoke-s0-mixed",
        "fwm-smoke-s0-mixed",
        "fwm_hw_ld-smoke-s0-mixed",
        "fwm_hw_ld-smoke-s0-mixed-as_published",
    ]
    assert len(asked_runs(make_parameters("time_use", SMOKE | {"reading": "as_published"}))) == 1
    assert "baseline+infonce=0.03-smoke-s0-mixed" in asked_runs(make_parameters("retrieval", SMOKE))


def test_encoders_asked_for_are_shown_with_what_their_audit_says() -> None:
    rows = [
        chiral_table("random-smoke-s0", 0.5),
        chiral_table("baseline-smoke-s0", 0.7),
        chiral_table("fwm_hw_ld-smoke-s0-mixed-as_published", 0.6, "failed: gradient of ld"),
        chiral_table("ld-smoke-s0", 0.9),  # not asked for
        chiral_table("hf:models/other", 0.55, "not audited"),
    ]
    keep("one", *rows)
    found = contents("time_use", **SMOKE)
    table = found.chiral()
    assert list(read(table)["encoder"]) == [
        "random-smoke-s0",
        "baseline-smoke-s0",
        "fwm_hw_ld-smoke-s0-mixed-as_published",
        "hf:models/other",
    ]
    text = table.markdown()
    assert "| baseline (seed 0, single) | 70.0 (68.0 to 72.0) |" in text and "seed 0, mixed, as published" in text
    assert "audit of fwm_hw_ld-smoke-s0-mixed-as_published: failed: gradient of ld" in text
    assert "| chance | 50.0 |" in text and "untrained twin" in text
    assert found.sources() == ["reports/measured/one.diagnosis.parquet"]
    assert "3 of 7 runs asked for have rows of a diagnosis. 1 other encoder stands beside them." in found.summary().text
    assert "hf:" not in contents("time_use", others=False, **SMOKE).chiral().markdown()


def test_runs_without_rows_are_named_with_the_command() -> None:
    keep("one", chiral_table("baseline-smoke-s0", 0.7))
    missing = contents("time_use", **SMOKE).missing()
    assert "workbench diagnose random-smoke-s0 --part time --keep single_s0" in missing.markdown()
    assert len(read(missing)) == 6


@pytest.mark.parametrize("name", ["disentanglement", "time_use", "quality", "retrieval", "robustness", "words"])
def test_without_any_rows_every_cell_says_not_run_with_the_command(name: str) -> None:
    found = contents(name, **SMOKE)
    verb = "retrieve" if name in ("retrieval", "robustness", "words") else "diagnose"
    assert "not run" in found.summary().text and f"`workbench {verb} random-smoke-s0" in found.summary().text
    outputs = {
        "disentanglement": ("matrix", "separation", "whole"),
        "time_use": ("sensitivity", "sensitivity_fixed", "features", "chiral", "channels"),
        "quality": ("budget", "ranks", "over_training"),
        "retrieval": ("recalls", "ranks", "zero_shot"),
        "robustness": ("robustness",),
        "words": ("words",),
    }[name]
    for output in outputs:
        said = getattr(found, output)()
        assert isinstance(said, Prose) and "not run" in said.text and "`workbench " in said.text


def test_numbers_that_agree_are_taken_once_and_others_are_named() -> None:
    keep("one", chiral_table("baseline-smoke-s0", 0.7))
    keep("two", chiral_table("baseline-smoke-s0", 0.7))
    assert len(contents("time_use", **SMOKE).rows) == 1
    keep("two", chiral_table("baseline-smoke-s0", 0.8))
    with pytest.raises(WorkbenchError, match=r"encoder baseline-smoke-s0.*0\.7 in one\.diag.*0\.8 in two\.diag"):
        contents("time_use", **SMOKE).chiral()


def test_bad_files_are_named(home: Path) -> None:
    keep("one", chiral_table("baseline-smoke-s0", 0.7).drop(columns="random_encoder"))
    with pytest.raises(WorkbenchError, match=r"one\.diagnosis\.parquet has no column 'random_encoder'"):
        contents("time_use", **SMOKE).chiral()
    (home / "reports" / "measured" / "one.diagnosis.parquet").write_text("no table")
    with pytest.raises(WorkbenchError, match=r"one\.diagnosis\.parquet cannot be read"):
        contents("time_use", **SMOKE).chiral()


@pytest.mark.parametrize("name", ["time_use", "retrieval", "gates", "ucf101"])
def test_a_benchmark_that_nobody_knows_is_named(name: str) -> None:
    given = {"benchmarks": ["motion47"]} if name == "gates" else SMOKE | {"benchmarks": ["motion47"]}
    with pytest.raises(UnknownName, match="'motion47'"):
        contents(name, **given).summary()


def test_readings_over_training_come_from_histories() -> None:
    from tests.made_up import make_run

    run = make_run("baseline")
    history = run.history()
    history["quality/context/std"] = [1.0 if step % 4 == 0 else None for step in history["step"]]
    history.loc[history["step"] == 8, "quality/context/std"] = 0.25
    history.to_parquet(run.folder / "history.parquet")
    found = contents("quality", **SMOKE)
    table = found.over_training()
    assert "| baseline (seed 0, single) | 0.25 (1.00) |" in table.markdown()
    assert list(read(table)["step"]) == [4, 8]
    (figure,) = found.training_figures().figures
    assert list(figure.data[0].x) == [4, 8] and list(figure.data[0].y) == [1.0, 0.25]


def test_readings_that_were_kept_need_no_folder_of_the_run() -> None:
    kept = pd.DataFrame({"run": ["baseline-smoke-s0"] * 2, "step": [0, 70], "quality/teacher/rankme": [9.0, 7.5]})
    path = beside_path("made", "monitor")
    path.parent.mkdir(parents=True, exist_ok=True)
    kept.to_parquet(path)
    table = contents("quality", **SMOKE).over_training()
    assert "| baseline (seed 0, single) | 7.50 (9.00) |" in table.markdown()


def test_retrieval_words_and_robustness_show_the_kept_numbers() -> None:
    clean = retrieval_table(about("random"), 0.5, SHIFTS)
    strong = retrieval_table(about("baseline"), 3.0, SHIFTS, seed=1)
    failed = retrieval_table(about("fwm_hw_ld", audit="failed: gradient of ld"), 1.0, seed=2)
    keep_retrieval("made", clean, strong, failed)
    recalls = contents("retrieval", **SMOKE).recalls()
    of = strong[(strong["shift"] == "") & (strong["metric"] == "R@1") & (strong["direction"] == "text→video")][
        "value"
    ].iloc[0]
    assert f"{of:.1f} (" in recalls.markdown() and "audit of fwm_hw_ld-smoke-s0-mixed: failed" in recalls.markdown()
    assert "| chance | 1.7 | 8.3 | 16.7 | 1.7 | 8.3 | 16.7 | 53.3 |" in recalls.markdown()  # 1, 5 and 10 of 60
    assert "| chance | 30.5 | 30.5 |" in contents("retrieval", **SMOKE).ranks().markdown()

    words = read(contents("words", **SMOKE).words())
    assert (
        set(words["factor"]) == {"sprite", "colour", "order"} and set(words["metric"]) == {"word"} and len(words) == 9
    )

    robust = contents("robustness", **SMOKE)
    rows = read(robust.robustness())
    assert set(rows["run"]) == {
        "random-smoke-s0-mixed",
        "baseline-smoke-s0-mixed",
    }  # the third was read on clean clips alone
    assert (rows["absolute"] - (1 - (rows["clean"] - rows["shifted"]) / 100)).abs().max() < 1e-9
    text = robust.robustness().markdown()
    assert "**shake (camera) · mixed**" in text and "severity 1" in text and "not run" in text  # noise at severity 1
    assert "is lost by `baseline-smoke-s0-mixed`" in robust.summary().text


def test_shifted_rows_without_clean_ones_name_their_file() -> None:
    table = retrieval_table(about("baseline"), 3.0, SHIFTS)
    keep_retrieval("made", table[table["shift"] != ""])
    with pytest.raises(WorkbenchError, match=r"made\.retrieval\.parquet: Robustness is held against clean clips"):
        contents("robustness", **SMOKE).robustness()

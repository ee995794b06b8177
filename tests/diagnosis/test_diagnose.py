"""Diagnoses of small encoders: every question answered, numbers beside the twin's, nothing measured twice."""

from __future__ import annotations

import sys
from pathlib import Path

import jupytext
import pandas as pd
import pytest

from tests.made_up import make_run
from workbench.diagnosis import PARTS, Diagnosis, diagnose, keep_diagnosis, stored
from workbench.diagnosis.diagnose import beside, same_weights
from workbench.diagnosis.figures import FIGURES
from workbench.encoders import open_encoder
from workbench.encoders.of_run import RandomEncoder
from workbench.errors import UnknownName, WorkbenchError
from workbench.presets import build_config
from workbench.report.parameters import NOTEBOOKS
from workbench.training.train import train

SMOKE = "random-smoke-s0"


@pytest.fixture(scope="module")
def its_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def every(its_home: Path) -> Diagnosis:
    """All parts of a small random encoder on clips of motion."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBENCH_HOME", str(its_home))
        return diagnose(SMOKE, benchmarks=["motion48"], show=False)


def test_every_part_gives_its_tables(every: Diagnosis) -> None:
    assert list(every) == [table for _, part in PARTS.items() for table in part.tables]
    for name, table in every.items():
        assert list(table.columns[:3]) == ["encoder", "benchmark", "audit"], name
        assert "random_encoder" in table, name


def test_a_number_is_there_or_its_note_says_why(every: Diagnosis) -> None:
    for name, table in every.items():
        if "value" in table:
            missing = table[table["value"].isna()]
            assert (missing["note"].astype(str).str.len() > 0).all(), name
            assert not any(table[c].dtype == float for c in table), f"{name} may hold a NaN"


@pytest.mark.parametrize("seed", [0, 1])
def test_the_twin_of_a_random_encoder_of_any_seed_is_another_draw(home: object, seed: int) -> None:
    found = diagnose(f"random-smoke-s{seed}", benchmarks=["motion48"], parts=["quality"], show=False)
    std = found["quality"].set_index("measure").loc["std"]
    assert std["value"] != std["random_encoder"]


def test_the_twin_of_a_random_run_is_another_draw_though_the_key_of_a_run_is_that_of_its_file(
    with_runs: object,
) -> None:
    run, drawn = open_encoder("random-smoke-s0"), RandomEncoder(build_config("random", "smoke"))
    assert run.key != drawn.key and same_weights(run, drawn)
    assert not same_weights(run, run.untrained(1)) and not same_weights(run, open_encoder("baseline-smoke-s0"))


def test_the_twin_of_a_random_encoder_is_alike(every: Diagnosis) -> None:
    rankme = every["quality"].set_index("measure").loc["rankme"]
    assert rankme["value"] == pytest.approx(rankme["random_encoder"], rel=0.5)


def test_rows_hold_every_number_once(every: Diagnosis) -> None:
    rows = every.rows()
    assert len(rows) == sum(map(len, every.values())) and set(rows["table"]) == set(every)


def test_the_summary_answers_every_question_with_numbers_of_the_tables(every: Diagnosis) -> None:
    summary = every.summary()
    assert list(dict.fromkeys(summary["question"])) == [
        "What can be read?",
        "From which block?",
        "Is time used?",
        "Has it collapsed?",
        "What do labels owe?",
    ]
    said = summary.set_index("measure")["value"]
    assert said["RankMe of clips"] == every["quality"].set_index("measure")["value"]["rankme"]
    assert "chiral accuracy" in said


def test_every_table_with_a_figure_has_one(every: Diagnosis) -> None:
    for name in FIGURES:
        assert len(every.figures(name)) == 1, name
    with pytest.raises(UnknownName, match=r"Unknown table with a figure 'matrices'\. Did you mean 'matrix'"):
        every.figures("matrices")


def test_what_is_there_is_not_measured_again(home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    first = diagnose(SMOKE, benchmarks=["motion48"], parts=["quality"], show=False)
    monkeypatch.setattr("workbench.quality.measures.quality", lambda *_: pytest.fail("measured twice"))
    again = diagnose(SMOKE, benchmarks=["motion48"], parts=["quality"], show=False)
    for name in first:
        pd.testing.assert_frame_equal(first[name], again[name])


def test_no_more_clips_are_looked_at_than_the_limits(home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.diagnosis.parts.LIMITS", {"train": 64, "val": 20, "test": 30})
    found = diagnose(SMOKE, benchmarks=["motion48"], parts=["time", "quality"], show=False)
    assert set(found["sensitivity"]["n"]) == {30} and max(found["quality"]["n"]) == 30


def test_a_failed_audit_marks_every_number(home: object) -> None:
    short = {"data": {"train_clips": 48}, "optim": {"steps": 6}}
    run = train(build_config("fwm_hw_ld", "smoke", reading="as_published", changes=short), show=False)
    found = diagnose(run.name, benchmarks=["motion48"], parts=["quality"], show=False)
    assert set(found["quality"]["audit"]) == {"failed: gradient of ld"}
    assert found.figures("quality")[0].data[0].y[0] == f"{run.name} (audit failed)"


def test_a_benchmark_without_motion_has_no_blocks_to_tell_apart(home: object) -> None:
    with pytest.raises(
        WorkbenchError, match=r"none of the benchmarks has the factors that disentangle needs.*motion48, temporal16"
    ):
        diagnose(SMOKE, benchmarks=["appearance100"], parts=["disentangle"], show=False)


def test_an_unknown_part_lists_the_known(home: object) -> None:
    with pytest.raises(UnknownName, match="Known: disentangle, labels, quality, time"):
        diagnose(SMOKE, parts=["colours"], show=False)


def test_kept_numbers_stand_beside_result_rows_and_are_not_taken_for_them(home: object, every: Diagnosis) -> None:
    from workbench.rows import load_rows, measured_files

    path = keep_diagnosis("mine", every, "workbench diagnose")
    assert len(pd.read_parquet(path)) == len(every.rows())
    assert measured_files() == [] and load_rows(source="measured").empty


def test_the_number_beside_is_that_of_the_same_thing() -> None:
    mine = pd.DataFrame({"measure": ["a", "b"], "value": [1.0, 2.0], "n": [5, 5], "note": ["", ""]})
    twin = pd.DataFrame({"measure": ["b", "a"], "value": [20.0, 10.0], "n": [6, 6], "note": ["x", ""]})
    assert beside(mine, twin)["random_encoder"].tolist() == [10.0, 20.0]


def test_both_forms_of_the_notebook_are_the_same_and_hold_no_outputs() -> None:
    script, notebook = (jupytext.read(NOTEBOOKS.parent / f"disentangle.{form}") for form in ("py", "ipynb"))
    cells = [[(cell.cell_type, cell.source) for cell in form.cells] for form in (script, notebook)]
    assert cells[0] == cells[1] and len(cells[0]) >= 10
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook.cells)


def test_the_notebook_runs(every: Diagnosis, its_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import plotly.graph_objects as go

    monkeypatch.setenv("WORKBENCH_HOME", str(its_home))
    make_run("baseline")
    make_run("ld")
    shown: list[str] = []
    monkeypatch.setattr(go.Figure, "show", lambda figure: shown.append(figure.layout.title.text))
    code = "\n".join(
        cell.source for cell in jupytext.read(NOTEBOOKS.parent / "disentangle.py").cells if cell.cell_type == "code"
    )
    names = '["random-standard-s0", "baseline-standard-s0"]'
    assert names in code and 'load_rows("standard")' in code
    exec(code.replace(names, f'["{SMOKE}"]').replace('"standard"', '"smoke"'), {})
    of_time = ("sensitivity", "features", "channels")  # which are of temporal16 too
    assert len(shown) == len(every.figures()) + len(every.figures(*of_time)) + 2
    assert shown[-3] == "CKA of layers" and "2 runs" in shown[-1]


def test_what_is_stored_is_read_and_nothing_is_measured(home: object, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"benchmarks": ["motion48"], "parts": ["quality"]}
    assert len(stored(SMOKE, **asked)) == 0
    made = diagnose(SMOKE, **asked, show=False)
    module = sys.modules["workbench.diagnosis.diagnose"]  # the package's attribute of that name is the function
    monkeypatch.setattr(module, "_measured", lambda *_: pytest.fail("it was measured"))
    found = stored(SMOKE, **asked)
    assert set(found) == {"quality", "spectrum"}
    pd.testing.assert_frame_equal(found["quality"], made["quality"])
    assert len(stored(SMOKE, benchmarks=["motion48"], parts=["time"])) == 0

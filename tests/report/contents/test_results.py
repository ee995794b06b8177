"""The table of results: published beside ours, differences to the matched control, and what marks a cell."""

from __future__ import annotations

import io
from typing import Any

import pandas as pd
import pytest

from tests.made_up import make_run, make_study
from workbench.config import Reading
from workbench.errors import UnknownName, WorkbenchError
from workbench.report.contents import contents
from workbench.report.figures import Chart
from workbench.report.prose import Prose
from workbench.report.table import Table
from workbench.rows import keep_measured, load_rows

SOME = {"random": 0.1, "baseline": 0.4, "motion_guided": 0.6}
FAULT = "failed: movement of teacher"


def made(name: str = "ucf101", **changes: Any) -> Any:
    return contents(name, **({"preset": "smoke", "seeds": [0], "variants": list(SOME)} | changes))


def read(table: Table | Prose) -> pd.DataFrame:
    assert isinstance(table, Table)
    return pd.read_csv(io.StringIO(table.csv())).set_index(["benchmark", "variant", "reading"])


def test_ours_and_the_published_stand_in_columns_of_their_own() -> None:
    make_study(SOME, seeds=(0, 1))
    table = made(seeds=[0, 1]).results()
    rows = read(table)
    ours = load_rows("smoke").groupby(["benchmark", "variant", "probe"])["value"].mean()
    guided = rows.loc["motion48", "motion_guided", "as_described"]
    assert guided["accuracy"] == pytest.approx(ours["motion48", "motion_guided", "attentive"])
    assert float(guided["published"]) == pytest.approx(0.0868) and float(guided["published_n"]) == 1970
    assert float(guided["published_low"]) < 0.0868 < float(guided["published_high"])
    assert rows.loc["appearance100", "baseline", "as_described"]["probe"] == "linear"  # as the study read ImageNet-100
    assert pd.isna(rows.loc["motion48", "random", "as_described"]["published"])
    text = table.markdown()
    assert "| encoder | published | ours, % | seeds |" in text and "8.7 (7.5 to 10.0)" in text
    assert "motion48 · attentive probe · chance 2.1 % · published: diving48, chance 2.1 %, 1,970 clips" in text
    assert "not in one ranking with it" in text


def test_each_arm_is_compared_with_its_matched_control() -> None:
    make_study(SOME, seeds=(0, 1, 2))
    found = made(seeds=[0, 1, 2])
    rows = read(found.results())
    means = load_rows("smoke").groupby(["benchmark", "variant", "probe"])["value"].mean()
    for variant, control in (("baseline", "random"), ("motion_guided", "baseline")):
        row = rows.loc["temporal16", variant, "as_described"]
        one, other = (means["temporal16", name, "attentive"] for name in (variant, control))
        assert row["control_control"] == control and row["control_difference"] == pytest.approx(one - other)
        assert row["control_verdict"] == "above" and row["control_p_holm"] >= row["control_p"]
    assert pd.isna(rows.loc["temporal16", "random", "as_described"]["control_difference"])
    assert "above in 6 of 6 cells" in found.summary().text and isinstance(found.chart(), Chart)


def test_one_seed_has_no_interval_over_seeds_and_says_so() -> None:
    make_study(SOME)
    table = made().results()
    assert (
        "One seed: p from McNemar's exact test over clips; nothing is known about the spread over seeds." in table.notes
    )
    assert not any(note.startswith("Over seeds alone") for note in table.notes)
    assert "rest on one seed, where p is over clips alone" in made().summary().text


def test_a_failing_audit_marks_the_cell_and_its_difference() -> None:
    make_study({"random": 0.1, "baseline": 0.4})
    make_run("motion_guided", audit=FAULT)
    found = made()
    rows = read(found.results())
    assert rows["audit_failed"].groupby("variant").all().to_dict() == {
        "random": False,
        "baseline": False,
        "motion_guided": True,
    }
    text = found.results().markdown()
    assert text.count("audit failed") == 3 and f"audit of motion_guided: {FAULT}" in text
    assert "The audits of `motion_guided` as described fail, and mark their cells." in found.summary().text


def test_all_cells_failing_their_audit_are_said_in_one_sentence() -> None:
    make_study(SOME, audit=FAULT)
    assert "**Every cell that was run rests on a run whose audit failed.**" in made().summary().text


@pytest.mark.parametrize("reading", ["as_described", "as_published"])
def test_a_variant_with_two_readings_has_two_arms(reading: Reading) -> None:
    make_study({"random": 0.1, "baseline": 0.4, "kinematic": 0.2})
    make_run("kinematic", reading="as_published", skill=0.1, audit=FAULT)
    both = read(made("kinematic", variants=["random", "baseline", "kinematic"]).results())
    assert len(both) == 3 * 4
    one = read(made("kinematic", variants=["random", "baseline", "kinematic"], reading=reading).results())
    assert len(one) == 3 * 3 and ("motion48", "kinematic", reading) in one.index
    assert (
        one.loc["motion48", "kinematic", reading]["accuracy"] == both.loc["motion48", "kinematic", reading]["accuracy"]
    )
    assert pd.notna(both.loc["motion48", "kinematic", "as_published"]["random_difference"])
    # The baseline's control is the random encoder: its difference is not counted a second time.
    assert pd.isna(both.loc["motion48", "baseline", "as_described"]["random_difference"])


def test_the_trained_encoders_of_runs_as_published_have_a_table() -> None:
    make_study({"random": 0.1, "baseline": 0.4})
    run = make_run("kinematic", reading="as_published", skill=0.1, audit=FAULT)
    some: dict[str, Any] = {"variants": ["random", "baseline", "kinematic"]}
    missing = made("kinematic", **some).trained_encoders()
    assert missing.text.endswith("`workbench probe kinematic-smoke-s0-as_published@context`.")
    rows = run.rows().assign(encoder="context", value=0.3, audit="failed: gradient of kinematic")
    run.add_results(rows, run.predictions().assign(encoder="context"))
    table = made("kinematic", **some).trained_encoders()
    assert table.markdown().count("30.0 (24.1 to 36.7 · audit failed)") == 3  # Wilson's of 60 of 200
    assert made("kinematic", reading="as_described", **some).trained_encoders().text == ""


def test_missing_and_failed_runs_are_named_with_their_state_and_command() -> None:
    make_study({"random": 0.1, "baseline": 0.4})
    run = make_run("motion_guided", benchmarks=())
    run.update(status="failed", message="the loss is not finite")
    found = made(seeds=[0, 1])
    text = found.missing().markdown()
    assert "failed: the loss is not finite" in text and "workbench train motion_guided --preset smoke --seed 0" in text
    assert "workbench sweep --preset smoke --seeds 1 --variants 'random, baseline, motion_guided'" in text
    assert "2 of 6 runs asked for have all results" in found.summary().text
    assert "not run" in found.results().markdown()
    assert "run with seed 0 only" in found.results().markdown()


def test_nothing_run_at_all_is_a_page_that_says_so() -> None:
    found = made()
    assert "No cell was run." in found.summary().text and isinstance(found.chart(), Prose)
    table = found.results()
    assert (read(table)["status"] == "not run").all() and "8.7 (7.5 to 10.0)" in table.markdown()


def test_one_cell_with_two_values_is_named(home: Any) -> None:
    make_study(SOME)
    rows = load_rows("smoke")
    rows.loc[rows["run"] == "baseline-smoke-s0", "value"] = 0.5
    keep_measured("old", rows)
    with pytest.raises(
        WorkbenchError, match=r"different values \(run baseline-smoke-s0, benchmark motion48.*measured/old"
    ):
        made().results()


def test_no_variants_are_refused() -> None:
    with pytest.raises(WorkbenchError, match="variants: List should have at least 1 item"):
        made(variants=[])


def test_an_unknown_probe_lists_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="Unknown probe 'svm'"):
        made(probe="svm")


def test_the_study_stands_for_what_it_ran_in_the_regime() -> None:
    assert (
        contents("mixed").parameters.variants[-1] == "fac" and contents("ucf101").parameters.variants[-1] == "velgate"
    )


def test_a_reading_nobody_has_adds_no_arm() -> None:
    make_study(SOME)
    assert list(made(reading="both").studies) == ["as_described"]
    assert {arm.reading for arm in made(reading="as_published").arms} == {"as_described"}

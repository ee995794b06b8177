"""Which rows a report takes, which runs it misses, and what it says of the others."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.made_up import make_run, make_study
from workbench.errors import UnknownName, WorkbenchError
from workbench.probes import PROBES
from workbench.report.gather import gather
from workbench.report.parameters import make_parameters
from workbench.rows import keep_measured, load_rows


def parameters(**changes: object) -> object:
    usual = {"preset": "smoke", "seeds": [0], "variants": ["random", "baseline"]}
    return make_parameters("main", usual | changes)


def test_all_runs_there() -> None:
    make_study({"random": 0.1, "baseline": 0.4}, seeds=(0, 1))
    study = gather(parameters(seeds=[0, 1]))
    assert study.missing == () and study.notes == ()
    assert len(study.rows) == 2 * 2 * 15
    assert study.row("baseline", 1, "motion48", "knn").run == "baseline-smoke-s1"
    assert study.row("ld", 1, "motion48", "knn") is None


def test_rows_come_in_the_order_of_the_parameters() -> None:
    make_study({"random": 0.1, "baseline": 0.4}, seeds=(1, 0))
    study = gather(parameters(seeds=[1, 0], variants=["baseline", "random"]))
    assert list(study.rows["run"].unique()) == [f"{v}-smoke-s{s}" for v in ("baseline", "random") for s in (1, 0)]


def test_a_run_that_is_not_there_is_named_with_the_command_that_makes_it() -> None:
    make_run("random")
    (missing,) = gather(parameters()).missing
    assert (missing.run, missing.reason, missing.trained) == ("baseline-smoke-s0", "not trained", False)
    assert missing.commands == ("workbench train baseline --preset smoke --seed 0",)


def test_a_run_without_rows_is_probed_not_trained() -> None:
    make_run("random")
    make_run("baseline", benchmarks=(), predictions=True)
    (missing,) = gather(parameters()).missing
    assert missing.reason == "trained, not probed" and missing.commands == ("workbench probe baseline-smoke-s0",)


def test_cells_outside_the_runs_usual_probes_are_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROBES._entries, "other", PROBES["linear"])
    make_study({"random": 0.1, "baseline": 0.4})
    missing = gather(parameters(probes=["linear", "other"])).missing
    assert len(missing) == 2
    assert missing[0].reason == "trained, not probed: motion48 (other); temporal16 (other); appearance100 (other)"
    command = "workbench probe random-smoke-s0 --benchmark motion48 --benchmark temporal16 --benchmark appearance100 --probe other"
    assert missing[0].commands == (command,)


def test_stopped_and_failed_runs_say_so() -> None:
    make_run("random", benchmarks=()).update(status="training", step=3)
    make_run("baseline", benchmarks=()).update(status="failed", message="'prediction' became nan at step 4")
    random, baseline = gather(parameters()).missing
    assert "stopped at step 3" in random.reason and "became nan at step 4" in baseline.reason


def test_a_measured_table_needs_no_run() -> None:
    import shutil

    runs = make_study({"random": 0.1, "baseline": 0.4})
    keep_measured("smoke", load_rows())
    for run in runs:
        shutil.rmtree(run.folder)
    study = gather(parameters())
    assert study.missing == ()
    row = study.row("baseline", 0, "motion48", "linear")
    assert study.answers(row).mean() == pytest.approx(row.value)


def test_runs_with_settings_changed_by_hand_are_left_out_and_named() -> None:
    make_study({"random": 0.1, "baseline": 0.4})
    other = make_run("baseline", changes={"optim": {"lr": 0.1}})
    study = gather(parameters())
    assert other.name not in set(study.rows["run"])
    assert study.notes == (f"Left out, because settings were changed by hand or by recipe: {other.name}.",)


def test_a_preset_that_has_changed_since_is_said() -> None:
    make_study({"random": 0.1})
    make_run("baseline", config_key="of another day")
    assert any(
        "Made with other settings than the preset has now: baseline-smoke-s0" in n for n in gather(parameters()).notes
    )


def test_an_unknown_benchmark_lists_the_known_ones() -> None:
    make_run("random")
    with pytest.raises(UnknownName, match="appearance100"):
        gather(parameters(benchmarks=["motion47"]))


def test_rows_and_answers_that_contradict_each_other_are_refused() -> None:
    run = make_run("baseline")
    run.rows().assign(value=0.123).to_parquet(run.folder / "rows.parquet")
    study = gather(parameters())
    with pytest.raises(WorkbenchError, match="workbench probe baseline-smoke-s0 --again"):
        study.answers(study.row("baseline", 0, "motion48", "linear"))


def test_of_two_encoders_of_one_run_the_tables_take_the_one_that_its_settings_say() -> None:
    run = make_run("baseline")
    both = pd.concat([run.rows(), run.rows().assign(encoder="teacher", value=0.0)])
    both.to_parquet(run.folder / "rows.parquet")
    assert set(gather(parameters()).rows["encoder"]) == {"context"}


def test_equal_rows_give_an_equal_key() -> None:
    make_study({"random": 0.1, "baseline": 0.4})
    first = gather(parameters()).key
    assert gather(parameters(variants=["baseline", "random"])).key == first
    assert gather(parameters(variants=["random"])).key != first

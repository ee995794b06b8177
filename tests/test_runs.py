import pandas as pd
import pytest

from workbench.errors import UnknownName, WorkbenchError
from workbench.presets import build_config
from workbench.runs import Run, list_runs


def results(probe, value, clips=2):
    row = {"benchmark": "motion48", "probe": probe, "factor": "label", "encoder": "context", "value": value}
    answer = {
        "benchmark": "motion48",
        "probe": probe,
        "factor": "label",
        "encoder": "context",
        "clip": range(clips),
        "truth": 0,
        "predicted": 0,
    }
    return pd.DataFrame([row]), pd.DataFrame(answer)


def test_an_unknown_run_lists_the_known():
    Run.create(build_config("ld", "smoke"))
    with pytest.raises(UnknownName, match=r"Unknown run 'ld-smoke-s1'. Did you mean 'ld-smoke-s0'"):
        Run.open("ld-smoke-s1")


@pytest.mark.parametrize("name", ["../outside", ".hidden", "a/b"])
def test_a_name_cannot_leave_the_folder_of_runs(name, home):
    (home / "outside").mkdir()
    (home / "outside" / "run.json").write_text("{}")
    with pytest.raises(UnknownName):
        Run.open(name)


def test_a_new_run_keeps_its_settings_and_states_its_software():
    config = build_config("fwm", "smoke", 2)
    run = Run.open(Run.create(config).name)
    assert run.config == config and run.name == "fwm-smoke-s2"
    assert run.info["versions"]["torch"] and "commit" in run.info["git"]
    assert run.rows().empty and run.predictions().empty and run.history().empty


def test_a_run_is_not_made_twice():
    Run.create(build_config("ld", "smoke"))
    with pytest.raises(WorkbenchError, match="exists already"):
        Run.create(build_config("ld", "smoke"))


def test_weights_that_are_not_there_yet_are_explained():
    run = Run.create(build_config("ld", "smoke"))
    with pytest.raises(
        WorkbenchError,
        match=r"no weights yet: it is training at step 0 of 8.*workbench train ld --preset smoke --seed 0",
    ):
        run.encoder()


def test_a_finished_run_without_a_weights_file_says_which():
    run = Run.create(build_config("ld", "smoke"))
    run.update(status="finished", step=8)
    with pytest.raises(
        WorkbenchError, match=r"holds no teacher\.safetensors.*workbench train ld --preset smoke --seed 0"
    ):
        run.encoder("teacher")


def test_new_results_replace_those_of_the_same_cell_only():
    run = Run.create(build_config("ld", "smoke"))
    run.add_results(*results("linear", 0.1))
    run.add_results(*results("knn", 0.2))
    run.add_results(*results("linear", 0.3, clips=3))
    assert dict(zip(run.rows()["probe"], run.rows()["value"], strict=True)) == {"knn": 0.2, "linear": 0.3}
    assert run.predictions()["probe"].value_counts().to_dict() == {"linear": 3, "knn": 2}


def test_a_broken_run_file_says_which():
    run = Run.create(build_config("ld", "smoke"))
    (run.folder / "run.json").write_text("{")
    with pytest.raises(WorkbenchError, match=r"run\.json cannot be read"):
        _ = run.info


def test_half_made_folders_are_not_runs(home):
    (home / "checkpoints" / "no-settings").mkdir(parents=True)
    Run.create(build_config("ld", "smoke"))
    assert [run.name for run in list_runs()] == ["ld-smoke-s0"]

"""What differs between two models, in one sentence: claimed differences, unfair ones, and none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from workbench.comparing import Model, settings_table, what_differs
from workbench.files import write_json
from workbench.presets import build_config
from workbench.runs import Run, list_runs
from workbench.training.train import train


@pytest.fixture
def runs(trained_home: Path, home: Path) -> Path:
    """A copy of the finished smoke runs that a test may change."""
    shutil.copytree(trained_home / "checkpoints", home / "checkpoints")
    clean()
    return home


def clean() -> None:
    """As if all runs came from a source tree without changes, whatever this one is like."""
    for run in list_runs():
        run.update(git={"commit": "f" * 40, "dirty": False})


BASE, RANDOM = "baseline-smoke-s0", "random-smoke-s0"


def test_nothing_but_the_variant_differs(runs: Path) -> None:
    said = what_differs(BASE, RANDOM)
    assert said == (
        "baseline-smoke-s0 and random-smoke-s0 differ in the variant, baseline against random (random-smoke-s0 was never trained), "
        "and in nothing else that is recorded."
    )


def test_another_seed_is_no_claim_and_is_named(runs: Path) -> None:
    train(build_config("baseline", "smoke", 1, changes={"optim": {"steps": 4}}), name="seed1", show=False)
    said = what_differs(BASE, "seed1")
    assert "are the same variant; the comparison is not like for like" in said
    for words in ("seed 0 against 1", "the training steps differ: 8 against 4", "the initial weights differ"):
        assert words in said
    assert said.count(". ") == 0 and said.endswith(".")  # one sentence


def test_a_variants_own_settings_are_claimed(runs: Path) -> None:
    train(build_config("ld", "smoke"), show=False)
    clean()
    said = what_differs(BASE, "ld-smoke-s0")
    assert "the variant, baseline against ld (" in said and "objective.weights.ld absent against" in said
    assert said.endswith("and in nothing else that is recorded.")
    table = settings_table([Model.of(BASE), Model.of("ld-smoke-s0")])
    assert table["claimed"].all() and "variant" in set(table["setting"])


def test_a_failed_audit_an_other_commit_and_other_software_are_said(runs: Path) -> None:
    run = Run.open(BASE)
    gradients = run.gradients()
    gradients.assign(norm=0.0).to_parquet(run.folder / "gradients.parquet")
    info = run.info
    info["git"]["commit"] = "0" * 40
    info["versions"] = {**info["versions"], "torch": "0.0"}
    write_json(run.folder / "run.json", info)
    said = what_differs(BASE, RANDOM)
    assert "the audit of baseline-smoke-s0 failed: gradient of" in said
    assert "written by different commits: 0000000000 against" in said and "torch 0.0 against" in said


def test_clips_and_budgets_behind_the_rows_are_compared(runs: Path) -> None:
    run = Run.open(BASE)
    rows = run.rows()
    rows.assign(data_key="other", budget="twice as much").to_parquet(run.folder / "rows.parquet")
    said = what_differs(BASE, RANDOM)
    cells = len(rows)
    assert "the test clips differ: other against" in said and f"{cells} of {cells} cells" in said
    assert "the probe's budget differs: twice as much against" in said


def test_two_encoders_of_one_run(runs: Path) -> None:
    said = what_differs(BASE, f"{BASE}@teacher")
    assert "differ in the encoder of the run, context against teacher" in said
    assert "the encoder probed" not in said


def test_a_random_encoder_without_a_run_and_one_from_elsewhere(runs: Path) -> None:
    said = what_differs(BASE, "random-smoke-s3")
    assert "the variant, baseline against random" in said and "seed 0 against 3" in said and "training data" not in said
    weights = runs / "checkpoints" / BASE / "weights" / "encoder.safetensors"
    shutil.copy(weights, runs / "vit.safetensors")
    shutil.copy(runs / "checkpoints" / BASE / "config.json", runs / "vit.json")
    other = Model.of(BASE)
    unknown = Model(other.encoder)
    unknown.__dict__["about"] = {**other.about, "variant": "hf:somewhere", "run": "hf:somewhere"}
    unknown.__dict__["settings"] = None
    assert "how baseline-smoke-s0 was trained, and on what, is not known here" in what_differs(RANDOM, unknown)


def test_settings_that_differ_are_told_from_those_that_are_claimed(runs: Path) -> None:
    train(build_config("random", "smoke", changes={"data": {"speed": [1.0, 2.0]}}), name="slow", show=False)
    table = settings_table([Model.of(BASE), Model.of("slow")]).set_index("setting")
    assert table.loc["data.speed", "slow"] == "[1.0, 2.0]" and not table.loc["data.speed", "claimed"]
    assert table.loc["variant", "claimed"] and table.loc["optim.steps", "claimed"]
    assert not any(name.startswith("runtime.") for name in table.index)
    assert isinstance(table, pd.DataFrame) and len(settings_table([Model.of(BASE), Model.of(BASE)])) == 0

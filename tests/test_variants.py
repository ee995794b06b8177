"""The variants are the study's: names, coefficients, masks and faults, against the settings that it published."""

import math

import pandas as pd
import pytest
import torch

from workbench.errors import UnknownName, WorkbenchError
from workbench.models.jepa import Jepa
from workbench.paths import published_root
from workbench.presets import build_config, run_name
from workbench.runs import Run
from workbench.training.loop import Trainer, make_accelerator
from workbench.training.train import check_config, fingerprint
from workbench.variants import REGIMES, VARIANTS, trained_variants

# Column of the published settings -> the term that it is the coefficient of.
COEFFICIENTS = {
    "sigreg_coeff": "sigreg",
    "kinematic_coeff": "kinematic",
    "hamiltonian_coeff": "hamiltonian",
    "velgate_coeff": "velgate",
    "fwm_static_coeff": "fwm_static",
    "fwm_orth_coeff": "fwm_orth",
    "delta_coeff": "delta",
    "hw_coeff": "hw",
    "ac_coeff": "ac",
    "ld_coeff": "ld",
    "spectral_coeff": "spectral",
    "ltc_coeff": "ltc",
}


def published() -> pd.DataFrame:
    return pd.read_csv(published_root() / "variants.csv")


def readings():
    return [(name, reading) for name in trained_variants() for reading in VARIANTS[name].readings]


def test_there_are_27_variants_and_a_baseline():
    assert len(trained_variants()) == 28 and set(trained_variants()) == set(published()["variant"])


@pytest.mark.parametrize("regime", REGIMES)
def test_regimes_are_those_of_the_study(regime):
    theirs = published()[published()["regime"] == {"single": "ucf101", "mixed": "mixed"}[regime]]
    assert set(trained_variants(regime)) == set(theirs["variant"])


@pytest.mark.parametrize("row", published().to_dict("records"), ids=lambda row: row["run"])
def test_coefficients_are_the_published_ones(row):
    config = build_config(row["variant"], "smoke")
    theirs = {
        term: row[column] for column, term in COEFFICIENTS.items() if not math.isnan(row[column]) and row[column] != 0
    }
    assert config.objective.weights == theirs
    settings = config.objective.settings
    for name in ("fwm", "ld", "ac"):
        if name == "fwm" and "fwm_static" in theirs:
            assert settings["fwm"]["app_ratio"] == row["fwm_app_ratio"]
    if "kinematic" in theirs:
        assert settings["kinematic"].get("order", 1) == (2 if row["kinematic_type"] == "acceleration" else 1)
        assert ("huber" in settings["kinematic"]) == (row["kinematic_type"] == "huber")
        assert (config.objective.schedules == {"kinematic": "cosine"}) == (row["kinematic_anneal"] is True)


@pytest.mark.parametrize("row", published().to_dict("records"), ids=lambda row: row["run"])
def test_masks_are_the_published_ones(row):
    masks = build_config(row["variant"], "smoke", recipe="published").masks
    assert "/".join(str(mask.blocks) for mask in masks) == row["mask_blocks"]
    for mask in masks:
        assert mask.complement == row["mask_full_complement"] and mask.seen_time == row["mask_max_temporal_keep"]
        assert (mask.kind == "motion_guided") == row["motion_guided"]
        if not math.isnan(row["motion_guided_strength"]):
            assert mask.power == row["motion_guided_strength"]
    assert masks[0].uniform == (0.0 if row["variant"] in ("amg", "combo") else 0.1)


def test_runs_without_ema_have_a_reading_of_their_own():
    without = set(published().loc[published()["disable_ema"], "variant"])
    frozen = {n for n, v in VARIANTS.items() if v.published.get("teacher") == {"kind": "frozen"}}
    assert frozen == without and len(frozen) == 7


@pytest.mark.parametrize(("name", "reading"), readings())
def test_every_reading_is_checked_and_starts_from_the_same_weights(name, reading):
    config = build_config(name, "smoke", reading=reading)
    check_config(config)
    assert fingerprint(Jepa(config)) == fingerprint(Jepa(build_config("baseline", "smoke")))


@pytest.mark.parametrize(("name", "reading"), readings())
def test_the_optimiser_holds_every_trained_parameter_and_the_teacher_has_no_gradient(name, reading):
    run = Run.create(build_config(name, "smoke", reading=reading))
    trainer = Trainer(run, make_accelerator(run.config))
    held = {id(p) for group in trainer.optimiser.param_groups for p in group["params"]}
    teacher = [] if trainer.model.teacher is None else list(trainer.model.teacher.parameters())
    assert held == {id(p) for p in trainer.model.parameters()} - {id(p) for p in teacher}
    clips = torch.randint(0, 256, (16, 8, 16, 16, 3), dtype=torch.uint8)
    loss, _ = trainer.model(clips, trainer.masks(clips), torch.tensor(1.0))
    loss.backward()
    assert torch.isfinite(loss) and all(p.grad is None for p in teacher)
    lacking = [n for n, p in trainer.model.named_parameters() if p.requires_grad and p.grad is None]
    assert all(n.startswith("objectives.parts.ld.") for n in lacking)
    assert bool(lacking) == ("ld" in run.config.objective.no_gradient)


def test_runs_are_named_by_what_is_not_usual():
    names = [
        run_name(build_config("hw_ld", "smoke", 3, reading="as_published", data="mixed")),
        run_name(build_config("baseline", "smoke", data="single")),
        run_name(build_config("baseline", "smoke", recipe="published")),
        run_name(build_config("baseline", "smoke", data="mine")),
    ]
    assert names == [
        "hw_ld-smoke-s3-mixed-as_published",
        "baseline-smoke-s0",
        "baseline-smoke-s0-published",
        "baseline-smoke-s0-mine",
    ]


def test_an_own_data_set_is_probed_and_a_regime_is_not():
    assert build_config("baseline", "smoke", data="mine").probe.benchmarks == ("mine",)
    usual = build_config("baseline", "smoke").probe.benchmarks
    assert build_config("baseline", "smoke", data="mixed").probe.benchmarks == usual


def test_a_variant_with_one_reading_says_so():
    with pytest.raises(WorkbenchError, match=r"'ld' has one reading.*hw_ld, fwm_hw_ld, kinematic"):
        build_config("ld", "smoke", reading="as_published")
    with pytest.raises(UnknownName, match=r"reading 'published'.*as_described, as_published"):
        build_config("hw_ld", "smoke", reading="published")


@pytest.mark.parametrize(
    ("variant", "changes", "said"),
    [
        ("spectral", {"data": {"frames": 4}}, "at least 4 time steps of tokens and the grid has 2"),
        ("fwm", {"objective": {"settings": {"fwm": {"app_ratio": 0.0}}}}, "empty block"),
        ("hw", {"objective": {"weights": {"hw": -0.3}}}, "weight of 'hw'"),
        ("hw", {"objective": {"weights": {"hv": 0.3}}}, "loss term 'hv'"),
        ("baseline", {"objective": {"settings": {"tempo": {}}}}, "objective 'tempo'"),
    ],
)
def test_settings_that_do_not_fit_are_refused_before_a_run_is_made(variant, changes, said, home):
    from workbench.training.train import train

    with pytest.raises(WorkbenchError, match=said):
        train(build_config(variant, "smoke", changes=changes), show=False)
    assert not (home / "checkpoints").exists()

"""Audits of real, short runs: the reading as published fails the right one, and its rows carry the mark."""

import pytest

from workbench.audit import audit_json, audit_mark, audit_run, failed
from workbench.presets import build_config
from workbench.probing import probe_run
from workbench.training.train import train

SHORT = {"data": {"train_clips": 48}, "optim": {"steps": 6}}


def trained(variant, reading="as_described", **changes):
    return train(build_config(variant, "smoke", reading=reading, changes=SHORT | changes), show=False)


def by_audit(run):
    return {(one.audit, one.of): one for one in audit_run(run)}


def test_a_run_as_described_passes():
    run = trained("fwm_hw_ld")
    found = by_audit(run)
    assert not failed(audit_run(run)) and audit_mark(run, "context") == "passed"
    assert found["gradient", "ld"].status == "passed" and "head" in found["gradient", "ld"].found
    assert found["movement", "context"].status == "passed"
    assert set(run.gradients()["step"]) == {0, 3, 5}
    assert {"effective/hw", "effective/ld"} <= set(run.history())


def test_ld_under_hard_weighting_as_published_fails_by_its_gradient_alone():
    run = trained("fwm_hw_ld", "as_published")
    bad = [one for one in audit_run(run) if one.status == "failed"]
    assert [(one.audit, one.of) for one in bad] == [("gradient", "ld")]
    assert "encoder and head" in bad[0].found
    assert audit_mark(run, "context") == audit_mark(run, "teacher") == "failed: gradient of ld"


def test_a_term_that_outweighs_the_prediction_is_noted():
    few = {"settings": {"sigreg": {"slices": 16}}}
    heavy, light = (trained("sigreg", objective=few | {"weights": {"sigreg": weight}}) for weight in (100.0, 1e-6))
    (table,) = (heavy.gradients(),)
    at = {(row.step, row.term): row for row in table[table["place"] == "encoder"].itertuples()}
    times = [f"{100 * at[s, 'sigreg'].norm / at[s, 'predict'].norm:.2g}" for s in (0, 3, 5)]
    found = by_audit(heavy)["gradient", "sigreg"]
    assert found.status == "noted" and "follows this term" in found.found and audit_mark(heavy, "context") == "passed"
    assert f"at the encoder {', '.join(times)} times the prediction's, weighted" in found.found
    assert by_audit(light)["gradient", "sigreg"].status == "passed"


def test_a_head_without_gradient_stays_as_it_was():
    from safetensors.torch import load_file

    run = trained("hw_ld", "as_published")
    from workbench.models.jepa import Jepa

    start = Jepa(run.config).objectives.state_dict()
    end = load_file(run.folder / "weights" / "heads.safetensors")
    assert all((end[name] == value).all() for name, value in start.items())


def test_a_run_without_ema_as_published_fails_by_movement_where_its_teacher_is_probed():
    run = trained("sigreg_no_ema", "as_published")
    assert audit_mark(run, "teacher") == "failed: movement of teacher"
    assert audit_mark(run, "context") == "passed"  # the trained encoder of the same run, a cell worth having


def test_a_kinematic_run_as_published_fails_by_both():
    run = trained("kinematic", "as_published")
    assert audit_mark(run, "teacher") == "failed: gradient of kinematic; movement of teacher"


def test_a_random_encoder_passes_unmoved():
    assert audit_mark(trained("random"), "context") == "passed"


def test_a_run_without_records_was_not_audited():
    from workbench.runs import GRADIENTS

    run = trained("baseline")
    (run.folder / GRADIENTS).unlink()
    assert audit_mark(run, "context") == "not audited"


def test_rows_carry_the_mark_of_the_encoder_that_was_probed():
    run = trained("sigreg_no_ema", "as_published")
    ask = {"benchmarks": ["motion48"], "probes": ["knn"], "show": False}
    assert probe_run(run, **ask)["audit"].tolist() == ["failed: movement of teacher"]
    assert probe_run(run, encoder="context", **ask)["audit"].tolist() == ["passed"]
    rows = run.rows()
    assert rows["encoder"].tolist() == ["teacher", "context"] and rows["reading"].unique().tolist() == ["as_published"]


def test_the_control_is_named_with_what_differs(with_runs):
    from workbench.runs import Run

    found = by_audit(Run.open("baseline-smoke-s0"))
    assert found["control", "random-smoke-s0"].status == "passed"
    assert found["spread", "motion48"].status == "noted" and "one seed" in found["spread", "motion48"].found


def test_equal_weights_are_noted():
    run = trained("hw", objective={"hard": {"hw": 1000.0}})
    assert "close to equal weights" in by_audit(run)["weights in effect", "hw"].found


def test_json_holds_the_numbers():
    run = trained("hw_ld", "as_published")
    said = audit_json(run, audit_run(run))
    assert said["status"] == "failed" and "1210" in said["fault"]
    ld = [row for row in said["gradients"] if row["term"] == "ld"]
    assert {row["place"] for row in ld} == {"encoder", "predictor", "head"} and all(row["norm"] == 0 for row in ld)


def test_audits_are_the_same_after_an_interruption(monkeypatch):
    from tests.training.test_train import stop_after
    from workbench.training.loop import Interrupted

    whole = trained("ld")
    config = build_config("ld", "smoke", changes=SHORT)
    with monkeypatch.context() as patch:
        stop_after(patch, 4)
        with pytest.raises(Interrupted):
            train(config, name="stopped", show=False)
    assert train(config, name="stopped", show=False).gradients().equals(whole.gradients())

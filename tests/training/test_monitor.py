"""The monitor: it changes nothing, reads nothing back in the step, warns of collapse and not of health; snapshots."""

import json

import numpy as np
import pandas as pd
import pytest
import torch

from tests.training.test_train import CHANGES, assert_same_weights, smoke, stop_after
from workbench.audit import audit_run, failed
from workbench.config import Config, merge, validate
from workbench.data.clips import load_clips
from workbench.errors import UnknownName, WorkbenchError
from workbench.presets import build_config
from workbench.quality.budget import SHARES, variance_budget
from workbench.quality.layers import step_cka
from workbench.quality.rank import rankme
from workbench.quality.sums import token_sums
from workbench.runs import Run
from workbench.training import monitor
from workbench.training.collapse import collapse_warnings
from workbench.training.loop import Interrupted, Trainer, make_accelerator
from workbench.training.monitor import MEASURES, PREFIX
from workbench.training.snapshots import snapshot_encoder, snapshot_steps
from workbench.training.train import train


def test_with_and_without_the_monitor_the_weights_are_the_same_bit_for_bit(monkeypatch):
    monkeypatch.setattr(monitor, "EVERY", 2)
    few = {"objective": {"settings": {"sigreg": {"slices": 16}}}}  # which draws from torch's random state
    config = build_config("sigreg", "smoke", changes=merge(CHANGES, few | {"optim": {"steps": 5}}))
    watched = train(config, name="watched", show=False)
    monkeypatch.setattr(Trainer, "look", lambda self, clips: None)
    unwatched = train(config, name="unwatched", show=False)
    assert_same_weights(watched, unwatched)
    new = [name for name in watched.history() if name.startswith(PREFIX)]
    other = unwatched.history()
    pd.testing.assert_frame_equal(watched.history().drop(columns=[*new, "waited"]), other.drop(columns="waited"))
    assert set(new) == {f"{PREFIX}{encoder}/{name}" for encoder in ("context", "teacher") for name in MEASURES}
    read = watched.history().dropna(subset=[f"{PREFIX}context/std"])
    assert read["step"].tolist() == [0, 2, 4], "every second step, and the last"
    for encoder in ("context", "teacher"):
        assert read[[f"{PREFIX}{encoder}/{name}" for name in SHARES]].sum(axis=1).to_numpy() == pytest.approx(1)
    first, last = read.iloc[0], read.iloc[-1]
    assert first[f"{PREFIX}context/rankme"] == first[f"{PREFIX}teacher/rankme"] > 1
    assert last[f"{PREFIX}context/rankme"] != last[f"{PREFIX}teacher/rankme"]


def test_a_reading_is_what_the_functions_say_of_the_same_tokens():
    run = Run.create(smoke())
    trainer = Trainer(run, make_accelerator(run.config))
    clips = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (16, 8, 16, 16, 3), dtype=np.uint8))
    trainer.look(clips)
    ((step, found),) = trainer.monitor.read().items()
    from workbench.latents import normalise
    from workbench.models.layers import tubelets

    with torch.no_grad():
        tokens = trainer.model.encoder(tubelets(normalise(clips), 2, 4))
    assert step == 0 and found[f"{PREFIX}context/rankme"] == pytest.approx(
        rankme(tokens.flatten(0, 1).numpy()), rel=1e-4
    )
    budget = variance_budget(token_sums(tokens.unflatten(1, (4, 16)), torch.zeros(24)))
    assert found[f"{PREFIX}context/clip"] == pytest.approx(budget["clip"], rel=1e-4)
    assert trainer.monitor.read() == {}


def test_a_look_reads_nothing_back_and_draws_nothing(monkeypatch):
    run = Run.create(smoke())
    trainer = Trainer(run, make_accelerator(run.config))
    clips = torch.zeros((16, 8, 16, 16, 3), dtype=torch.uint8)
    state, reads = torch.get_rng_state(), []
    for name in ("item", "tolist", "__bool__", "__float__", "__int__", "numpy", "cpu"):
        original = getattr(torch.Tensor, name)

        def counted(self, *args, _original=original, _name=name, **keywords):
            reads.append(_name)
            return _original(self, *args, **keywords)

        monkeypatch.setattr(torch.Tensor, name, counted)
    trainer.look(clips)
    monkeypatch.undo()
    assert reads == [] and torch.equal(state, torch.get_rng_state())


def test_a_stopped_run_ends_with_the_same_readings_and_snapshots_and_steps_compare(monkeypatch):
    monkeypatch.setattr(monitor, "EVERY", 2)
    config = smoke()
    config = config.model_copy(update={"runtime": config.runtime.model_copy(update={"snapshots": (0, 2, 8)})})
    assert config.key() == smoke().key()
    whole = train(config, name="whole", show=False)
    with monkeypatch.context() as patch:
        stop_after(patch, 3)
        with pytest.raises(Interrupted):
            train(config, name="stopped", show=False)
    resumed = train(config, name="stopped", show=False)
    pd.testing.assert_frame_equal(whole.history().drop(columns="waited"), resumed.history().drop(columns="waited"))
    assert snapshot_steps(whole) == snapshot_steps(resumed) == [0, 2, 8]
    for step in (0, 2, 8):
        for which in ("context", "teacher"):
            a, b = (snapshot_encoder(run, step, which).state_dict() for run in (whole, resumed))
            assert all(torch.equal(a[name], b[name]) for name in a)
    assert_same_weights(whole, train(smoke(), name="without", show=False))
    with pytest.raises(UnknownName, match=r"Known: 0, 2, 8"):
        snapshot_encoder(whole, 3)
    clips = load_clips(config.data, "test")
    table = step_cka(whole, clips, batch=50)
    assert list(table["a"].unique()) == ["step 0", "step 2", "step 8"]
    grid = table["value"].to_numpy(float).reshape(3, 3)
    assert np.diag(grid) == pytest.approx(1) and 0.2 < grid[0, 2] < grid[0, 1] < 1
    with pytest.raises(WorkbenchError, match=r"runtime\.snapshots"):
        step_cka(Run.open("without"), clips)


def test_settings_written_before_there_were_snapshots_still_load_and_wrong_ones_are_refused():
    old = json.loads(smoke().model_dump_json())
    del old["runtime"]["snapshots"]
    assert validate(Config, old) == smoke()
    wrong = build_config("ld", "smoke", changes={"runtime": {"snapshots": [9]}})
    with pytest.raises(WorkbenchError, match=r"snapshots=\[9\].*0 to optim\.steps=8"):
        train(wrong, show=False)


def readings(config, loss, **measures):
    """A history of `config` with readings of the context encoder, evenly spaced."""
    steps = np.linspace(0, config.optim.steps - 1, len(loss)).astype(int)
    columns = {f"{PREFIX}context/{name}": values for name, values in measures.items()}
    return pd.DataFrame({"step": steps, "loss": loss} | columns)


def test_planted_collapse_is_named_with_its_step_and_what_to_try():
    config = build_config("baseline", "quick")
    table = readings(
        config, [1.0] * 6, std=[1, 0.9, 0.8, 0.2, 0.1, 0.1], rankme=[50, 30, 30, 30, 30, 5], uniformity=[-2.0] * 6
    )
    (found,) = collapse_warnings(table, config)
    assert (found.measure, found.encoder, found.since) == ("std", "context", int(table["step"][3]))
    assert "Try target.layer_norm" in found.text and json.loads(json.dumps(found.as_json()))["value"] == 0.1
    assert not collapse_warnings(table.head(4), config), "one reading is not enough"
    back = readings(config, [1.0] * 6, std=[1, 0.1, 0.1, 0.9, 0.9, 0.9])
    assert not collapse_warnings(back, config), "it has recovered"


def test_the_share_of_the_clip_counts_only_where_it_rises_while_the_loss_falls():
    config = build_config("baseline", "quick")
    rising, falling = np.linspace(0.4, 0.89, 15), np.linspace(0.89, 0.4, 15)
    found = collapse_warnings(readings(config, falling, clip=rising), config)
    assert [warning.measure for warning in found] == ["clip"] and "mean_removed" in found[0].advice
    assert not collapse_warnings(readings(config, rising, clip=rising), config)
    assert not collapse_warnings(readings(config, falling, clip=falling), config)
    assert not collapse_warnings(readings(config, falling, clip=np.full(15, 0.88)), config)
    always = collapse_warnings(readings(config, falling, clip=np.full(15, 0.95)), config)
    assert [(warning.measure, warning.since) for warning in always] == [("clip", 0)]


def test_a_run_made_to_collapse_warns_and_says_so_in_its_file_and_its_audit(monkeypatch, capsys):
    monkeypatch.setattr(monitor, "EVERY", 5)
    bare = {"teacher": {"kind": "none"}, "target": {"layer_norm": False, "mean_removed": 0.0}}
    changes = {"optim": {"steps": 40, "lr": 0.01}, "runtime": {"device": "cpu", "log_every": 5}, **bare}
    run = train(build_config("baseline", "smoke", changes=changes), show=True)
    found = run.info["warnings"]
    assert {"std", "uniformity"} <= {warning["measure"] for warning in found}
    assert "may be collapsing: context encoder, std since step" in capsys.readouterr().err
    findings = [finding for finding in audit_run(run) if finding.audit == "collapse"]
    assert {finding.status for finding in findings} == {"noted"} and not failed(findings)


def test_a_sound_run_has_no_warning_and_its_audit_says_so(monkeypatch):
    monkeypatch.setattr(monitor, "EVERY", 5)
    changes = {"optim": {"steps": 21}, "runtime": {"device": "cpu"}}
    run = train(build_config("baseline", "smoke", changes=changes), show=False)
    assert run.info["warnings"] == []
    (finding,) = (finding for finding in audit_run(run) if finding.audit == "collapse")
    assert finding.status == "passed" and "no sign at the last of 5 readings" in finding.found

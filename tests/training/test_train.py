"""Whole paths: a run that is stopped, killed or broken."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from torch.utils._python_dispatch import TorchDispatchMode

from workbench.config import merge
from workbench.data.clips import load_clips
from workbench.errors import WorkbenchError
from workbench.presets import build_config
from workbench.runs import Run, list_runs
from workbench.training.batches import Batch
from workbench.training.history import TrainingDiverged
from workbench.training.hold import hold
from workbench.training.loop import Interrupted, Trainer, make_accelerator
from workbench.training.train import captions_of, train
from workbench.variants import trained_variants

CHANGES = {"data": {"train_clips": 48}, "optim": {"steps": 8}, "runtime": {"device": "cpu", "checkpoint_seconds": 1e-6}}


def smoke(variant="ld", seed=0, reading="as_described", **optim):
    changes = CHANGES | {"optim": CHANGES["optim"] | optim}
    return build_config(variant, "smoke", seed, changes=changes, reading=reading)


def weights(run):
    return {path.name: load_file(path) for path in (run.folder / "weights").iterdir()}


def assert_same_weights(first, second):
    a, b = weights(first), weights(second)
    parts = {"encoder", "teacher", "predictor", "heads"} - (
        {"teacher"} if first.config.teacher.kind == "none" else set()
    )
    assert a.keys() == b.keys() == {f"{part}.safetensors" for part in parts}
    for name, tensors in a.items():
        for key, value in tensors.items():
            assert torch.equal(value, b[name][key]), f"{name} {key}"


def stop_after(monkeypatch, steps):
    """Send this process the signal of Ctrl-C after some steps."""
    take_step = Trainer.take_step

    def stopping(self, batch, waited):
        take_step(self, batch, waited)
        if self.step == steps:
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Trainer, "take_step", stopping)


def test_a_finished_run_holds_what_it_promises():
    run = train(smoke(), show=False)
    assert run.info["status"] == "finished" and run.info["step"] == 8
    assert {"versions", "git", "fingerprint", "data_key", "movement"} <= run.info.keys()
    assert run.info["movement"]["context"] > 0 and run.info["movement"]["teacher"] > 0
    history = run.history()
    assert history["step"].tolist() == list(range(8))
    assert {"raw/predict", "raw/context", "raw/ld", "weighted/ld", "loss", "grad_norm", "lr"} <= set(history)
    assert not list(run.folder.glob("state-*"))
    assert [r.name for r in list_runs()] == [run.name]


def test_the_random_encoder_is_the_initial_one_of_the_same_seed():
    random, trained = train(smoke("random"), show=False), train(smoke("baseline"), show=False)
    assert random.info["fingerprint"] == trained.info["fingerprint"]
    assert random.info["movement"] == {"context": 0.0, "teacher": 0.0}


def test_an_interrupted_run_ends_with_the_same_weights_bit_for_bit(monkeypatch):
    whole = train(smoke(), name="whole", show=False)
    with monkeypatch.context() as patch:
        stop_after(patch, 3)
        with pytest.raises(Interrupted) as stopped:
            train(smoke(), name="stopped", show=False)
    assert stopped.value.step == 3
    assert Run.open("stopped").info["status"] == "training"
    resumed = train(smoke(), name="stopped", show=False)
    assert_same_weights(whole, resumed)
    drop = ["waited"]
    pd.testing.assert_frame_equal(whole.history().drop(columns=drop), resumed.history().drop(columns=drop))


@pytest.mark.parametrize("variant", [name for name in trained_variants() if name != "ld"])
def test_every_variant_goes_on_as_if_it_had_not_stopped(variant, monkeypatch):
    few = {"objective": {"settings": {"sigreg": {"slices": 16}}}} if "sigreg" in variant else {}
    config = build_config(variant, "smoke", changes=merge(CHANGES, few | {"optim": {"steps": 2}}))
    whole = train(config, name="whole", show=False)
    with monkeypatch.context() as patch:
        stop_after(patch, 1)
        with pytest.raises(Interrupted):
            train(config, name="stopped", show=False)
    assert_same_weights(whole, train(config, name="stopped", show=False))


@pytest.mark.slow
def test_a_killed_run_ends_with_the_same_weights_bit_for_bit(home):
    whole = train(smoke(steps=40), name="whole", show=False)
    script = (
        "from tests.training.test_train import smoke; from workbench.training.train import train;"
        "train(smoke(steps=40), name='killed', show=False)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", script], env=os.environ | {"OMP_NUM_THREADS": str(torch.get_num_threads())}
    )
    folder = home / "checkpoints" / "killed"
    deadline = time.monotonic() + 120
    while not list(folder.glob("state-*/state.json")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    states = list(folder.glob("state-*/state.json"))
    assert states and json.loads(states[-1].read_text())["step"] < 40
    assert_same_weights(whole, train(smoke(steps=40), name="killed", show=False))


def test_a_second_process_on_a_run_is_refused():
    run = Run.create(smoke())
    script = (
        "import sys; from workbench.errors import WorkbenchError; from tests.training.test_train import smoke;"
        "from workbench.training.train import train\n"
        "try: train(smoke(), show=False)\nexcept WorkbenchError as error: print(error)"
    )
    with hold(run):
        said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=os.environ)
    assert "Another process is working on the run" in said.stdout


def test_a_diverged_run_names_the_term_keeps_the_checkpoint_and_is_not_gone_on_with(monkeypatch):
    from workbench.objectives import TokenErrors
    from workbench.objectives.latent_dynamics import LatentDynamics

    forward, calls = LatentDynamics.forward, []

    def breaking(self, batch):
        calls.append(1)
        terms = forward(self, batch)
        # Twice to try it, twice a step for the two masks, and twice more at the steps that are audited: 0 and 4.
        return {"ld": TokenErrors(terms["ld"].errors * float("nan"))} if len(calls) > 16 else terms

    monkeypatch.setattr(LatentDynamics, "forward", breaking)
    with pytest.raises(TrainingDiverged, match=r"'raw/ld' became nan at step 5.*checkpoint of step 5 is kept"):
        train(smoke(), name="broken", show=False)
    run = Run.open("broken")
    assert run.info["status"] == "failed" and "raw/ld" in run.info["message"]
    (state,) = run.folder.glob("state-*")
    assert all(torch.isfinite(value).all() for value in load_file(state / "model.safetensors").values())
    with pytest.raises(WorkbenchError, match="raw/ld"):
        train(smoke(), name="broken", show=False)


def test_other_settings_under_the_same_name_are_refused_and_named():
    train(smoke(), name="mine", show=False)
    with pytest.raises(WorkbenchError, match=r"optim\.lr: 0\.002 there, 0\.001 here"):
        train(smoke(lr=0.001), name="mine", show=False)


def test_a_run_of_another_format_says_so():
    run = train(smoke(), show=False)
    run.update(format=99)
    with pytest.raises(WorkbenchError, match="format 99"):
        Run.open(run.name)


def test_the_optimiser_holds_every_trained_parameter():
    run = Run.create(smoke("fwm"))
    trainer = Trainer(run, make_accelerator(run.config))
    held = {id(p) for group in trainer.optimiser.param_groups for p in group["params"]}
    assert held == {id(p) for p in trainer.model.parameters() if p.requires_grad}


# Operations that give a host number, or whose result has as many elements as the values say: each makes the host wait for a GPU.
WAITING = (
    "_local_scalar_dense",
    "nonzero",
    "masked_select",
    "_unique2",
    "unique_dim",
    "equal",
    "is_nonzero",
    "bincount",
)


class Watched(TorchDispatchMode):
    """Notes every operation, backward's too, that makes the host wait."""

    def __init__(self):
        super().__init__()
        self.operations, self.waited = 0, []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        name = function._schema.name.removeprefix("aten::")
        self.operations += 1
        index = args[1] if name in ("index", "index_put_", "index_put") else ()
        by_truth = any(part is not None and part.dtype == torch.bool for part in index)
        if name in WAITING or by_truth:
            self.waited.append(name)
        return function(*args, **(kwargs or {}))


@pytest.mark.parametrize("variant", [*trained_variants(), "baseline+infonce=0.3", "baseline+negclip=0.3"])
def test_a_step_never_waits_for_the_device(variant, monkeypatch):
    config = smoke(variant)
    run = Run.create(config)
    captions = None
    if config.text is not None:
        captions = captions_of(config, load_clips(config.data, "train", progress=False), show=False)
    trainer = Trainer(run, make_accelerator(config), captions)
    clips = torch.from_numpy(np.random.default_rng(0).integers(0, 256, (16, 8, 16, 16, 3), dtype=np.uint8))
    batch = Batch(clips, captions and captions.draw(np.arange(16), 0))
    trainer.take_step(batch, 0.0)  # what is made at the first step
    reads = []
    for name in ("item", "tolist", "__bool__", "__float__", "__int__", "__index__", "numpy", "cpu"):
        original = getattr(torch.Tensor, name)

        def counted(self, *args, _original=original, _name=name, **keywords):
            reads.append(_name)
            return _original(self, *args, **keywords)

        monkeypatch.setattr(torch.Tensor, name, counted)
    with Watched() as watched:
        trainer.take_step(batch, 0.0)
    assert watched.operations > 500 and watched.waited == [] and reads == []


def test_a_wait_for_the_device_is_seen():
    values = torch.tensor([1.0, 0.0])
    with Watched() as watched:
        values.sum().item(), values[values > 0], values.nonzero()
    assert watched.waited == ["_local_scalar_dense", "index", "nonzero"]

"""Two gloo processes must give the gradients of one process with the joint batch."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file, save_file

from workbench.data.clips import load_clips
from workbench.runs import Run
from workbench.training.loop import Trainer, make_accelerator
from workbench.training.train import captions_of
from workbench.variants import TEXT_TERMS, VARIANTS, trained_variants

TWO = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]  # what `torchrun` runs


def readings() -> list[tuple[str, str]]:
    """Every variant in every reading, and every video–text term."""
    every = [(name, reading) for name in trained_variants() for reading in VARIANTS[name].readings]
    return [
        *every,
        *((f"baseline+{term}=0.3", "as_described") for term in sorted({t.objective for _, t in TEXT_TERMS.items()})),
    ]


def save_gradients(folder: Path) -> None:
    """For every variant one forward and backward pass of this process's share of the batch; process 0 saves the gradients."""
    from tests.training.test_train import smoke

    for variant, reading in readings():
        config = smoke(variant, reading=reading)
        accelerator = make_accelerator(config)
        run = Run.create(config, f"{variant}-{reading}-{accelerator.process_index}-of-{accelerator.num_processes}")
        captions = None
        if config.text is not None:
            captions = captions_of(config, load_clips(config.data, "train", progress=False), show=False)
        trainer = Trainer(run, accelerator, captions)
        generator = torch.Generator().manual_seed(5)
        clips = torch.randint(0, 256, (16, 8, 16, 16, 3), dtype=torch.uint8, generator=generator)
        share = 16 // accelerator.num_processes
        mine = clips[accelerator.process_index * share :][:share]
        trainer.seed_step()  # directions of sigreg are those of the step in every process
        drawn = captions and captions.draw(np.arange(16), 3, accelerator.process_index, accelerator.num_processes)
        loss, _ = trainer.forward(mine, trainer.masks(mine), torch.tensor(0.9), drawn)
        accelerator.backward(loss)
        if accelerator.is_main_process:
            found = {name: p.grad for name, p in trainer.model.named_parameters() if p.grad is not None}
            save_file(found, folder / f"{variant}-{reading}-{accelerator.num_processes}.safetensors")


@pytest.mark.slow
def test_two_processes_give_the_gradients_of_the_joint_batch(tmp_path):
    script = tmp_path / "share.py"
    script.write_text(
        "from pathlib import Path\nfrom tests.training.test_ddp import save_gradients\n"
        f"save_gradients(Path({str(tmp_path)!r}))\n"
    )
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.getcwd()}
    two = [sys.executable, *TWO, str(script)]
    for command in (two, [sys.executable, str(script)]):
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
        assert done.returncode == 0, done.stderr[-3000:]
    for variant, reading in readings():
        joint, shared = (load_file(tmp_path / f"{variant}-{reading}-{count}.safetensors") for count in (1, 2))
        assert joint.keys() == shared.keys() and len(joint) > 40
        largest = max(gradient.abs().max() for gradient in joint.values())
        for name, gradient in joint.items():
            # A bias of keys has no gradient but rounding, since the softmax is blind to it: nothing of it is compared.
            difference = (gradient - shared[name]).abs().max() / (gradient.abs().max() + 1e-5 * largest)
            assert difference < 2e-4, f"{variant} {reading}: {name}"


@pytest.mark.slow
def test_two_processes_give_the_loss_curve_of_one(tmp_path):
    """The command of docs/machines.md against the plain one: same loss, terms and gradient norm at every step."""
    words = ["train", "fwm", "--preset", "smoke", "--no-probe", "--set", "optim.steps=40"]
    curves = {}
    for processes, launch in ((1, []), (2, TWO)):
        environment = os.environ | {"OMP_NUM_THREADS": "1", "WORKBENCH_HOME": str(tmp_path / str(processes))}
        command = [sys.executable, *launch, "-m", "workbench.cli", *words]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=300)
        assert done.returncode == 0, done.stderr[-3000:]
        (run,) = tmp_path.glob(f"{processes}/checkpoints/*")
        assert json.loads((run / "run.json").read_text())["processes"] == processes
        curves[processes] = pd.read_parquet(run / "history.parquet")
    one, two = curves[1], curves[2]
    told = [name for name in one if name == "loss" or name == "grad_norm" or name.startswith(("raw/", "weighted/"))]
    assert len(one) == len(two) == 40 and len(told) >= 6
    for name in told:
        # Rounding grows with every step; the norm of gradients of small size shows it most.
        np.testing.assert_allclose(two[name], one[name], rtol=1e-2 if name == "grad_norm" else 1e-3, err_msg=name)

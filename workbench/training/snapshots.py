"""Weights of an encoder at chosen steps of training, kept beside the run for comparing steps: `runtime.snapshots`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from workbench.errors import UnknownName, WorkbenchError
from workbench.runs import WEIGHT_FILES, encoders_of, write_weights

if TYPE_CHECKING:
    from workbench.models.encoder import Encoder
    from workbench.models.jepa import Jepa
    from workbench.runs import Run

FOLDER = "snapshots"


def save_snapshot(run: Run, model: Jepa, step: int) -> None:
    """Write encoder and teacher as they are after `step` steps; what is there of that step is replaced by the same."""
    write_weights(_folder(run, step), encoders_of(model))


def snapshot_steps(run: Run) -> list[int]:
    """Steps that the run kept weights of, in order."""
    return sorted(int(folder.name.removeprefix("step-")) for folder in run.folder.glob(f"{FOLDER}/step-*"))


def snapshot_encoder(run: Run, step: int, which: str | None = None) -> Encoder:
    """The run's encoder after `step` steps, frozen; `which` is "context" or "teacher", by default the one that is probed."""
    which = which or run.config.probe.encoder
    if which not in WEIGHT_FILES:
        raise UnknownName("encoder of a run", which, WEIGHT_FILES)
    if step not in snapshot_steps(run):
        raise UnknownName(f"snapshot of {run.name} after step", step, map(str, snapshot_steps(run)))
    path = _folder(run, step) / f"{WEIGHT_FILES[which]}.safetensors"
    if not path.is_file():
        raise WorkbenchError(f"The run '{run.name}' was trained without a teacher; its encoder is 'context'.")
    return run.read_encoder(path)


def _folder(run: Run, step: int) -> Path:
    return run.folder / FOLDER / f"step-{step:08d}"

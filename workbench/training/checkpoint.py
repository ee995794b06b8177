"""The state of an unfinished run: everything that the next step depends on, written whole, so that a kill loses nothing.

Masks, data order and random numbers are functions of seed and step, so the state is weights, optimiser and step.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import torch

from workbench.errors import WorkbenchError
from workbench.files import whole_folder
from workbench.models.jepa import Jepa
from workbench.training.history import History


def save_state(
    run_folder: Path,
    counters: dict[str, Any],
    model: Jepa,
    optimiser: torch.optim.Optimizer,
    history: History,
) -> None:
    """Write `state-<step>/` and then remove the older ones. `counters`: `step` and what else goes into JSON."""
    from safetensors.torch import save_file

    with whole_folder(run_folder / f"state-{counters['step']:08d}") as folder:
        save_file(
            {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()},
            folder / "model.safetensors",
        )
        save_file(_optimiser_tensors(optimiser), folder / "optimiser.safetensors")
        history.table().to_parquet(folder / "history.parquet", index=False)
        (folder / "state.json").write_text(json.dumps(counters))
    for old in _states(run_folder)[:-1]:
        shutil.rmtree(old)


def load_state(
    run_folder: Path, model: Jepa, optimiser: torch.optim.Optimizer, history: History
) -> dict[str, Any] | None:
    """Load the newest state into model, optimiser and history; give its counters, or None where there is no state."""
    from safetensors.torch import load_file

    states = _states(run_folder)
    if not states:
        return None
    folder = states[-1]
    try:
        model.load_state_dict(load_file(folder / "model.safetensors"))
        _restore_optimiser(optimiser, load_file(folder / "optimiser.safetensors"))
        history.restore(folder / "history.parquet")
        counters: dict[str, Any] = json.loads((folder / "state.json").read_text())
    except Exception as error:
        raise WorkbenchError(
            f"The saved state {folder} cannot be read ({error}). Delete it to start the run anew."
        ) from error
    return counters


def clear_states(run_folder: Path) -> None:
    """Remove all saved states of a run."""
    for folder in _states(run_folder):
        shutil.rmtree(folder)


def _states(run_folder: Path) -> list[Path]:
    return sorted(run_folder.glob("state-*"))


def _parameters(optimiser: torch.optim.Optimizer) -> list[torch.Tensor]:
    return [parameter for group in optimiser.param_groups for parameter in group["params"]]


def _optimiser_tensors(optimiser: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """Every tensor of the optimiser's state, by position of its parameter and name."""
    tensors = {}
    for position, parameter in enumerate(_parameters(optimiser)):
        for name, value in optimiser.state[parameter].items():
            tensors[f"{position:05d}/{name}"] = torch.as_tensor(value).detach().cpu().contiguous()
    return tensors or {"empty": torch.zeros(1)}


def _restore_optimiser(optimiser: torch.optim.Optimizer, tensors: dict[str, torch.Tensor]) -> None:
    state: dict[int, dict[str, Any]] = {}
    for key, value in tensors.items():
        if key != "empty":
            position, name = key.split("/")
            state.setdefault(int(position), {})[name] = value
    groups = optimiser.state_dict()["param_groups"]
    optimiser.load_state_dict({"state": state, "param_groups": groups})

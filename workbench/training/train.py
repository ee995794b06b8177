"""Train a run: make or resume its folder, train to the end, and write what a finished run holds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd
import torch
from torch import nn

from workbench.config import Config
from workbench.data.clips import ClipSet, check_source, holds_stills, load_clips
from workbench.data.composition import COMPOSITIONS
from workbench.errors import UnknownName, WorkbenchError
from workbench.files import content_key, whole_file
from workbench.masking import MASKS, token_counts
from workbench.models.jepa import Jepa
from workbench.objectives import OBJECTIVES, ObjectiveSet
from workbench.presets import run_name
from workbench.progress import progress_bar
from workbench.runs import GRADIENTS, Run
from workbench.training.checkpoint import clear_states
from workbench.training.gradients import GRADIENT_COLUMNS
from workbench.training.history import TrainingDiverged
from workbench.training.hold import hold
from workbench.training.loop import Trainer, make_accelerator, train_steps

if TYPE_CHECKING:
    from workbench.text.training import TrainingCaptions

TRIAL_WIDTH = 8  # of captions, to try an objective on before any tower is opened


def train(config: Config, *, name: str | None = None, show: bool = True) -> Run:
    """Train the run of `config`, or go on with it where it stopped; a finished one is returned as it is.

    Raises where the settings cannot be trained with, the run belongs to other settings, is held by another process, or has
    diverged.
    """
    check_config(config)
    accelerator = make_accelerator(config)
    if accelerator.is_main_process:
        _open_or_create(config, name)
    accelerator.wait_for_everyone()
    run = Run.open(name or run_name(config))
    if run.finished:
        return run
    with hold(run, accelerator.is_main_process):
        if run.info["status"] == "failed":
            raise WorkbenchError(f"{run.info['message']} (To train it anew, delete {run.folder}.)")
        clips = load_clips(config.data, "train", progress=show and accelerator.is_main_process)
        captions = captions_of(config, clips, show and accelerator.is_main_process)
        trainer = Trainer(run, accelerator, captions)
        if accelerator.is_main_process:
            about = {"text": captions.about()} if captions else {}
            device = str(accelerator.device)
            run.update(fingerprint=fingerprint(trainer.untrained()), data_key=clips.key, device=device, **about)
        try:
            seen = show and accelerator.is_main_process
            with progress_bar(run.name, config.optim.steps, trainer.step, seen) as report:
                train_steps(trainer, clips.clips, _reporter(report, trainer, seen))
        except TrainingDiverged as error:
            if accelerator.is_main_process:
                run.update(status="failed", message=str(error))
            raise
        if accelerator.is_main_process:
            _finish(run, trainer)
        accelerator.wait_for_everyone()
    return run


def check_config(config: Config) -> None:
    """Raise, before anything is made, where a name is unknown or settings do not fit each other: objectives, masks, data."""
    _check_names(config)
    for mask in config.masks:
        MASKS[mask.kind]
        token_counts(mask, config.grid)
        if mask.kind == "motion_guided" and holds_stills(config.data):
            raise WorkbenchError(
                f"Masks 'motion_guided' fall where things move, and '{config.data.source}' holds still images. "
                "Train on videos, or with masks 'blocks'."
            )
    trial = TRIAL_WIDTH if config.text is not None else 0
    objectives = ObjectiveSet(config.objective, config.latent_width, trial, config.optim.batch)
    objectives.check(config.grid)
    # A random encoder of the same sweep is not trained, whatever snapshots the others keep.
    if config.optim.steps and any(not 0 <= step <= config.optim.steps for step in config.runtime.snapshots):
        raise WorkbenchError(
            f"runtime.snapshots={list(config.runtime.snapshots)} names a step outside of 0 to optim.steps={config.optim.steps}."
        )


def _check_names(config: Config) -> None:
    """What is read hours later, when the run is probed, is said at once too."""
    from workbench.probes.views import probe_and_views
    from workbench.text import check_tower

    for source in (config.data.source, *config.probe.benchmarks):
        check_source(source)
    COMPOSITIONS[config.data.composition]
    for probe in config.probe.probes:
        probe_and_views(probe)
    if config.text is not None:
        check_tower(config.text.tower)


def captions_of(config: Config, clips: ClipSet, show: bool) -> TrainingCaptions | None:
    """The captions of the training clips, where the settings ask for them."""
    if config.text is None:
        return None
    from workbench.text.training import TrainingCaptions

    wrong = any(getattr(OBJECTIVES[name], "wants_wrong", False) for name in config.objective.settings)
    return TrainingCaptions(config, clips, wrong, show)


def fingerprint(model: Jepa) -> str:
    """Content key of the initial encoder and predictor: equal for every variant of a seed."""
    parts = [model.encoder.state_dict(), model.predictor.state_dict()]
    return content_key(*(value.numpy().tobytes() for part in parts for value in part.values()))


def movement(now: nn.Module, start: nn.Module) -> float:
    """Relative distance of weights from where they started: ‖θ − θ₀‖ / ‖θ₀‖. Zero means never trained."""
    pairs = list(zip(now.parameters(), start.parameters(), strict=True))
    moved = sum(float((a.detach().cpu() - b.detach()).square().sum()) for a, b in pairs)
    return (moved / sum(float(b.detach().square().sum()) for _, b in pairs)) ** 0.5


def _open_or_create(config: Config, name: str | None) -> None:
    name = name or run_name(config)
    try:
        run = Run.open(name)
    except UnknownName:
        Run.create(config, name)
        return
    run.require_settings(config)


def _finish(run: Run, trainer: Trainer) -> None:
    model, start = trainer.model, trainer.untrained()
    moved = {"context": movement(model.encoder, start.encoder)}
    if model.teacher is not None and start.teacher is not None:
        moved["teacher"] = movement(model.teacher, start.teacher)
    with whole_file(run.folder / "history.parquet") as path:
        trainer.history.table().to_parquet(path, index=False)
    with whole_file(run.folder / GRADIENTS) as path:
        pd.DataFrame(trainer.gradients, columns=list(GRADIENT_COLUMNS)).to_parquet(path, index=False)
    run.save_weights(model)
    if trainer.captions is not None:
        trainer.captions.save(run)
    run.update(
        status="finished",
        step=trainer.step,
        seconds=round(trainer.seconds, 1),
        finished=time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        processes=trainer.accelerator.num_processes,
        threads=torch.get_num_threads(),
        movement=moved,
        warnings=[warning.as_json() for warning in trainer.warnings],
    )
    clear_states(run.folder)
    trainer.live.clear()


def _reporter(
    report: Callable[[int, str], None], trainer: Trainer, seen: bool
) -> Callable[[int, dict[str, float]], None]:
    """Tell the loss, and at the first sight of each warning the whole of it, above the bar or between the lines."""
    told: set[tuple[str, str]] = set()

    def tell(step: int, row: dict[str, float]) -> None:
        note = f"loss {row['loss']:.4f}" if "loss" in row else ""
        if trainer.warnings:
            note += ", may be collapsing: " + ", ".join(dict.fromkeys(w.measure for w in trainer.warnings))
        report(step, note)
        for warning in trainer.warnings:
            if seen and (warning.encoder, warning.measure) not in told:
                told.add((warning.encoder, warning.measure))
                print(f"{trainer.run.name} may be collapsing: {warning.text}", file=sys.stderr, flush=True)

    return tell

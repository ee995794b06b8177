"""The training loop: one code path for CPU, one GPU and several processes, through accelerate."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from accelerate import Accelerator
from accelerate.utils import DistributedDataParallelKwargs
from torch import Tensor, nn

from workbench.config import Config
from workbench.data.augment import augment, draw_augmentation
from workbench.data.shards import Clips
from workbench.distributed import leave_group_at_exit
from workbench.files import content_key
from workbench.masking import Mask, draw_masks
from workbench.models.jepa import Jepa
from workbench.runs import Run
from workbench.training.batches import Batch, Loader
from workbench.training.checkpoint import load_state, save_state
from workbench.training.collapse import Warning, collapse_warnings
from workbench.training.gradients import audited_steps, gradient_norms
from workbench.training.history import History
from workbench.training.live import LiveLog
from workbench.training.monitor import Monitor, monitored
from workbench.training.optimiser import adamw, set_rate
from workbench.training.schedules import learning_rate, teacher_momentum
from workbench.training.snapshots import save_snapshot

if TYPE_CHECKING:
    from workbench.text.batch import DrawnCaptions
    from workbench.text.training import TrainingCaptions


class Interrupted(KeyboardInterrupt):
    """Training was asked to stop and has saved its state; the same command goes on from `step`."""

    def __init__(self, step: int) -> None:
        self.step = step
        super().__init__(f"stopped at step {step}")


def make_accelerator(config: Config) -> Accelerator:
    """Devices, precision and processes as the settings and the launcher say."""
    runtime = config.runtime
    cpu = runtime.device == "cpu" or not torch.cuda.is_available()
    bf16 = runtime.precision == "bf16" or (runtime.precision == "auto" and not cpu)
    # A term without gradient, as the study had it, leaves its head out of the backward pass; DDP must be told.
    unused = DistributedDataParallelKwargs(find_unused_parameters=bool(config.objective.no_gradient))
    accelerator = Accelerator(cpu=cpu, mixed_precision="bf16" if bf16 else "no", kwargs_handlers=[unused])
    leave_group_at_exit()
    return accelerator


def make_optimiser(model: Jepa, config: Config) -> torch.optim.AdamW:
    """AdamW over every trained parameter; biases, norms and single tokens are not decayed."""
    return adamw(_by_rate(model, config), config.optim)


def _by_rate(model: Jepa, config: Config) -> list[tuple[list[nn.Parameter], float]]:
    """The trained parameters, and by how much their learning rate is scaled: those of a text tower lie apart."""
    tower = {id(p) for p in model.tower.parameters()} if model.tower is not None else set()
    groups = [([p for p in model.trained_parameters() if id(p) not in tower], 1.0)]
    if model.tower is not None and config.text is not None:
        groups.append(([p for p in model.tower.parameters() if p.requires_grad], config.text.lr_scale))
    return groups


class Trainer:
    """Model, optimiser and history of one run, and the step that moves them; `captions` of a run that has any."""

    def __init__(self, run: Run, accelerator: Accelerator, captions: TrainingCaptions | None = None) -> None:
        self.run, self.config, self.accelerator, self.captions = run, run.config, accelerator, captions
        self.model = self.untrained()
        self.optimiser = make_optimiser(self.model, self.config)
        self.history, self.monitor, self.live = History(run.name), Monitor(), LiveLog(run.folder)
        found = load_state(run.folder, self.model, self.optimiser, self.history)
        self.step, self.seconds, self.gradients = 0, 0.0, list[dict[str, Any]]()
        if found is not None:
            self.step, self.seconds, self.gradients = found["step"], found["seconds"], found["gradients"]
        self.saved = self.step
        self.warnings: list[Warning] = []
        self.forward, self._optimiser = accelerator.prepare(self.model, self.optimiser)
        runtime, gpu = self.config.runtime, accelerator.device.type == "cuda"
        if runtime.compile == "on" or (runtime.compile == "auto" and gpu):
            self.forward = torch.compile(self.forward)

    def untrained(self) -> Jepa:
        """The model as it is before the first step; its text tower is the one of the captions, not another."""
        captions = self.captions
        if captions is None:
            return Jepa(self.config)
        return Jepa(self.config, captions.tower.width, captions.trained_tower)

    def masks(self, clips: Tensor) -> list[Mask]:
        """This process's part of the masks of the joint batch, for its `clips`."""
        config, accelerator = self.config, self.accelerator
        return draw_masks(
            config.masks,
            config.optim.batch,
            config.grid,
            config.seed,
            self.step,
            accelerator.device,
            clips=clips,
            rank=accelerator.process_index,
            processes=accelerator.num_processes,
        )

    @property
    def progress(self) -> Tensor:
        """Share of training done."""
        return torch.full((), self.step / self.config.optim.steps, device=self.accelerator.device)

    def seed_step(self) -> None:
        """Random numbers of a step are a function of seed and step alone."""
        torch.manual_seed(int(content_key("step", self.config.seed, self.step, length=15), 16))

    def audit_gradients(self, batch: Batch) -> None:
        """Note which term moves what, where this step is one of those that are looked at; the step itself is not changed."""
        if self.step not in audited_steps(self.config.optim.steps):
            return
        self.seed_step()
        clips, captions = self.placed(batch)
        with self.accelerator.autocast():
            terms = self.model.terms(clips, self.masks(clips), self.progress, captions)
        self.gradients += gradient_norms(self.model, terms, self.progress, self.step)

    def look(self, clips: Tensor) -> None:
        """Take a reading of the quality of the space where one is due; the step itself is not changed."""
        if self.accelerator.is_main_process and monitored(self.step, self.config.optim.steps):
            self.monitor.look(self.model, clips, self.step, self.accelerator)

    def augmented(self, clips: Tensor) -> Tensor:
        """This process's clips, changed as they would be in the joint batch; as they are where augmentation is off."""
        config, accelerator = self.config, self.accelerator
        joint = draw_augmentation(config.augment, config.optim.batch, config.seed, self.step)
        return augment(clips, joint.share(accelerator.process_index, accelerator.num_processes))

    def placed(self, batch: Batch) -> tuple[Tensor, DrawnCaptions | None]:
        """Clips, augmented, and captions of a batch on this process's device."""
        device, captions = self.accelerator.device, batch.captions
        return self.augmented(batch.clips.to(device, non_blocking=True)), captions and captions.to(device)

    def take_step(self, batch: Batch, waited: float) -> None:
        """One step on this process's clips; nothing in it waits for the device."""
        optim = self.config.optim
        self.seed_step()
        rate = learning_rate(self.step, optim)
        set_rate(self.optimiser, rate)
        clips, captions = self.placed(batch)
        loss, log = self.forward(clips, self.masks(clips), self.progress, captions)
        self.accelerator.backward(loss)
        norm = torch.nn.utils.clip_grad_norm_(self.model.trained_parameters(), optim.clip_norm)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        momentum = teacher_momentum(self.step, optim.steps, self.config.teacher)
        self.model.update_teacher(momentum)
        plain = {"step": float(self.step), "lr": rate, "momentum": momentum, "waited": waited}
        self.history.add(
            plain, log | {"loss": loss.detach(), "grad_norm": norm}
        )  # terms first: the first bad one is named
        self.step += 1

    def keep_snapshot(self) -> None:
        """Keep the encoder's weights, where the settings name the number of steps done."""
        if self.accelerator.is_main_process and self.step in self.config.runtime.snapshots:
            save_snapshot(self.run, self.model, self.step)

    def flush(self) -> None:
        """Read the waiting terms and readings; raise `TrainingDiverged` at the first term that is not finite."""
        self.history.flush(self.saved)
        readings = self.monitor.read()
        for step, values in readings.items():
            self.history.join(step, values)
        if readings:
            self.warnings = collapse_warnings(self.history.table(), self.config)
        if self.accelerator.is_main_process:
            self.live.write(self.history.rows, self.seconds, [warning.text for warning in self.warnings])

    def save(self) -> None:
        """Read the waiting terms, so that a diverged state is never saved, and write the state."""
        self.flush()
        if self.accelerator.is_main_process and self.step > self.saved:
            counters = {"step": self.step, "seconds": self.seconds, "gradients": self.gradients}
            save_state(self.run.folder, counters, self.model, self.optimiser, self.history)
            warnings = [warning.as_json() for warning in self.warnings]
            self.run.update(step=self.step, seconds=round(self.seconds, 1), warnings=warnings)
        self.saved = self.step


def train_steps(trainer: Trainer, clips: Clips, report: Callable[[int, dict[str, float]], None]) -> None:
    """Train from the trainer's step to the end; `report` gets the step and the newest row now and then.

    Raises `Interrupted` after saving the state when a signal asks to stop, `TrainingDiverged` at a non-finite term.
    """
    config, accelerator = trainer.config, trainer.accelerator
    started, before, last_save = time.monotonic(), trainer.seconds, time.monotonic()
    loader = Loader(
        clips,
        batch=config.optim.batch,
        seed=config.seed,
        start=trainer.step,
        stop=config.optim.steps,
        rank=accelerator.process_index,
        processes=accelerator.num_processes,
        pin=accelerator.device.type == "cuda",
        captions=trainer.captions,
    )
    with loader, stop_signals() as stopping:
        batches = iter(loader)
        trainer.keep_snapshot()
        while trainer.step < config.optim.steps:
            asked = time.monotonic()
            batch = next(batches)
            waited = time.monotonic() - asked
            trainer.audit_gradients(batch)
            trainer.look(batch.clips)
            trainer.take_step(batch, waited)
            trainer.keep_snapshot()
            trainer.seconds = before + time.monotonic() - started
            read = trainer.step % config.runtime.log_every == 0
            if read:
                trainer.flush()
                report(trainer.step, trainer.history.last)
            due = time.monotonic() - last_save > config.runtime.checkpoint_seconds
            stop, due = agreed(stopping.is_set(), due, read, accelerator)
            if stop or due:
                trainer.save()
                last_save = time.monotonic()
            if stop:
                raise Interrupted(trainer.step)
    trainer.flush()


def agreed(stop: bool, due: bool, read: bool, accelerator: Accelerator) -> tuple[bool, bool]:
    """Whether any process was asked to stop, and whether for any a state is due; all answer alike, so that none waits for one that has left.

    Several processes ask each other only where the history is `read` too: an answer makes the host wait for the device.
    """
    if accelerator.num_processes == 1:
        return stop, due
    if not read:
        return False, False
    stops, dues = accelerator.reduce(torch.tensor([stop, due], dtype=torch.float32, device=accelerator.device)).tolist()
    return stops > 0, dues > 0


@contextmanager
def stop_signals() -> Iterator[threading.Event]:
    """An event set by the first Ctrl-C or SIGTERM; the second one stops at once. Outside the main thread: never set."""
    event = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield event
        return

    def handle(number: int, frame: Any) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()

    old = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield event
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)

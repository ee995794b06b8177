"""`workbench train` as a process of its own, so that a notebook's kernel stays free.

The process belongs to a session of its own: it goes on when the kernel that started it is restarted or dies, for a kernel is
restarted often and a run is worth more than that. It is found again by the run's lock (`workbench.training.hold`).
"""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from workbench.config import Config, flat
from workbench.errors import WorkbenchError
from workbench.own import OWN, own_folder
from workbench.paths import home, runs_root
from workbench.presets import trained_on

TAIL = 8  # lines of a log
CHILDREN: dict[str, Child] = {}  # by run, started in this process


class Child:
    """A training process that this one started. `stopping`: it was asked to end."""

    def __init__(self, run: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.run, self.process, self.log = run, process, log
        self.stopping = self._told = False

    @property
    def alive(self) -> bool:
        """Whether it still runs. A stop that was asked for before it could hear is passed on here."""
        if self.process.poll() is not None:
            return False
        if self.stopping and not self._told and self.log.stat().st_size:
            self.process.send_signal(signal.SIGINT)
            self._told = True
        return True

    def stop(self) -> bool:
        """Ask it once to save and end, as Ctrl-C does, and say whether it still runs."""
        self.stopping = True
        return self.alive

    @property
    def failed(self) -> bool:
        """Whether it ended badly without having been asked to end."""
        return bool(self.process.poll()) and not self.stopping

    def last_words(self) -> str:
        """Why it ended: the error that it printed, or how it died and what the log ends with."""
        lines = tail(self.log)
        said = next((line.removeprefix("Error: ") for line in reversed(lines) if line.startswith("Error: ")), None)
        if said:
            return said
        status = self.process.poll() or 0
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return f"Its process {how}. {self.log} ends: {lines[-1] if lines else 'nothing was written'}"


def log_of(run: str) -> Path:
    """Where the output of a run's training process goes."""
    return runs_root() / ".logs" / f"{run}.log"


def tail(log: Path) -> list[str]:
    """The last lines of a log; none where there is no log."""
    try:
        return log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
    except OSError:
        return []


def train_arguments(config: Config, changes: dict[str, Any] | None = None, probe: bool = True) -> list[str]:
    """What is typed after `workbench` to train the run of `config`, made from its variant and preset with `changes`."""
    words = ["train", config.variant, "--preset", config.preset, "--seed", str(config.seed)]
    if data := trained_on(config):
        words += ["--data", data]
    for key, value in flat(changes or {}).items():
        words += ["--set", f"{key}={value}"]
    return words if probe else [*words, "--no-probe"]


def start(run: str, arguments: list[str], config: Config) -> Child:
    """Start `workbench` with `arguments`, which work on `run`, and return at once. Its output goes to `checkpoints/.logs/`.

    Raises for an objective of a cell, which another process cannot know, and where no log can be written.
    """
    _require_files(config)
    log = log_of(run)
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "workbench.cli.in_background", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                env=os.environ | {"WORKBENCH_HOME": str(home())},
                start_new_session=True,  # what interrupts or ends the kernel does not reach it
            )
    except OSError as error:
        raise WorkbenchError(f"The training cannot be started: {disk_words(error)}") from error
    child = CHILDREN[run] = Child(run, process, log)
    return child


def disk_words(error: OSError) -> str:
    """What an error of the file system says to a person."""
    where = f" ({error.filename})" if error.filename else ""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full{where}. Free some space and start again; the run goes on from its saved state."
    return f"{error.strerror or error}{where}."


def _require_files(config: Config) -> None:
    if not config.objective.own:
        return
    from workbench.objectives import OBJECTIVES

    for name in config.objective.own:
        if name in OWN and not OBJECTIVES[name].__module__.startswith("workbench_own_"):
            raise WorkbenchError(
                f"The objective '{name}' is defined in a cell, and another process does not know it. Save its class in "
                f"{own_folder()}/{name}.py, or train it in this kernel: wb.complete_run('{config.variant}', '{config.preset}')."
            )

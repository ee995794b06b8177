"""Who is working on a run: one process at a time, whose number stands in the run's folder, so that another can watch and stop it."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from workbench.disk import writing
from workbench.errors import WorkbenchError
from workbench.files import write_json

if TYPE_CHECKING:
    from workbench.runs import Run

LOCK, FILE = ".lock", ".holder.json"
PATIENCE = 0.2  # seconds; who only asks holds the lock for less than a millisecond


@dataclass(frozen=True)
class Holder:
    """The process that works on a run: its number, the machine, and since when."""

    pid: int
    host: str
    since: str

    @property
    def here(self) -> bool:
        """Whether it runs on this machine."""
        return self.host == socket.gethostname()


@contextmanager
def hold(run: Run, main: bool = True) -> Iterator[None]:
    """Keep every other process off the run's folder; the operating system lets go when this process dies."""
    if not main:
        yield
        return
    lock = FileLock(run.folder / LOCK)
    try:
        with writing(run.folder):
            lock.acquire(timeout=PATIENCE, poll_interval=0.02)
    except Timeout:
        raise WorkbenchError(
            f"Another process is working on the run '{run.name}'. Wait for it, or stop it first."
        ) from None
    path = run.folder / FILE
    try:
        write_json(path, asdict(Holder(os.getpid(), socket.gethostname(), time.strftime("%Y-%m-%d %H:%M"))))
        yield
    finally:
        path.unlink(missing_ok=True)
        lock.release()


def holder(run: Run) -> Holder | None:
    """The process that is working on the run now, or None. What a process that was killed left behind does not count."""
    try:
        found = Holder(**json.loads((run.folder / FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None
    lock = FileLock(run.folder / LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return found
    lock.release()
    return None


def ask_to_stop(run: Run) -> None:
    """Send the process that works on the run what Ctrl-C sends: it saves its state and ends.

    Raises where there is none, or where it runs on another machine or belongs to another person.
    """
    found = holder(run)
    if found is None:
        raise WorkbenchError(f"No process is working on the run '{run.name}'.")
    if not found.here:
        raise WorkbenchError(f"The run '{run.name}' is trained on {found.host} (process {found.pid}). Stop it there.")
    try:
        os.kill(found.pid, signal.SIGINT)
    except (ProcessLookupError, PermissionError) as error:
        raise WorkbenchError(f"Process {found.pid} of the run '{run.name}' cannot be stopped: {error}.") from None

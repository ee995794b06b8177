"""Notebooks in processes of their own, some at a time: one that fails takes no other with it, and Ctrl-C ends them all."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from workbench.files import whole_file, whole_folder
from workbench.paths import home, reports_root
from workbench.report.notebook import Job, as_json
from workbench.report.origin import PACKAGE

LINES = 3  # of a dead process's last words that are quoted
PATIENCE = 20.0  # seconds that a process has to end its kernel
Done = dict[str, Any] | str  # what `report.json` says, or why there is none
Tell = Callable[[str, int], None]
Start = Callable[[], "subprocess.Popen[bytes]"]


class Stopped(Exception):
    """The job was ended before it was done."""


class Processes:
    """Executes jobs, `workers` at a time."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._running: set[Executor] = set()
        self._idle: list[Executor] = []  # one that has done a job takes the next: what it has imported it has
        self._all: list[Executor] = []
        self._beside: list[subprocess.Popen[bytes]] = []
        self._lock = threading.Lock()
        self._stopped = False

    def outcomes(self, jobs: list[Job], tell: Tell, beside: Start | None = None) -> dict[str, Done]:
        """What became of every job, by name. Each folder is put in place as it is done; a failure leaves the former one.

        `tell` gets the name of a job and the number of its cells that are done. `beside` starts a process that takes the place of a
        worker until it ends, so that memory stays within bounds. An interruption ends all processes first.
        """
        try:
            with ThreadPoolExecutor(self.workers) as pool:
                if beside:
                    pool.submit(self._wait, beside)
                waiting = {job.name: pool.submit(self._run, job, tell) for job in jobs}
                try:
                    return {name: future.result() for name, future in waiting.items()}
                except BaseException:
                    self.stop()
                    raise
        finally:
            for executor in self._all:
                executor.end()

    def stop(self) -> None:
        """End the running jobs as Ctrl-C does, and start no other."""
        with self._lock:
            self._stopped = True
            for executor in self._running:
                executor.interrupt()
            for process in self._beside:
                process.kill()

    def _run(self, job: Job, tell: Tell) -> Done:
        folder = Path(job.folder)
        try:
            with whole_folder(folder) as temporary:
                said = self._process(replace(job, folder=str(temporary)), tell)
                if "done" in said:
                    return said["done"]
                kept = keep_failed(temporary / f"{job.name}.ipynb", job.name)
                raise _Failed(_reason(said["failed"], kept))
        except _Failed as failure:
            return str(failure)
        except OSError as error:
            return f"The report '{job.name}' cannot be written to {folder}: {str(error).rstrip('.')}."

    def _process(self, job: Job, tell: Tell) -> dict[str, Any]:
        with self._lock:
            if self._stopped:
                raise Stopped
            executor = self._idle.pop() if self._idle else self._started()
            self._running.add(executor)
        said = executor.do(job, tell)
        with self._lock:
            self._running.discard(executor)
            if said and "stopped" not in said:
                self._idle.append(executor)
        if self._stopped and "done" not in said:
            raise Stopped
        if "stopped" in said:
            return {"failed": f"Report '{job.name}' was interrupted."}
        return said or {"failed": f"Report '{job.name}' stopped: {executor.last_words()}."}

    def _wait(self, beside: Start) -> None:
        with self._lock:
            if self._stopped:
                return
            self._beside.append(beside())
        self._beside[0].wait()

    def _started(self) -> Executor:
        self._all.append(Executor(environment(self.workers)))
        return self._all[-1]


class Executor:
    """One process that executes a job after the other, and what it writes on standard error."""

    def __init__(self, env: dict[str, str]) -> None:
        self._words = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-m", "workbench.report.notebook"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._words,
            text=True,
            encoding="utf-8",
            env=env,
            start_new_session=True,  # Ctrl-C reaches the caller alone, which passes it on once
        )

    def do(self, job: Job, tell: Tell) -> dict[str, Any]:
        """Hand the job over and follow what is said of it; gives the last word, or nothing where the process died."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(as_json(job) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            return {}
        for line in self._process.stdout:
            said = json.loads(line)
            if "cell" not in said:
                return dict(said)
            tell(job.name, said["cell"])
        return {}

    def interrupt(self) -> None:
        """End it as Ctrl-C does; by force where it takes longer than it needs to end its kernel."""
        self._process.send_signal(signal.SIGINT)
        timer = threading.Timer(PATIENCE, self._process.kill)
        timer.daemon = True
        timer.start()

    def end(self) -> None:
        """No more jobs: wait until it is gone."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()
        self._words.close()

    def last_words(self) -> str:
        """How it died."""
        status = self._process.wait()
        self._words.seek(0)
        tail = " / ".join(self._words.read().splitlines()[-LINES:])
        how = f"killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return f"its process was {how}" + (f"; it said: {tail}" if tail else "")


class _Failed(Exception):
    """Leaves `whole_folder` without putting the folder in place."""


def environment(workers: int) -> dict[str, str]:
    """The same home and the same package for notebook and kernel, and no more threads in all than there are cores."""
    threads = max(1, cores() // workers)
    path = os.pathsep.join(filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH", ""))))
    own = {"WORKBENCH_HOME": str(home()), "PYTHONPATH": path, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    return {"OMP_NUM_THREADS": str(threads)} | dict(os.environ) | own


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def keep_failed(notebook: Path, name: str) -> Path | None:
    """Keep a notebook that failed in `reports/failed/`, as far as it came; None where it did not begin."""
    where = reports_root() / "failed" / f"{name}.ipynb"
    if not notebook.is_file():
        return None
    with whole_file(where) as temporary:
        temporary.write_bytes(notebook.read_bytes())
    return where


def _reason(said: str, kept: Path | None) -> str:
    where = f" The notebook as far as it came is in {kept}" if kept else " It came to no cell"
    return f"{said}{where}; the former report is as it was."

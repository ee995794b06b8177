"""A sweep on this machine: every run in a process of its own, some at a time, so that one that dies takes no other with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from workbench.paths import runs_root
from workbench.sweeps.jobs import Job, Outcome, do

LINES = 3  # of a dead run's log that its outcome quotes


class Processes:
    """Runs jobs in processes, `workers` at a time. `stop` asks all of them to save and end, and starts no more."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def outcomes(self, jobs: list[Job]) -> Iterator[Outcome]:
        """One outcome a job, as they come. An interruption asks the running ones to save their state and waits for them."""
        with ThreadPoolExecutor(self.workers) as pool:
            waiting = [pool.submit(self._run, job) for job in jobs]
            try:
                for future in as_completed(waiting):
                    yield future.result()
            except BaseException:
                self.stop()
                raise

    def stop(self) -> None:
        """Ask the running jobs to end, as Ctrl-C does, and start no other."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                process.send_signal(signal.SIGINT)

    def _run(self, job: Job) -> Outcome:
        log = runs_root() / ".logs" / f"{job.name}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w", encoding="utf-8") as stream:
            with self._lock:
                if self._stopped:
                    return Outcome(job.name, "stopped", message="not begun")
                process = subprocess.Popen(
                    [sys.executable, "-m", "workbench.sweeps.local", json.dumps(job.plain())],
                    stdout=subprocess.PIPE,
                    stderr=stream,
                    text=True,
                    env=os.environ | {"OMP_NUM_THREADS": str(job.threads), "WORKBENCH_HOME": job.home},
                    start_new_session=True,  # Ctrl-C reaches the sweep alone, which passes it on once
                )
                self._running.add(process)
            said, _ = process.communicate()
            with self._lock:
                self._running.discard(process)
        try:
            return Outcome(**json.loads(said.splitlines()[-1]))
        except (IndexError, ValueError, TypeError):
            return Outcome(job.name, "failed", message=_last_words(process.returncode, log))


def _last_words(status: int, log: Path) -> str:
    tail = " / ".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-LINES:])
    how = f"killed by signal {-status}" if status < 0 else f"ended with status {status}"
    return f"its process was {how}" + (f"; {log} ends: {tail}" if tail else "")


def _end_with_parent() -> None:
    """Ask this process to save and end when the sweep that started it is gone."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            threading.Event().wait(1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=watch, daemon=True, name="sweep watcher").start()


def main(text: str) -> None:
    """Do the job that `text` holds as JSON, and print its outcome as JSON on the last line."""
    _end_with_parent()
    outcome = do(Job(**json.loads(text)))
    print(json.dumps(outcome.__dict__), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])

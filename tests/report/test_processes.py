"""Processes beside each other: what is started beside the notebooks is waited for, and ended with them."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

from workbench.report.processes import Processes, cores, environment


def sleeping(seconds: float) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({seconds})"])


def test_a_process_beside_the_notebooks_is_waited_for() -> None:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(sleeping(0.1))
        return started[0]

    assert Processes(1).outcomes([], lambda name, count: None, start) == {}
    assert started[0].returncode == 0


def test_stopping_ends_it() -> None:
    processes, started = Processes(1), []

    def start() -> subprocess.Popen[bytes]:
        started.append(sleeping(60))
        return started[0]

    def stop() -> None:
        while not started:
            time.sleep(0.01)
        processes.stop()

    threading.Thread(target=stop, daemon=True).start()
    before = time.monotonic()
    assert processes.outcomes([], lambda name, count: None, start) == {}
    assert started[0].returncode not in (None, 0) and time.monotonic() - before < 50


def test_all_processes_together_have_as_many_threads_as_there_are_cores(monkeypatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert environment(cores())["OMP_NUM_THREADS"] == "1"
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert environment(cores())["OMP_NUM_THREADS"] == "3"

"""The machine's own rate, measured in the same run as what is compared with it."""

from __future__ import annotations

import math
import platform
import resource
import threading
import time
from collections.abc import Callable
from pathlib import Path

import torch


def median_seconds(work: Callable[[], object], repeats: int = 9, warm_up: int = 2) -> float:
    """Median wall time of `work`, after some runs that do not count."""
    for _ in range(warm_up):
        work()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return sorted(times)[repeats // 2]


def gemm_rate(size: int = 2048) -> float:
    """GFLOP/s of a square float32 matrix product."""
    a, b = torch.randn(size, size), torch.randn(size, size)
    return 2 * size**3 / median_seconds(lambda: a @ b) / 1e9


def peak_memory_mb() -> float:
    """Largest resident memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def private_memory_mb(process: int | str = "self") -> float:
    """Resident memory that a process shares with no file, in MB; not a number where the system does not tell (Linux does)."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return math.nan
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon")), math.nan)


class Watch:
    """Looks at the private memory of a process every 5 ms while the context is open; `now` and `peak` are in MB."""

    def __init__(self, process: int | str = "self") -> None:
        self._process, self._ended = process, threading.Event()
        self.now = self.peak = private_memory_mb(process)
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.005):
            found = private_memory_mb(self._process)
            self.now = self.now if math.isnan(found) else found
            self.peak = max(self.peak, self.now)


def describe() -> str:
    """One line about the machine."""
    return f"{platform.machine()}, {torch.get_num_threads()} threads, torch {torch.__version__}, Python {platform.python_version()}"

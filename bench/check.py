"""Time, memory and progress of `workbench data check` over many small files.

    python -m bench.check [--files 10000]

The command runs in a terminal of its own, as a person runs it. Memory above the start is the peak of its process less that of the
same command over `FEW` files; the progress is what it writes to the terminal.
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from bench.machine import describe
from workbench.config import DataSettings
from workbench.data.encode import write_clip
from workbench.data.factors import motion48_factors
from workbench.data.making import RENDER_BATCH
from workbench.data.render import render_clips

FEW, CLASSES = 10, 10


class Checked(NamedTuple):
    """Seconds of the whole command and until its first progress, different counts that it showed, peak memory in MB."""

    seconds: float
    first: float
    shown: int
    memory: float


def write_files(folder: Path, count: int) -> None:
    """`count` different rendered clips of 16×16×8 in class folders."""
    settings = DataSettings(train_clips=count, size=16)
    table = motion48_factors(settings, "train")
    for label in range(CLASSES):
        (folder / f"class{label}").mkdir(parents=True)
    with ThreadPoolExecutor(2) as pool:
        for start in range(0, count, RENDER_BATCH):
            clips = render_clips(table.iloc[start : start + RENDER_BATCH], settings).numpy()
            paths = [folder / f"class{n % CLASSES}" / f"{n:06d}.mp4" for n in range(start, start + len(clips))]
            list(pool.map(write_clip, paths, clips))


def check(folder: Path, count: int) -> Checked:
    """Run the command with a terminal as its standard error."""
    terminal, other = pty.openpty()
    command = [sys.executable, "-m", "workbench.cli", "data", "check", str(folder), "--json"]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=other, env=os.environ | {"COLUMNS": "120"})
    os.close(other)
    counts: set[str] = set()
    first = 0.0
    while said := _read(terminal):
        counts.update(re.findall(rf"\b(\d+)/{count}\b", said))
        first = first or (time.perf_counter() - started if counts else 0.0)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    os.close(terminal)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with status {status}")
    return Checked(seconds, first, len(counts), usage.ru_maxrss / 1024)


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 65536).decode(errors="replace")
    except OSError:  # how Linux says that the other side has closed
        return ""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    files = parser.parse_known_args()[0].files
    print(f"## data check\n\n{describe()}\n")
    print("| files | seconds | peak memory, MB | above the start, MB | first progress after, s | counts shown |")
    print("|---|---|---|---|---|---|")
    start = 0.0
    with tempfile.TemporaryDirectory() as folder:
        for count in (FEW, files):
            write_files(Path(folder) / str(count), count)
            found = check(Path(folder) / str(count), count)
            start = start or found.memory
            print(
                f"| {count} | {found.seconds:.1f} | {found.memory:.0f} | {found.memory - start:.0f} | "
                f"{found.first:.1f} | {found.shown} |",
                flush=True,
            )


if __name__ == "__main__":
    main()

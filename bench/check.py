"""Time, memory and progress of `workbench data check` over many small files.

    python -m bench.check [--files 10000]

The command runs in a terminal of its own, as a person runs it; the progress is what it writes there. Memory is what the process has
for itself (anonymous pages), the start is where it stood at the first progress, with everything imported.
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

from bench.machine import Watch, describe
from workbench.config import DataSettings
from workbench.data.encode import write_clip
from workbench.data.factors import motion48_factors
from workbench.data.making import RENDER_BATCH
from workbench.data.render import render_clips

FEW, CLASSES = 10, 10


class Checked(NamedTuple):
    """Seconds of the command and until its first progress, different counts that it showed, memory in MB then and above it."""

    seconds: float
    first: float
    shown: int
    start: float
    above: float


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
    first = start = 0.0
    with Watch(process.pid) as watch:
        while said := _read(terminal):
            counts.update(re.findall(rf"\b(\d+)/{count}\b", said))
            if counts and not first:
                first, start = time.perf_counter() - started, watch.now
                watch.peak = start  # what the imports took for a moment does not count
    seconds, status = time.perf_counter() - started, process.wait()
    os.close(terminal)
    if status:
        raise SystemExit(f"{' '.join(command)} ended with status {status}")
    return Checked(seconds, first, len(counts), start, watch.peak - start)


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
    print("| files | seconds | first progress after, s | counts shown | memory then, MB | peak above it, MB |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for count in (FEW, files):
            write_files(Path(folder) / str(count), count)
            found = check(Path(folder) / str(count), count)
            print(
                f"| {count} | {found.seconds:.1f} | {found.first:.1f} | {found.shown} | {found.start:.0f} | {found.above:.0f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()

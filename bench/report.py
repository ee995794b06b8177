"""What it takes to make every report and the site from the rows there are, then again with nothing changed.

    python -m bench.report

Works on a copy of the kept rows without runs, so that it needs no training. The first call warms the disk and the imports and
does not count; memory is what the command and all that it starts hold in private at one time, looked at five times a second.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from bench.machine import describe, private_memory_mb
from workbench.report.processes import cores

SECONDS, AGAIN_SECONDS, MEMORY_MB = 60, 5, 1000
ROWS = Path(__file__).resolve().parents[1] / "reports"
BETWEEN = 0.2  # seconds between two looks at the memory


class Called(NamedTuple):
    """Wall seconds, seconds of all cores together, and the most private memory in MB of one call."""

    seconds: float
    busy: float
    memory: float


def call(home: Path, *words: str) -> Called:
    """`workbench report` with more words, in a home of its own; a failure raises."""
    environment = os.environ | {"WORKBENCH_HOME": str(home)}
    started, before = time.perf_counter(), os.times()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "workbench.cli", "report", *words], env=environment, stdout=said, stderr=said
        )
        most = 0.0
        while process.poll() is None:
            most = max(most, sum(held for pid in family(process.pid) if (held := private_memory_mb(pid)) > 0))
            time.sleep(BETWEEN)
        if process.returncode:
            said.seek(0)
            raise SystemExit(said.read().decode(errors="replace"))
    after = os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    return Called(time.perf_counter() - started, busy, most)


def family(pid: int) -> set[int]:
    """A process and all below it, by what the system says of parents (Linux)."""
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
    found, more = {pid}, {pid}
    while more:
        more = {child for child, parent in parents.items() if parent in more}
        found |= more
    return found


def main() -> None:
    """Print the table."""
    print(f"## Reports\n\n{describe()}, load {os.getloadavg()[0]:.1f} of {cores()} cores\n")
    print("| workbench report all | seconds | bound | of all cores | memory, MB | bound |\n|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        (home / "checkpoints").mkdir()
        for name in ("measured", "published"):
            shutil.copytree(ROWS / name, home / "reports" / name)
        call(home, "all", "--force")
        for what, words, bound in (("from rows", ["--force"], SECONDS), ("nothing changed", [], AGAIN_SECONDS)):
            found = call(home, "all", *words)
            met = "met" if found.seconds <= bound else "NOT MET"
            held = "met" if found.memory <= MEMORY_MB else "NOT MET"
            print(
                f"| {what} | {found.seconds:.1f} | {bound} s {met} | {found.busy:.1f} | {found.memory:.0f} | {MEMORY_MB} {held} |",
                flush=True,
            )


if __name__ == "__main__":
    main()

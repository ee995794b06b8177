"""Kill -9 at random instants, then resume: does the end equal that of work that was never interrupted? `python -m tests.campaign`.

A chain of work starts in an empty home, is killed with all its processes up to five times, each time at another instant, until it is done or
let through. After every kill each file with a final name must be whole; at the end every result must equal that of the uninterrupted work, bit for bit.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import psutil

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"
WORKBENCH = [sys.executable, "-m", "workbench.cli"]
LONG = ("--set", "optim.steps=200", "--set", "runtime.checkpoint_seconds=0.2")  # some states are saved before a kill
BEFORE = 0.3  # seconds before its first file that work is killed at the earliest
Digest = dict[str, str]
TIMES = ("seconds", "train_seconds", "commit", "dirty")  # of a row: what may differ between two runs of the same


@dataclass(frozen=True)
class Work:
    """A command, what it needs first, and its results: a digest a file or table."""

    title: str
    command: tuple[str, ...]
    results: Callable[[Path], Digest]
    before: tuple[tuple[str, ...], ...] = ()


def files(*patterns: str) -> Callable[[Path], Digest]:
    """Digests of files by their bytes; a pattern that matches none raises."""

    def of(home: Path) -> Digest:
        found = {}
        for pattern in patterns:
            there = [path for path in sorted(home.glob(pattern)) if path.is_file() and not hidden(path, home)]
            if not there:
                raise AssertionError(f"{home} holds no {pattern}.")
            found |= {str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in there}
        return found

    return of


def tables(*patterns: str) -> Callable[[Path], Digest]:
    """Digests of Parquet tables without the columns that hold times and commits."""

    def of(home: Path) -> Digest:
        found = {}
        for pattern in patterns:
            for path in sorted(home.glob(pattern)):
                table = pd.read_parquet(path)
                kept = table.drop(columns=[name for name in TIMES if name in table])
                found[str(path.relative_to(home))] = hashlib.sha256(kept.to_csv(index=False).encode()).hexdigest()
        if not found:
            raise AssertionError(f"{home} holds none of {patterns}.")
        return found

    return of


def both(one: Callable[[Path], Digest], other: Callable[[Path], Digest]) -> Callable[[Path], Digest]:
    return lambda home: one(home) | other(home)


WEIGHTS = files("checkpoints/*/weights/*.safetensors")
WORKS = {
    "sweep": Work(
        "sweep random, baseline",
        ("sweep", "--variants", "random,baseline", "--seeds", "0", "--preset", "smoke", "--workers", "2"),
        both(WEIGHTS, tables("checkpoints/*/rows.parquet", "checkpoints/*/predictions.parquet")),
    ),
    "training": Work(
        "train ld",
        ("train", "ld", "--preset", "smoke", "--no-probe", *LONG),
        both(WEIGHTS, tables("checkpoints/*/gradients.parquet")),
        before=(("train", "random", "--preset", "smoke", "--no-probe"),),  # renders the clips
    ),
    "embedding": Work(
        "embed",
        ("embed", "random-smoke-s0", "--split", "train", "--split", "val", "--split", "test"),
        files("checkpoints/*/features/**/*.npy"),
        before=(("train", "random", "--preset", "smoke", "--no-probe"),),
    ),
    "report": Work(
        "report main",
        ("report", "main", "-p", "preset=smoke", "-p", "seeds=[0]"),
        files("reports/main/*.csv"),
        before=(("train", "random", "--preset", "smoke"), ("train", "baseline", "--preset", "smoke")),
    ),
    "data": Work(
        "data make motion48",
        ("data", "make", "motion48", "--preset", "smoke"),
        files("data/*/videos/*/*.mp4", "data/*/*.csv", "data/*/*.parquet"),
    ),
}


def start(work: tuple[str, ...], home: Path) -> subprocess.Popen[bytes]:
    env = os.environ | {"WORKBENCH_HOME": str(home), "OMP_NUM_THREADS": "1", "WORKBENCH_CACHE_GB": "5"}
    return subprocess.Popen([*WORKBENCH, *work], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(work: tuple[str, ...], home: Path) -> tuple[float, float]:
    """Seconds until it wrote its first file, and until it was done; raises with what it said where it failed."""
    before, began, first = written(home), time.monotonic(), None
    process = start(work, home)
    while process.poll() is None:
        if first is None and written(home) != before:
            first = time.monotonic() - began
        time.sleep(0.02)
    seconds = time.monotonic() - began
    if process.returncode:
        assert process.stderr is not None
        said = process.stderr.read().decode()[-2000:]
        raise AssertionError(f"`workbench {' '.join(work)}` ended with {process.returncode}: {said}")
    return first or seconds, seconds


def written(home: Path) -> int:
    """How many files and folders there are."""
    return sum(1 for _ in home.rglob("*"))


def kill(process: subprocess.Popen[bytes]) -> bool:
    """End it and all that it started, at once and without a word; whether it was still at work."""
    if process.poll() is not None:
        return False
    family = psutil.Process(process.pid)
    for one in (family, *family.children(recursive=True)):
        try:
            one.kill()
        except psutil.NoSuchProcess:
            continue
    process.communicate()
    return True


def hidden(path: Path, home: Path) -> bool:
    """Whether a file has a temporary name, or lies in a folder that has."""
    return any(part.startswith(".") for part in path.relative_to(home).parts)


def check_whole(home: Path) -> int:
    """Open every file with a final name; raises for one that is not whole. How many there are."""
    from safetensors import safe_open

    count = 0
    for path in sorted(home.rglob("*")):
        if not path.is_file() or hidden(path, home):
            continue
        try:
            if path.suffix == ".parquet":
                pd.read_parquet(path)
            elif path.suffix == ".safetensors":
                with safe_open(path, "np") as weights:
                    [weights.get_tensor(name) for name in weights.keys()]  # noqa: SIM118 - no mapping
            elif path.suffix == ".json":
                json.loads(path.read_text())
            elif path.suffix == ".npy":
                np.load(path, mmap_mode="r")
            else:
                continue
        except Exception as error:
            raise AssertionError(f"{path} is not whole after a kill: {error}") from error
        count += 1
    return count


def campaign(name: str, kills: int, seed: int, chain: int = 5) -> dict[str, object]:
    """Run chains of one kind of work until `kills` have hit; what came of it. Raises at the first difference."""
    work, rng = WORKS[name], np.random.default_rng([seed, sorted(WORKS).index(name)])
    with tempfile.TemporaryDirectory() as folder:
        ready, whole = Path(folder, "ready"), Path(folder, "whole")
        (ready / "checkpoints").mkdir(parents=True)
        for command in work.before:
            finish(command, ready)
        shutil.copytree(ready, whole, symlinks=True)
        first, seconds = finish(work.command, whole)
        wanted = work.results(whole)
        hit = late = checked = 0
        while hit < kills:
            home = Path(folder, "chain")
            shutil.copytree(ready, home, symlinks=True)
            for _ in range(min(chain, kills - hit)):
                process = start(work.command, home)
                time.sleep(float(rng.uniform(max(0.0, first - BEFORE), seconds)))
                was_at_work = kill(process)
                hit, late = hit + was_at_work, late + (not was_at_work)
                checked += check_whole(home)
                if not was_at_work:
                    break
            finish(work.command, home)
            if (found := work.results(home)) != wanted:
                differ = sorted({*found, *wanted} - {key for key in found if found[key] == wanted.get(key)})
                raise AssertionError(f"{name}: after {hit} kills these differ from the uninterrupted work: {differ}")
            shutil.rmtree(home)
            print(f"{name}: {hit} of {kills} kills, all results equal", flush=True)
    return {
        "work": work.title,
        "kills": hit,
        "late": late,
        "files": checked,
        "results": len(wanted),
        "seconds": seconds,
    }


def document(found: dict[str, dict[str, object]], seed: int, kills: int) -> str:
    """The page docs/reliability.md."""
    from workbench.files import git_state

    lines = [
        "# Killed at random instants",
        "",
        (__doc__ or "").partition("\n\n")[2].strip(),
        "",
        f"`python -m tests.campaign --seed {seed} --kills {kills}`, commit {str(git_state()['commit'])[:10]}, preset `smoke`, one device (CPU, a thread a process). "
        "Instants are drawn evenly from just before the work's first file to the end of its uninterrupted time; one that comes when the work is done already does not count as a kill.",
        "",
        "| work | kills that hit | came too late | files found whole after kills | results compared at each end | results that differ |",
        "|---|---|---|---|---|---|",
        *(
            f"| `workbench {one['work']}` | {one['kills']} | {one['late']} | {one['files']:,} | {one['results']} | 0 |"
            for one in found.values()
        ),
        "",
        "Compared: weights, gradients, rows and answers without their times, features, tables, videos. A short form runs with the tests "
        "(`tests/test_campaign.py`). A difference ends the campaign with an error, so that this page is written only where there is none.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="of each kind of work")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1, help="kinds of work at a time")
    asked = parser.parse_args()
    with ThreadPoolExecutor(asked.jobs) as pool:
        going = {name: pool.submit(campaign, name, asked.kills, asked.seed) for name in WORKS}
        found = {name: future.result() for name, future in going.items()}
    DOCUMENT.write_text(document(found, asked.seed, asked.kills), encoding="utf-8")
    print(f"Written: {DOCUMENT}")


if __name__ == "__main__":
    main()

"""Keeps the cache of decoded clips within its limit: who uses which shard, and which ones go when room is needed.

A list is one call's paths, in shards; lists that begin alike share shards. Whoever opens a list holds a shared lock on its
`in_use` file for as long as the clips live; the operating system lets go of it when the process dies. Shards of lists in
use are never removed; of the others, those whose last use lies furthest back go first.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from workbench.disk import FULL
from workbench.errors import WorkbenchError
from workbench.files import write_json

VARIABLE, LIMIT_GB = "WORKBENCH_CACHE_GB", 50.0
PIXELS, STATE = "clips.u8", "shard.json"


class Held:
    """Marks a list as in use until it is collected."""

    def __init__(self, folder: Path) -> None:
        descriptor = os.open(folder / "in_use", os.O_RDWR | os.O_CREAT, 0o644)
        weakref.finalize(self, os.close, descriptor)
        fcntl.flock(descriptor, fcntl.LOCK_SH)


@dataclass(frozen=True)
class Listed:
    """One list on disk: its folder, when it was last opened, and its shards with the bytes they have or will have."""

    folder: Path
    used: float
    shards: dict[str, int]

    @property
    def in_use(self) -> bool:
        """Whether any process, this one included, holds it."""
        try:
            descriptor = os.open(self.folder / "in_use", os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False


def limit_bytes() -> int:
    """The most bytes of decoded clips, by $WORKBENCH_CACHE_GB (10⁹ bytes; by default 50)."""
    said = os.environ.get(VARIABLE, "")
    try:
        gigabytes = float(said) if said else LIMIT_GB
    except ValueError:
        gigabytes = 0.0
    if not 0 < gigabytes < float("inf"):
        raise WorkbenchError(f"{VARIABLE}={said} is not a size. Give gigabytes above 0, for example {LIMIT_GB:g}.")
    return int(gigabytes * 1e9)


def taken_bytes(root: Path) -> int:
    """Bytes of decoded clips under the cache's folder of clips, those that are being written included."""
    found = 0
    for pixels in (root / "shards").glob("*/" + PIXELS):
        with suppress(FileNotFoundError):  # another process may have made room
            found += pixels.stat().st_size
    return found


def hold(root: Path, key: str, shards: Mapping[str, int], title: str) -> Held:
    """Register the list `key` with its shards (name -> bytes when whole), make room for those not there, and hold it.

    Removes what was used longest ago, and says so; raises where the limit or the disk is too small even then.
    """
    folder = root / "lists" / key
    folder.mkdir(parents=True, exist_ok=True)
    (root / "shards").mkdir(exist_ok=True)
    with FileLock(root / ".lock"):
        folder.mkdir(exist_ok=True)  # another process may have removed it meanwhile
        write_json(folder / "shards.json", {"title": title, "shards": dict(shards)})
        held = Held(folder)
        missing = sum(size for name, size in shards.items() if not (root / "shards" / name / STATE).exists())
        if missing:
            _make_room(root, missing)
    return held


def _make_room(root: Path, missing: int) -> None:
    """Remove idle shards until the limit and the disk have room for the shards in use and `missing` bytes of them to come."""
    _sweep(root)
    lists = [_read(folder) for folder in sorted((root / "lists").iterdir()) if (folder / "shards.json").exists()]
    busy: dict[str, int] = {}
    for listed in lists:
        if listed.in_use:
            busy |= listed.shards
    there = {shard.name: (shard / PIXELS).stat().st_size for shard in (root / "shards").iterdir() if _whole(shard)}
    limit, taken = limit_bytes(), sum(there.get(name, size) for name, size in busy.items())
    if taken > limit:
        raise WorkbenchError(
            f"The decoded clips in use need {amount(taken)} and {root} may hold {amount(limit)}. "
            f"Set {VARIABLE} to at least {taken / 1e9 + 0.1:.1f}, or ask for fewer, smaller or shorter clips."
        )
    idle = {name: size for name, size in there.items() if name not in busy}
    surplus = max(taken + sum(idle.values()) - limit, missing - shutil.disk_usage(root).free)
    removed = _remove(root, idle, _order(lists, idle), surplus)
    _forget(root, lists)
    if removed:
        print(
            f"cache: removed {amount(removed)} of decoded clips, those used longest ago, to make room "
            f"({VARIABLE}: {amount(limit)}).",
            file=sys.stderr,
            flush=True,
        )
    if (free := shutil.disk_usage(root).free) < missing:
        raise WorkbenchError(
            f"{root} has {free >> 20} MB free; the clips to decode need {missing >> 20} MB. "
            "Free some space, or set WORKBENCH_HOME to a larger disk."
        )


def _order(lists: list[Listed], idle: Mapping[str, int]) -> list[str]:
    """Idle shards, the one to go first in front: longest unused, and within a list the later ones (others share its beginning)."""
    rank = {name: (0.0, 0) for name in idle}  # a shard of no list is never asked for again
    for listed in lists:
        for place, name in enumerate(listed.shards):
            if name in rank:
                rank[name] = max(rank[name], (listed.used, -place))
    return sorted(rank, key=lambda name: rank[name])


def _remove(root: Path, sizes: Mapping[str, int], order: list[str], surplus: int) -> int:
    removed = 0
    for name in order:
        if removed >= surplus:
            break
        gone = root / "shards" / f".{name}.removed"
        os.replace(root / "shards" / name, gone)  # at once, so that no half shard stays behind
        shutil.rmtree(gone)
        removed += sizes[name]
    return removed


def _sweep(root: Path) -> None:
    """Remove what killed processes left half-written."""
    for left in (root / "shards").glob(".*.*/"):
        with lock_if_free(root, left.name[1:]) as free:
            if free:
                shutil.rmtree(left, ignore_errors=True)


def _forget(root: Path, lists: list[Listed]) -> None:
    """Remove idle lists of which no shard is left."""
    for listed in lists:
        if not listed.in_use and not any((root / "shards" / name).exists() for name in listed.shards):
            shutil.rmtree(listed.folder)


def lock_of(root: Path, shard: str) -> Path:
    """The lock file for writing a shard. Some shards have one in common, so that there are 256 at most."""
    return root / "shards" / f".{shard[:2]}.lock"


@contextmanager
def lock_if_free(root: Path, shard: str) -> Iterator[bool]:
    """Hold the lock of a shard if nobody writes under it; tells whether."""
    lock = FileLock(lock_of(root, shard))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()


def _read(folder: Path) -> Listed:
    import json

    path = folder / "shards.json"
    return Listed(folder, path.stat().st_mtime, json.loads(path.read_text())["shards"])


def _whole(shard: Path) -> bool:
    return not shard.name.startswith(".") and (shard / STATE).exists()


def amount(size: int) -> str:
    """Bytes in words: GB or MB of 10⁹ and 10⁶."""
    return f"{size / 1e9:.3g} GB" if size >= 1e9 else f"{size / 1e6:.3g} MB"


def reserve(file: Path) -> None:
    """Take the disk's room for all bytes of a file; a mapped page that finds none ends the process without a word."""
    if hasattr(os, "posix_fallocate"):
        with file.open("r+b") as stream:
            os.posix_fallocate(stream.fileno(), 0, file.stat().st_size)


@contextmanager
def disk_errors(root: Path) -> Iterator[None]:
    """What the operating system says about writing to the cache becomes an error a person can act on."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise WorkbenchError(
                f"The disk of {root} is full. Whole shards stay and nothing half-written does: free some space, or set "
                f"WORKBENCH_HOME to a larger disk or {VARIABLE} to less, and repeat the command to go on."
            ) from None
        if isinstance(error, WorkbenchError):
            raise
        raise WorkbenchError(f"{error.filename or root} cannot be used: {error.strerror or error}.") from None

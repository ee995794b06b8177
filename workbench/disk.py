"""What a disk says against being written, as errors a person can act on."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from workbench.errors import WorkbenchError

FULL = (errno.ENOSPC, errno.EDQUOT)
CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)
IN_THE_WAY = (errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.ENAMETOOLONG)
SHORT = re.compile(r"\d+ requested and \d+ written")  # NumPy's words for a full disk; it sets no number
NUMBER = re.compile(r"\bos error (\d+)\b")  # safetensors', whose errors are no OSError


class Unwritable(WorkbenchError, OSError):
    """A file or folder that cannot be written. Also an `OSError`, for who goes on without the file."""

    def __init__(self, message: str, number: int | None = None, filename: str | None = None) -> None:
        super().__init__(message)
        self.errno, self.filename = number, filename

    def __str__(self) -> str:
        return str(self.args[0])  # an OSError would put its number first

    def __reduce__(self) -> tuple[type[Unwritable], tuple[str, int | None, str | None]]:
        return type(self), (str(self), self.errno, self.filename)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the disk says while `path` is written, whole or not at all, becomes an `Unwritable` that names it.

    An error that names a file elsewhere, one that is read for instance, stays as it is.
    """
    try:
        yield
    except Exception as error:
        number = refusal(error)
        if number is None or not _concerns(error, path):
            raise
        raise Unwritable(said(number, path), number, str(path)) from error


def refusal(error: Exception) -> int | None:
    """The number of the system's error by which a disk refuses to be written, by whatever library; else None."""
    number = getattr(error, "errno", None)
    if number is None and type(error).__name__ == "SafetensorError" and (found := NUMBER.search(str(error))):
        number = int(found[1])
    if number is None and isinstance(error, OSError) and SHORT.search(str(error)):
        number = errno.ENOSPC
    return number if number in (*FULL, *CLOSED, *IN_THE_WAY) else None


def said(number: int, path: str | Path, done: str = "written") -> str:
    """What is wrong with `path`, which was to be `done`, and what to do."""
    if number in FULL:
        return (
            f"The disk of {path} is full, and nothing half-written stays there: free some space, or set WORKBENCH_HOME "
            "to a larger disk, and repeat the command."
        )
    if number in CLOSED:
        return (
            f"{path} cannot be {done} ({os.strerror(number)}): make its folder writable for you, or set WORKBENCH_HOME "
            "to a folder that is, and repeat the command."
        )
    return f"{path} cannot be {done} ({os.strerror(number)}): give another name, or move away what is there."


def _concerns(error: Exception, path: Path) -> bool:
    """Whether an error is about `path`, what lies in it, its temporary name, or a folder above it; one that names nothing is."""
    named = getattr(error, "filename", None)
    if not isinstance(named, str | os.PathLike):
        return True
    where, here = Path(named).absolute(), path.absolute()
    if where.is_relative_to(here) or here.is_relative_to(where):
        return True
    return where.is_relative_to(here.parent) and where.relative_to(here.parent).parts[0].startswith(f".{here.name}.")

"""An array on disk that is filled from its start, by one process at a time, and gone on with after a stop or a crash."""

from __future__ import annotations

import io
import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from filelock import FileLock

from workbench.data.room import reserve
from workbench.disk import FULL
from workbench.errors import WorkbenchError
from workbench.files import write_json

WHOLE = "tokens.npy"
PARTIAL, MARKER, FACTS = "tokens.partial", "progress.json", "features.json"
SECONDS = 5.0  # between two markers of progress


class Filling:
    """`folder`/tokens.npy, float16 of `shape`, which has that name only when it is whole; `facts` are written beside it.

    Rows are written, not mapped: memory stays flat, and a full disk is an error and not the end of the process. A marker says
    how many rows are on the disk; it is written after them, so a crash costs the rows since the last marker and no more.
    """

    def __init__(self, folder: Path, shape: tuple[int, int, int], facts: dict[str, Any]) -> None:
        self.folder, self.shape, self.facts, self.done = folder, shape, facts, 0
        self._row, self._header = 2 * shape[1] * shape[2], _header(shape)
        self._marked = 0.0

    @contextmanager
    def open(self) -> Iterator[Filling]:
        """Wait for any other process, then go on after the last marker; once all is there, the array gets its name.

        `done` is the number of rows that are there already: all of them where another process has meanwhile filled the array.
        A full disk, or rows that are refused with a `WorkbenchError`, remove what was filled.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder.with_name(f".{self.folder.name}.lock")):
            if (self.folder / WHOLE).exists():
                self.done = self.shape[0]
                yield self
                return
            try:
                with self._partial() as self._stream:
                    try:
                        yield self
                    finally:
                        with suppress(OSError):  # of a full disk, which is raised already
                            self._mark()
                self._finish()
            except (OSError, WorkbenchError) as error:
                if isinstance(error, WorkbenchError) or error.errno in FULL:
                    shutil.rmtree(self.folder, ignore_errors=True)
                raise

    def add(self, rows: np.ndarray) -> None:
        """The next rows, float16 (n, tokens, D)."""
        self._stream.write(np.ascontiguousarray(rows, np.float16).data.cast("B"))
        self.done += len(rows)
        if time.monotonic() - self._marked >= SECONDS:
            self._mark()

    def _partial(self) -> BinaryIO:
        """The file, with room for all rows and the header that they need, at the first row that is not there yet."""
        path = self.folder / PARTIAL
        size = len(self._header) + self.shape[0] * self._row
        self.done = self._rows_marked() if path.exists() and path.stat().st_size == size else 0
        if self.done == 0:
            with path.open("wb") as new:
                new.write(self._header)
                new.truncate(size)
            reserve(path)
        stream = path.open("r+b")
        stream.seek(len(self._header) + self.done * self._row)
        self._marked = time.monotonic()
        return stream

    def _rows_marked(self) -> int:
        try:
            return min(int(json.loads((self.folder / MARKER).read_text())["rows"]), self.shape[0])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def _mark(self) -> None:
        self._stream.flush()
        os.fsync(self._stream.fileno())
        write_json(self.folder / MARKER, {"rows": self.done})
        self._marked = time.monotonic()

    def _finish(self) -> None:
        write_json(self.folder / FACTS, self.facts)
        os.replace(self.folder / PARTIAL, self.folder / WHOLE)
        (self.folder / MARKER).unlink()


def _header(shape: tuple[int, int, int]) -> bytes:
    stream = io.BytesIO()
    described = {"descr": np.dtype(np.float16).str, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, described)
    return stream.getvalue()

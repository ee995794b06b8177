"""The history of a run while it trains, as lines on disk, for whoever watches it. Nothing of the training depends on it.

A line is a row of the history, or a mark {done, seconds, warnings}: steps done, seconds of training, signs of collapse in words.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from workbench.files import whole_file

FILE = "live.jsonl"


class LiveLog:
    """Writes the lines of one run, beginning with those that its saved state already has."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._written: int | None = None

    def write(self, rows: Sequence[dict[str, float]], seconds: float, warnings: Sequence[str]) -> None:
        """Add what is new of `rows`, which are all rows so far, and a mark.

        Where nothing can be written, nobody can watch, and the run goes on: a full disk is told where the state is saved.
        """
        mark = {"done": len(rows), "seconds": round(seconds, 2), "warnings": list(warnings)}
        new = [*rows[self._written or 0 :], mark]
        text = "".join(json.dumps(line) + "\n" for line in new)
        with suppress(OSError):
            if self._written is None:  # lines of steps after the saved state are taken away, for they are done again
                with whole_file(self.path) as path:
                    path.write_text(text)
            else:
                with self.path.open("a") as stream:
                    stream.write(text)
            self._written = len(rows)

    def clear(self) -> None:
        """Remove the lines of a run whose history is written."""
        self.path.unlink(missing_ok=True)


class LiveReader:
    """Reads the lines as they come, each once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self._at, self._file = 0, -1

    def read(self) -> tuple[bool, list[dict[str, Any]]]:
        """Whole lines since the last call, and whether they begin anew, as they do when the run goes on from a saved state."""
        try:
            with self.path.open("rb") as stream:
                about = os.fstat(stream.fileno())
                anew = about.st_ino != self._file or about.st_size < self._at
                if anew:
                    self._at, self._file = 0, about.st_ino
                stream.seek(self._at)
                block = stream.read()
        except OSError:
            return False, []
        whole = block[: block.rfind(b"\n") + 1]  # the last line may still be written
        self._at += len(whole)
        return anew, [json.loads(line) for line in whole.splitlines()]

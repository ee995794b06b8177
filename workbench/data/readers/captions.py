"""Captions as a reader collects them, each one looked at."""

from __future__ import annotations

import pandas as pd

from workbench.data.listing import is_text
from workbench.data.readers.base import Problem

LONGEST = 4000  # characters, a page and a half


class Captions:
    """Collects captions of videos. What cannot be used becomes a problem in the given list."""

    def __init__(self, problems: list[Problem]) -> None:
        self._rows: list[tuple[str, str, int]] = []
        self._problems = problems

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, path: str, caption: object, place: str, sen_id: int | None = None) -> None:
        """A caption of the video at `path`; without a `sen_id` it gets its number in the order of adding."""
        if kind := fault_of_caption(caption):
            self._problems.append(Problem(kind, place, f"{str(caption)[:40]!r} ({len(str(caption))} characters)"))
        else:
            self._rows.append((path, str(caption).strip(), len(self._rows) if sen_id is None else sen_id))

    def table(self) -> pd.DataFrame:
        """Rows `path`, `caption`, `sen_id`."""
        return pd.DataFrame(self._rows, columns=["path", "caption", "sen_id"]).astype({"sen_id": "int64"})


def fault_of_caption(caption: object) -> str:
    """The kind of problem that a caption is; "" for a good one."""
    if not isinstance(caption, str):
        return "malformed entry"
    if not caption.strip():
        return "empty caption"
    if len(caption) > LONGEST:
        return "huge caption"
    return "" if is_text(caption) else "caption not UTF-8"

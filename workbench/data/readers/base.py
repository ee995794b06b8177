"""What every reader of a data set's published layout gives, and the registry of the layouts.

A reader collects what is wrong with the lists of a set as `Problem`s instead of stopping at the first one: `data check`
prints them all, and `data import` refuses a set that has any.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from workbench.data.listing import COLUMNS, counted
from workbench.errors import WorkbenchError
from workbench.registry import Registry

# Kind of problem -> what to do about it.
KINDS = {
    "malformed entry": "docs/data.md says what an entry needs.",
    "duplicate id": "Leave one entry of an id.",
    "listed twice": "Leave one of the rows.",
    "in two splits": "A video in two splits would be tested on what it taught; leave it in one.",
    "unknown label": "Mend the label, or the list of classes.",
    "unknown video": "The list names a video that the annotations lack; take both from one release.",
    "caption without video": "Remove the caption, or add its video to the list.",
    "video without caption": "Add a caption, or remove the video from the list.",
    "empty caption": "Remove it, or write one.",
    "huge caption": "Shorten it; the limit is there because such a caption is a mistake of the file as a rule.",
    "caption not UTF-8": "It holds half a character (a lone surrogate); write it anew.",
    "outside the data folder": "Names in such a list stay in its folder; link what lies elsewhere into it.",
    "two files of one name": "Files are found by their names; remove one, or give the folder that holds one of them.",
}


class Problem(NamedTuple):
    """One thing wrong with a list: a kind of `KINDS`, where (file and line or entry), and what stands there."""

    kind: str
    place: str
    detail: str


class Source(NamedTuple):
    """The list that a split was read from; `unit` is what it counts: "line", "entry", or "" for a folder."""

    path: Path
    unit: str = ""

    def place(self, number: int) -> str:
        """Words for the row that the list has under `number` (from 1)."""
        return f"{self.path}, {self.unit} {number}" if self.unit and number else str(self.path)


@dataclass(frozen=True)
class Found:
    """A data set as its lists describe it; no video has been opened.

    `splits`: train, val or test -> rows `path` (absolute), `label`, `line` (of its `Source`) and, where videos belong
    together, `group`. `class_names` is empty where the layout has none. `captions`: rows `path`, `caption`, `sen_id`.
    """

    layout: str
    splits: dict[str, pd.DataFrame]
    sources: dict[str, Source]
    class_names: list[str] = field(default_factory=list)
    captions: pd.DataFrame | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def classes(self) -> int:
        """Number of classes: that of the names where there are any, else the largest label and one."""
        return max(len(self.class_names), 1 + max(int(table["label"].max()) for table in self.splits.values()))


class Options(NamedTuple):
    """What a person can choose about a layout; None where nothing was said."""

    official_split: int | None = None
    protocol: str | None = None


@dataclass(frozen=True)
class Layout:
    """A layout on disk. `recognise` gives words for what it saw of it at a path, "" where it is not there.

    `options` names the fields of `Options` that it knows. A `general` layout is taken by `auto` only where no other fits.
    """

    title: str
    needs: str
    recognise: Callable[[Path], str]
    read: Callable[[Path, Options], Found]
    options: tuple[str, ...] = ()
    general: bool = False


READERS: Registry[Layout] = Registry("layout")


def rows(values: Sequence[tuple[str, int, int]], groups: Sequence[str] | None = None) -> pd.DataFrame:
    """The table of a split from (path, label, line)."""
    table = pd.DataFrame(values, columns=COLUMNS).astype({"label": "int64", "line": "int64"})
    return table if groups is None else table.assign(group=list(groups))


def repeats(splits: Mapping[str, pd.DataFrame], sources: Mapping[str, Source]) -> list[Problem]:
    """Rows that name a video again, in their own split or in one before it."""
    found: list[Problem] = []
    seen: set[str] = set()
    for split, table in splits.items():
        again = table[table["path"].duplicated() | table["path"].isin(seen)]
        for path, line in zip(again["path"], again["line"], strict=True):
            kind = "in two splits" if path in seen else "listed twice"
            found.append(Problem(kind, sources[split].place(int(line)), path))
        seen |= set(table["path"])
    return found


def refuse(path: Path, problems: Iterable[Problem]) -> None:
    """Raise where there are problems: each kind is counted, its first ones are named, and what to do is said."""
    by_kind: dict[str, list[str]] = {}
    for problem in problems:
        by_kind.setdefault(problem.kind, []).append(f"{problem.place}: {problem.detail}")
    if by_kind:
        words = [f"{kind}: {counted(places, 'case')}. {KINDS[kind]}" for kind, places in by_kind.items()]
        raise WorkbenchError(f"{path} has entries that cannot be used.\n" + "\n".join(f"  {text}" for text in words))


def need_rows(values: Sized, source: Source, problems: Sequence[Problem]) -> None:
    """Raise where a list came to nothing, with what is wrong with its entries, if any."""
    if not values:
        refuse(source.path, problems)
        raise WorkbenchError(f"{source.path} lists no videos.")


def kinds(problems: Iterable[Problem]) -> dict[str, int]:
    """Number of problems of each kind, the most frequent first."""
    return dict(Counter(problem.kind for problem in problems).most_common())

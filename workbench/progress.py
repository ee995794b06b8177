"""Progress with an estimate of the time left: a bar in a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

LINE_SECONDS = 15.0


class Report(Protocol):
    """Tells how much is done, with a note about it."""

    def __call__(self, count: int, note: str = "") -> None: ...


@contextmanager
def progress_bar(title: str, total: int, done: int = 0, show: bool = True) -> Iterator[Report]:
    """Give a function (done, note) to call as work proceeds; it counts towards `total`."""
    if not show or total == 0:
        yield _silent
    elif sys.stderr.isatty():
        with _bar(title, total, done) as report:
            yield report
    else:
        yield _lines(title, total, done)


def _silent(count: int, note: str = "") -> None:
    pass


@contextmanager
def _bar(title: str, total: int, done: int) -> Iterator[Report]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(escape(title), total=total, completed=done, note="")

        def report(count: int, note: str = "") -> None:
            bar.update(task, completed=count, note=note)

        yield report


def _lines(title: str, total: int, done: int) -> Report:
    started = last = time.monotonic()

    def report(count: int, note: str = "") -> None:
        nonlocal last
        now = time.monotonic()
        if now - last < LINE_SECONDS:
            return
        last = now
        left = (now - started) / max(count - done, 1) * (total - count)
        print(f"{title}: {count} of {total}, about {left:.0f} s left. {note}", file=sys.stderr, flush=True)

    return report

"""What is made ahead of time: the clips of the next step, once the kernel is free."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.widgets.planted import planted_explorer
from workbench.widgets import ahead
from workbench.widgets.ahead import Ahead


def in_a_loop(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run `work` in an event loop of its own, as a kernel's; the browser tests leave one running in this thread."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(work())).result()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "PAUSE", 0.01)


def test_only_the_last_that_was_planned_is_done() -> None:
    done: list[int] = []

    async def planned() -> None:
        plans = Ahead()
        for number in range(3):
            plans.plan(lambda number=number: done.append(number))
        await asyncio.sleep(0.1)

    in_a_loop(planned)
    assert done == [2]
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: Ahead().plan(lambda: done.append(9))).result()  # no loop: nothing happens
    assert done == [2]


def test_the_next_clip_and_its_neighbours_are_there_before_they_are_asked_for() -> None:
    explorer = planted_explorer()
    made: list[int] = []

    async def look() -> None:
        explorer.look(110)
        before = len(explorer._cache)
        await asyncio.sleep(0.2)
        made.append(len(explorer._cache) - before)

    in_a_loop(look)
    assert made[0] >= 1
    kept = len(explorer._cache)
    explorer.step()
    assert explorer.clip == 111 and len(explorer._cache) == kept

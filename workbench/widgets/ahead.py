"""Work done ahead of time: when the kernel has nothing else to do, and only the last that was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

PAUSE = 0.3  # seconds after the last click: who steps on quickly is not kept waiting


class Ahead:
    """Runs a piece of work once the kernel's event loop is free; without a loop, as in a script, nothing is done ahead."""

    def __init__(self) -> None:
        self._next: asyncio.TimerHandle | None = None

    def plan(self, work: Callable[[], object]) -> None:
        """Do `work` after `PAUSE`, in the place of what was planned before."""
        if self._next is not None:
            self._next.cancel()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            return
        self._next = loop.call_later(PAUSE, work)

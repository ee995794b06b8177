"""Something that is done again and again beside the kernel's own work, and ends without a trace."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Poller:
    """Calls `look` in a thread every `period` seconds until it answers False or `end` is called."""

    def __init__(self, look: Callable[[], bool], period: float, name: str) -> None:
        self._look, self._period = look, period
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name=name)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it still looks."""
        return self._thread.is_alive() and not self._over.is_set()

    def end(self) -> None:
        """Look no more. A look that is under way is not waited for: it may itself wait for who calls this."""
        self._over.set()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has ended of itself; False where `timeout` seconds were not enough."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._over.wait(self._period):
            if not self._look():
                self._over.set()

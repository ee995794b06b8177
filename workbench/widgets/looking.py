"""Looking at one clip after the other: what explorer and comparer do alike."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable

from workbench.widgets.colours import Colouring
from workbench.widgets.messages import guarded
from workbench.widgets.source import Source
from workbench.widgets.view import View

MOST_STEPS_BACK = 100


class Looking(ABC):
    """Clips of one source, the one that is looked at, the way back, and the classes of a colour."""

    def __init__(self) -> None:
        self.colours: Colouring | None = None
        self.clip: int | None = None
        self.message, self.status = "", View("status")
        self._before: list[int] = []

    @property
    @abstractmethod
    def selected(self) -> list[int]:
        """Numbers of the selected clips."""

    @abstractmethod
    def select(self, clips: Iterable[int]) -> None:
        """Select clips by number; none clears the selection."""

    @guarded
    def look(self, clip: int) -> None:
        """Show a clip (or token) by its number, its factors and its nearest neighbours."""
        row = self._clips().row(int(clip))
        if self.clip is not None and self.clip != clip:
            self._before = [*self._before[-MOST_STEPS_BACK:], self.clip]
        self._show_clip(row)
        self._keep()

    @guarded
    def back(self) -> None:
        """Show the clip that was looked at before."""
        if self._before:
            self._show_clip(self._clips().row(self._before.pop()))

    @guarded
    def step(self, by: int = 1) -> None:
        """Show the next clip of the selection, or of all that are shown where none is selected; the first follows the last."""
        ring = self._ring()
        place = ring.index(self.clip) + by if self.clip in ring else (0 if by > 0 else -1)
        self.look(ring[place % len(ring)])

    @guarded
    def pick(self, value: int) -> None:
        """Select all shown clips of one class of the colour; the same class again clears the selection."""
        clips = self._clips().ids[self._class(value)].tolist()
        self.select([] if clips == self.selected else clips)

    def say(self, text: str, level: str = "info") -> None:
        """Show a message: "info", "busy" or "problem"."""
        self.message = text
        self.status.show(level=level, text=text)

    def _keep(self) -> None:  # noqa: B027 - not everybody keeps it
        """Something was chosen: called for who keeps the view."""

    @abstractmethod
    def _clips(self) -> Source:
        """What is open; opens it, or raises where nothing can be."""

    @abstractmethod
    def _show_clip(self, row: int | None) -> None:
        """Show the clip of a row, or none."""

    @abstractmethod
    def _class(self, value: int) -> list[int]:
        """Rows of a class of the colour that are shown."""

    @abstractmethod
    def _ring(self) -> list[int]:
        """What the arrow keys go through."""

"""Errors a person can act on: they say what was wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


class WorkbenchError(Exception):
    """A mistake in the input or the environment. The command line prints it without a traceback."""


class UnknownName(WorkbenchError):
    """A name that no registry entry has; the message lists the known ones and the closest match."""

    def __init__(self, kind: str, name: object, known: Iterable[str]) -> None:
        self.kind, self.name, self.known = kind, name, sorted(known)
        close = get_close_matches(str(name), self.known, n=1)
        hint = f" Did you mean '{close[0]}'?" if close else ""
        listing = ", ".join(self.known) if self.known else "none yet"
        super().__init__(f"Unknown {kind} '{name}'.{hint} Known: {listing}.")


class BadClip(WorkbenchError):
    """A video that cannot be decoded as asked. `path` is the file, `reason` one of a few fixed words for counting."""

    def __init__(self, path: object, reason: str, detail: str = "") -> None:
        self.path, self.reason, self.detail = str(path), reason, detail
        super().__init__(f"{path}: {reason}{': ' + detail if detail else ''}")

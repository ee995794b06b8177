"""A registry: named entries, and an error that lists the known names when one is asked for that is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from workbench.errors import UnknownName, WorkbenchError

T = TypeVar("T")


class Registry(Generic[T]):
    """Ordered mapping from name to entry. `kind` is the word that error messages use for an entry."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, T] = {}

    def add(self, name: str, entry: T) -> T:
        """Add `entry` under `name`; adding a name twice is an error."""
        if name in self._entries:
            raise WorkbenchError(f"The {self.kind} '{name}' is registered twice. Give one of the two another name.")
        self._entries[name] = entry
        return entry

    def register(self, name: str) -> Callable[[T], T]:
        """Decorator form of `add`."""
        return lambda entry: self.add(name, entry)

    def __getitem__(self, name: str) -> T:
        if name not in self._entries:
            raise UnknownName(self.kind, name, self._entries)
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def items(self) -> Iterator[tuple[str, T]]:
        """Pairs of name and entry, in the order of registration."""
        return iter(self._entries.items())

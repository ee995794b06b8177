"""A registry: named entries, and an error that lists the known names when one is asked for that is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from workbench.errors import UnknownName, WorkbenchError

T = TypeVar("T")


class Registry(Generic[T]):
    """Ordered mapping from name to entry. `kind` is the word that error messages use for an entry.

    `more` adds a person's own entries; it is called once, before the first reading. `made` gives the entry of a name that
    is composed of others', which is not listed, or None.
    """

    def __init__(
        self, kind: str, more: Callable[[], None] | None = None, made: Callable[[str], T | None] | None = None
    ) -> None:
        self.kind = kind
        self._entries: dict[str, T] = {}
        self._more, self._made = more, made

    def add(self, name: str, entry: T, replace: bool = False) -> T:
        """Add `entry` under `name`; adding a name twice is an error, unless it is to `replace` the first."""
        if name in self._entries and not replace:
            raise WorkbenchError(f"The {self.kind} '{name}' is registered twice. Give one of the two another name.")
        self._entries[name] = entry
        return entry

    def _all(self) -> dict[str, T]:
        if (more := self._more) is not None:
            self._more = None
            more()
        return self._entries

    def register(self, name: str) -> Callable[[T], T]:
        """Decorator form of `add`."""
        return lambda entry: self.add(name, entry)

    def __getitem__(self, name: str) -> T:
        entries = self._all()
        if name in entries:
            return entries[name]
        composed = self._made(name) if self._made else None
        if composed is None:
            raise UnknownName(self.kind, name, entries)
        return composed

    def __contains__(self, name: object) -> bool:
        return name in self._all() or bool(self._made and isinstance(name, str) and self._made(name))

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def items(self) -> Iterator[tuple[str, T]]:
        """Pairs of name and entry, in the order of registration."""
        return iter(self._all().items())

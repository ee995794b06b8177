"""Clips in several arrays or files, read as one array without copying them together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from workbench.errors import WorkbenchError

OPEN = (
    128  # files of one set that are mapped at a time; each holds a descriptor, of which a process has about a thousand
)


class Clips(Protocol):
    """What is used of an array of clips (n, T, H, W, 3): a NumPy array or a `Concatenated`."""

    @property
    def shape(self) -> tuple[int, ...]: ...
    @property
    def dtype(self) -> Any: ...
    @property
    def ndim(self) -> int: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __getitem__(self, index: Any, /) -> Any: ...


class Concatenated:
    """Arrays with rows of one shape and type, laid end to end; read-only.

    A row or a slice within one part is a view of it; rows by number, in any order and repeated, are copied to a new array.
    `np.asarray` gives the whole. Parts may be `Concatenated` themselves.
    """

    def __init__(self, parts: Sequence[Clips]) -> None:
        if not parts or len({(part.shape[1:], np.dtype(part.dtype)) for part in parts}) > 1:
            found = ", ".join(f"{part.dtype} {part.shape}" for part in parts) or "nothing"
            raise WorkbenchError(f"Only arrays with rows of one shape and type can be joined; these are {found}.")
        self._parts = list(parts)
        self._lay_out([len(part) for part in parts], parts[0].shape[1:], np.dtype(parts[0].dtype))

    def _lay_out(self, lengths: Sequence[int], row: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        self._ends = np.cumsum(lengths)
        self._starts = self._ends - np.asarray(lengths)
        self.shape, self.dtype = (int(self._ends[-1]), *row), dtype

    def _part(self, number: int) -> Any:
        return self._parts[number]

    @property
    def ndim(self) -> int:
        """Number of dimensions."""
        return len(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of all rows."""
        return int(np.prod(self.shape, dtype=np.int64)) * self.dtype.itemsize

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[np.ndarray]:
        return (row for number in range(len(self._ends)) for row in self._part(number))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.dtype} {self.shape} in {len(self._ends)} parts)"

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False and len(self._ends) > 1:
            raise ValueError("the whole of several parts cannot be had without a copy")
        whole = np.asarray(self[:], dtype)
        return whole.copy() if copy else whole

    def __getitem__(self, index: Any, /) -> Any:
        if isinstance(index, tuple):
            first, rest = index[0], index[1:]
            if first is Ellipsis or first is None:
                return np.asarray(self)[index]
            return self[first][rest if np.ndim(first) == 0 and not isinstance(first, slice) else (slice(None), *rest)]
        if isinstance(index, slice):
            start, stop, step = index.indices(len(self))
            return self._span(start, stop) if step == 1 else self._rows(np.arange(start, stop, step))
        numbers = np.asarray(index)
        if numbers.dtype == bool and numbers.shape == (len(self),):
            numbers = np.flatnonzero(numbers)
        if numbers.size and numbers.dtype.kind not in "iu":
            raise IndexError(f"rows are chosen by whole numbers, slices or a mask of {len(self)}, not by {index!r}")
        numbers = self._counted(numbers.astype(np.int64))
        if numbers.ndim == 0:
            number = int(np.searchsorted(self._ends, numbers, side="right"))
            return self._part(number)[int(numbers - self._starts[number])]
        return self._rows(numbers.ravel()).reshape(numbers.shape + self.shape[1:])

    def _counted(self, numbers: np.ndarray) -> np.ndarray:
        """Row numbers with negative ones counted from the end."""
        if numbers.size and (numbers.min() < -len(self) or numbers.max() >= len(self)):
            raise IndexError(f"rows {numbers.min()} to {numbers.max()} asked of {len(self)}")
        return np.where(numbers < 0, numbers + len(self), numbers)

    def _span(self, start: int, stop: int) -> np.ndarray:
        meets = np.flatnonzero((self._starts < stop) & (self._ends > start))
        pieces = [self._part(n)[max(start - self._starts[n], 0) : stop - self._starts[n]] for n in meets.tolist()]
        if len(pieces) == 1:
            return np.asarray(pieces[0])
        return np.concatenate(pieces) if pieces else np.empty((0, *self.shape[1:]), self.dtype)

    def _rows(self, numbers: np.ndarray) -> np.ndarray:
        found = np.empty((len(numbers), *self.shape[1:]), self.dtype)
        which = np.searchsorted(self._ends, numbers, side="right")
        for number in np.unique(which).tolist():
            part, places = self._part(number), np.flatnonzero(which == number)
            for place, row in zip(places.tolist(), (numbers[places] - self._starts[number]).tolist(), strict=True):
                found[place] = part[row]  # one copy; indexing by the whole list would make two
        return found


class Shards(Concatenated):
    """Files of uint8 rows without a header, mapped into memory when they are read; `held` is kept as long as this lives."""

    def __init__(
        self, files: Sequence[Path], lengths: Sequence[int], row: tuple[int, ...], held: object = None
    ) -> None:
        self._files, self._lengths, self._held = list(files), list(lengths), held
        self._mapped = lru_cache(OPEN)(map_rows)
        self._lay_out(lengths, row, np.dtype(np.uint8))

    def _part(self, number: int) -> np.ndarray:
        return self._mapped(self._files[number], self._lengths[number], self.shape[1:])


class Chosen:
    """Some rows of another array, read when they are asked for."""

    def __init__(self, clips: Clips, rows: np.ndarray) -> None:
        self._clips, self._rows = clips, np.asarray(rows, np.int64)
        self.shape, self.dtype, self.ndim = (len(rows), *clips.shape[1:]), clips.dtype, clips.ndim

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[np.ndarray]:
        return (self._clips[int(row)] for row in self._rows)

    def __getitem__(self, index: Any, /) -> Any:
        first, rest = (index[0], index[1:]) if isinstance(index, tuple) else (index, ())
        rows = self._rows[first]
        return self._clips[(rows, *rest)] if rest else self._clips[rows]


def map_rows(file: Path, count: int, row: tuple[int, ...]) -> np.ndarray:
    """The first `count` rows of a file of uint8 rows, mapped and read-only."""
    if count == 0:  # an empty file cannot be mapped
        return np.empty((0, *row), np.uint8)
    try:
        return np.memmap(file, np.uint8, "r", shape=(count, *row)).view(np.ndarray)
    except (OSError, ValueError) as error:
        raise WorkbenchError(f"{file} of the cache cannot be read any more ({error}). Repeat the command.") from None

"""V-JEPA CSV files: lines `path label`, no header. One file, or train.csv, val.csv and test.csv in a folder.

Paths may be absolute or lead out of the folder, as V-JEPA's own lists do; relative ones start at the CSV's folder.
"""

from __future__ import annotations

from pathlib import Path

from workbench.data.factors import SPLITS
from workbench.data.listing import read_csv
from workbench.data.readers.base import READERS, Found, Layout, Options, Source, repeats
from workbench.errors import WorkbenchError


def recognise(path: Path) -> str:
    """A file that is no JSON, or a folder with a CSV named as a split."""
    if path.is_file():
        return "" if path.suffix.lower() == ".json" else f"the list {path}"
    named = _named(path)
    return f"{', '.join(file.name for file in named.values())} in {path}" if named else ""


def read(path: Path, options: Options) -> Found:
    """One list is all train; the splits that it lacks are drawn from it."""
    files = {"train": path} if path.is_file() else _named(path)
    if "train" not in files:
        raise WorkbenchError(
            f"{path} has {', '.join(f'{split}.csv' for split in files) or 'no CSVs'} and no train.csv."
        )
    splits = {split: read_csv(file) for split, file in files.items()}
    sources = {split: Source(file, "line") for split, file in files.items()}
    return Found("csv", splits, sources, problems=tuple(repeats(splits, sources)))


def _named(path: Path) -> dict[str, Path]:
    return {split: path / f"{split}.csv" for split in SPLITS if (path / f"{split}.csv").is_file()}


READERS.add(
    "csv",
    Layout(
        title="V-JEPA CSV",
        needs="a CSV with lines 'path label', or train.csv, val.csv and test.csv in a folder",
        recognise=recognise,
        read=read,
        general=True,
    ),
)

"""A folder of class folders of videos, a flat folder (one class), or either of them in folders train, val and test."""

from __future__ import annotations

from pathlib import Path

from workbench.data.factors import SPLITS
from workbench.data.listing import VIDEO_SUFFIXES, class_folders, read_folder, walk
from workbench.data.readers.base import READERS, Found, Layout, Options, Source, repeats
from workbench.errors import WorkbenchError


def recognise(path: Path) -> str:
    """A folder with a video in or below it."""
    first = next(walk(path, VIDEO_SUFFIXES), None) if path.is_dir() else None
    return f"videos in folders, such as {first}" if first else ""


def read(path: Path, options: Options) -> Found:
    """Classes are numbered by the sorted names of their folders, over all splits."""
    if not path.is_dir():
        raise WorkbenchError(f"{path} is no folder.")
    folders = {split: path / split for split in SPLITS if (path / split).is_dir()}
    if "train" not in folders:  # without it, folders of such names are classes like any other
        folders = {"train": path}
    read_once = {split: read_folder(folder) for split, folder in folders.items()}
    names = sorted({name for _, found in read_once.values() for name in found})
    numbers = {name: number for number, name in enumerate(names)}
    splits = {
        split: table.assign(label=[numbers[found[label]] for label in table["label"]])
        for split, (table, found) in read_once.items()
    }
    empty = sorted({name for folder in folders.values() for name in class_folders(folder)} - set(names))
    sources = {split: Source(folder) for split, folder in folders.items()}
    return Found(
        layout="folder",
        splits=splits,
        sources=sources,
        class_names=names,
        notes=(f"{len(empty)} folders without videos: {', '.join(empty[:5])}",) if empty else (),
        problems=tuple(repeats(splits, sources)),
    )


READERS.add(
    "folder",
    Layout(
        title="folders of videos",
        needs="class folders of videos, or a flat folder; in folders train, val and test if the splits are given",
        recognise=recognise,
        read=read,
        general=True,
    ),
)

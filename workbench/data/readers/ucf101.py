"""UCF-101 as published: class folders of .avi files, and `ucfTrainTestlist` with three official splits.

`classInd.txt` has lines `1 ApplyEyeMakeup`; `trainlist01.txt` lines `ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi 1`;
`testlist01.txt` the same without numbers. Clips of one class and one group (`g08`) come from one source video.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pandas as pd

from workbench.data.listing import class_folders, counted, read_text
from workbench.data.readers.base import READERS, Found, Layout, Options, Problem, Source, need_rows, repeats, rows
from workbench.data.readers.files import fault_of_name, look_for, need
from workbench.errors import WorkbenchError

SPLITS = (1, 2, 3)
GROUP = re.compile(r"_(g\d+)_c\d+$")


def recognise(path: Path) -> str:
    """`classInd.txt` beside `trainlist01.txt`."""
    listing = look_for(path, "classInd.txt") if path.is_dir() else None
    if listing is None or not (listing.parent / "trainlist01.txt").is_file():
        return ""
    return f"classInd.txt and trainlist01.txt in {listing.parent}"


def read(path: Path, options: Options) -> Found:
    """One of the three official splits, the first unless another is asked for."""
    number = 1 if options.official_split is None else options.official_split
    if number not in SPLITS:
        raise WorkbenchError(f"UCF-101 has the official splits 1, 2 and 3; asked for {number}.")
    listing = need(path, "ucf101", "classInd.txt")
    classes = _classes(listing)
    base = _videos(path, classes)
    problems: list[Problem] = []
    sources = {
        split: Source(listing.with_name(f"{word}list{number:02d}.txt"), "line")
        for split, word in (("train", "train"), ("test", "test"))
    }
    splits = {split: _rows(source, classes, base, problems) for split, source in sources.items()}
    return Found(
        layout="ucf101",
        splits=splits,
        sources=sources,
        class_names=list(classes),
        notes=(
            f"official split {number} of 3",
            "no official validation split: val is drawn from train by whole groups (gNN of a class)",
        ),
        problems=(*problems, *repeats(splits, sources)),
    )


def _classes(listing: Path) -> dict[str, int]:
    """Class name -> number from 0, in the order of the file's numbers from 1."""
    found: dict[str, int] = {}
    for line, text in enumerate(read_text(listing).splitlines(), start=1):
        if not text.strip():
            continue
        number, _, name = text.strip().partition(" ")
        if not name or number != str(len(found) + 1) or name in found:
            raise WorkbenchError(f"{listing}, line {line}: {text[:80]!r} is not '{len(found) + 1} ClassName'.")
        found[name] = len(found)
    if not found:
        raise WorkbenchError(f"{listing} lists no classes. Each line is a number and a name.")
    return found


def _videos(path: Path, classes: dict[str, int]) -> Path:
    """The folder that holds the class folders: `path`, `UCF-101` in it, or another folder in it."""
    for folder in (path, path / "UCF-101", *(path / name for name in class_folders(path))):
        if folder.is_dir() and not classes.keys().isdisjoint(class_folders(folder)):
            return folder.absolute()
    shown = counted([repr(name) for name in classes], "class")
    raise WorkbenchError(f"{path} and the folders in it hold no class folder of classInd.txt: {shown}.")


def _rows(source: Source, classes: dict[str, int], base: Path, problems: list[Problem]) -> pd.DataFrame:
    found, groups = [], []
    for line, text in enumerate(read_text(source.path).splitlines(), start=1):
        if not text.strip():
            continue
        name, _, number = text.strip().partition(" ")
        folder = name.split("/")[0]
        if kind := fault_of_name(name):
            problems.append(Problem(kind, source.place(line), repr(name)))
        elif folder not in classes:
            problems.append(Problem("unknown label", source.place(line), f"'{folder}' is not in classInd.txt"))
        elif number and number != str(classes[folder] + 1):
            said = f"'{number[:40]}' for {folder}, which is number {classes[folder] + 1} in classInd.txt"
            problems.append(Problem("unknown label", source.place(line), said))
        else:
            stem = name.rsplit(".", 1)[0]
            group = GROUP.search(stem)
            found.append((os.path.join(base, name), classes[folder], line))
            groups.append(f"{folder}/{group[1]}" if group else name)
    need_rows(found, source, problems)
    return rows(found, groups)


READERS.add(
    "ucf101",
    Layout(
        title="UCF-101, three official splits",
        needs="class folders of .avi files (in UCF-101/ or here) and ucfTrainTestlist/ with classInd.txt, trainlist0N.txt "
        "and testlist0N.txt",
        recognise=recognise,
        read=read,
        options=("official_split",),
    ),
)

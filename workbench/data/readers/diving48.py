"""Diving-48 V2 as published: `Diving48_V2_train.json`, `Diving48_V2_test.json`, `Diving48_vocab.json` and `rgb/`.

The two lists have entries {"vid_name", "label", "start_frame", "end_frame"}, the file of one is `rgb/<vid_name>.mp4`, already
cut to the dive; the vocabulary is a list of the classes, each a list of four parts: take-off, somersaults, twists, position.
"""

from __future__ import annotations

from pathlib import Path

from workbench.data.readers.base import READERS, Found, Layout, Options, Problem, Source, need_rows, repeats, rows
from workbench.data.readers.files import FileIndex, look_for, need, read_entries, read_json
from workbench.errors import WorkbenchError

FILES = {"train": "Diving48_V2_train.json", "test": "Diving48_V2_test.json"}
VOCABULARY = "Diving48_vocab.json"


def recognise(path: Path) -> str:
    """The list of the second version."""
    found = look_for(path, FILES["train"]) if path.is_dir() else None
    return f"{found.name} in {found.parent}" if found else ""


def read(path: Path, options: Options) -> Found:
    """The official train and test splits."""
    names = _classes(need(path, "diving48", VOCABULARY))
    sources = {split: Source(need(path, "diving48", name), "entry") for split, name in FILES.items()}
    files = FileIndex.of(path)
    problems: list[Problem] = []
    splits = {}
    for split, source in sources.items():
        found = []
        for number, entry in read_entries(source.path, problems, "vid_name", label=int):
            place = source.place(number)
            if not 0 <= entry["label"] < len(names):
                problems.append(Problem("unknown label", place, f"{entry['label']} of {len(names)} in {VOCABULARY}"))
            elif video := files.path(entry["vid_name"], ".mp4", place, problems):
                found.append((video, entry["label"], number))
        need_rows(found, source, problems)
        splits[split] = rows(found)
    return Found(
        layout="diving48",
        splits=splits,
        sources=sources,
        class_names=names,
        notes=("labels of V2", "no official validation split: val is drawn from train, class by class"),
        problems=(*problems, *repeats(splits, sources)),
    )


def _classes(path: Path) -> list[str]:
    given = read_json(path, list)
    if not given or not all(
        isinstance(parts, list) and all(isinstance(part, str) for part in parts) for parts in given
    ):
        raise WorkbenchError(f"{path} must be a list of classes, each a list of words such as ['Back', '15som', …].")
    return [" ".join(parts) for parts in given]


READERS.add(
    "diving48",
    Layout(
        title="Diving-48 V2",
        needs=f"{FILES['train']}, {FILES['test']} and {VOCABULARY}, and the .mp4 files in rgb/",
        recognise=recognise,
        read=read,
    ),
)

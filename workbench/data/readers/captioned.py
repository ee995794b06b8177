"""One's own captioned videos: a JSON in the form of MSR-VTT, which is also what `workbench data make` writes.

    {"videos":    [{"video_id": "a1", "path": "clips/a1.mp4", "category": "walk", "split": "train", "url": "..."}, ...],
     "sentences": [{"sen_id": 0, "video_id": "a1", "caption": "someone walks"}, ...]}

Only `video_id` and `caption` must be there. Without `path` (from the folder of the JSON) a video is the file of that name in
or below it; `category` is a number from 0 or a word; without `split` everywhere the splits are drawn; videos that share a
`url` stay together; `sen_id` is by default the number of the sentence.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.data.listing import LARGEST, VIDEO_SUFFIXES, find_files
from workbench.data.readers.annotations import NAME, WORDS, Annotations, find_json, has_paths, read_annotations
from workbench.data.readers.base import READERS, Found, Layout, Options, Problem, Source, need_rows, repeats, rows
from workbench.data.readers.files import FileIndex, fault_of_name
from workbench.errors import WorkbenchError


def recognise(path: Path) -> str:
    """A JSON file given as such, or `MSRVTT_data.json` whose videos name their files."""
    file = find_json(path)
    if file is None or (file.name == NAME and not has_paths(file)):
        return ""
    return f"captions in {file}"


def read(path: Path, options: Options) -> Found:
    """Splits as the JSON says, all in train where it says nothing; with captions."""
    file = find_json(path)
    if file is None:
        raise WorkbenchError(f"{path} is no JSON file and holds no {NAME}. Give the JSON file itself.")
    problems: list[Problem] = []
    notes = read_annotations(file, problems)
    files = None if all("path" in entry for _, entry in notes.videos.values()) else FileIndex.of(file.parent)
    names = _class_names(notes)
    without = all("split" not in entry for _, entry in notes.videos.values())
    paths: dict[str, str] = {}
    found: dict[str, list[tuple[str, int, int]]] = {"train": [], "val": [], "test": []}
    groups: dict[str, str] = {}
    for name, (number, entry) in notes.videos.items():
        place = notes.place("video", number)
        split = "train" if without else WORDS.get(str(entry.get("split")))
        label = _label(entry, names)
        if split is None:
            said = f"split={str(entry.get('split', 'nothing'))[:40]!r}, not train, validate or test"
            problems.append(Problem("malformed entry", place, said))
        elif label is None:
            problems.append(Problem("unknown label", place, f"category={str(entry.get('category'))[:40]!r}"))
        elif video := _file(name, entry, file.parent, files, place, problems):
            found[split].append((video, label, number))
            groups[video] = str(entry.get("url") or video)
            paths[name] = video
    need_rows(paths, Source(file, "video"), problems)
    splits = {split: _grouped(rows(values), groups) for split, values in found.items() if values}
    sources = {split: Source(file, "video") for split in splits}
    home = os.path.commonpath([os.path.dirname(video) for video in paths.values()])
    below = find_files(Path(home), VIDEO_SUFFIXES) if os.path.isdir(home) else []
    return Found(
        layout="captioned",
        splits=splits,
        sources=sources,
        class_names=list(names),
        captions=notes.captions(paths, problems).table(),
        notes=notes.unlisted(below, paths.values()),
        problems=(*problems, *repeats(splits, sources)),
    )


def _class_names(notes: Annotations) -> dict[str, int]:
    """The words among the categories, sorted, and their numbers; a category that is a number has no name."""
    given = (entry.get("category") for _, entry in notes.videos.values())
    return {word: number for number, word in enumerate(sorted({value for value in given if isinstance(value, str)}))}


def _label(entry: dict[str, Any], names: dict[str, int]) -> int | None:
    """The class of a video: words and numbers are not mixed; without a category all are of class 0."""
    value = entry.get("category", None if names else 0)
    if names:
        return names[value] if isinstance(value, str) else None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST:
        return None
    return value


def _file(
    name: str, entry: dict[str, Any], folder: Path, files: FileIndex | None, place: str, problems: list[Problem]
) -> str:
    """The file of a video; "" with a problem where what names it cannot."""
    if files is not None and "path" not in entry:
        return files.path(name, ".mp4", place, problems)
    given = entry["path"]
    if kind := fault_of_name(given) if isinstance(given, str) else "malformed entry":
        problems.append(Problem(kind, place, f"path={str(given)[:80]!r}"))
        return ""
    return os.path.normpath(os.path.join(folder.absolute(), given))


def _grouped(table: pd.DataFrame, groups: dict[str, str]) -> pd.DataFrame:
    return table.assign(group=[groups[path] for path in table["path"]])


READERS.add(
    "captioned",
    Layout(
        title="your own captioned videos, in JSON like that of MSR-VTT",
        needs=f"a JSON file with videos and sentences (give the file itself, or name it {NAME} with a path for every video)",
        recognise=recognise,
        read=read,
    ),
)

"""Something-Something V2 as published: JSON labels and one folder of `<id>.webm` files.

`labels.json` has {"Putting something on a surface": "117", ...}; `train.json` and `validation.json` are lists of {"id",
"label", "template", "placeholders"}, where a template has brackets that `labels.json` lacks ("Putting [something] on a
surface") and "label" is the description with the objects filled in, which is kept as a caption. `test.json` has ids only.
"""

from __future__ import annotations

from pathlib import Path

from workbench.data.readers.base import READERS, Found, Layout, Options, Problem, Source, need_rows, repeats, rows
from workbench.data.readers.captions import Captions
from workbench.data.readers.files import FileIndex, look_for, need, read_entries, read_json
from workbench.errors import WorkbenchError

OLD = "something-something-v2-"  # before the names of the files of the first release
FILES = {"train": "train.json", "test": "validation.json"}


def recognise(path: Path) -> str:
    """The three label files beside each other."""
    labels = look_for(path, "labels.json", f"{OLD}labels.json") if path.is_dir() else None
    if labels is None or not all(_beside(labels, name).is_file() for name in FILES.values()):
        return ""
    return f"{labels.name}, {' and '.join(_beside(labels, name).name for name in FILES.values())} in {labels.parent}"


def read(path: Path, options: Options) -> Found:
    """Train as it is; the official validation set, on which published numbers are, is the test split."""
    labels = need(path, "ssv2", "labels.json", f"{OLD}labels.json")
    classes = _classes(labels)
    files = FileIndex.of(path)
    sources = {split: Source(_beside(labels, name), "entry") for split, name in FILES.items()}
    problems: list[Problem] = []
    captions = Captions(problems)
    splits = {}
    for split, source in sources.items():
        found = []
        for number, entry in read_entries(source.path, problems, "id", template=str):
            place = source.place(number)
            name = entry["template"].replace("[", "").replace("]", "")
            if name not in classes:
                problems.append(Problem("unknown label", place, f"{name[:80]!r} is not in {labels.name}"))
            elif video := files.path(entry["id"], ".webm", place, problems):
                found.append((video, classes[name], number))
                if "label" in entry:
                    captions.add(video, entry["label"], place)
        need_rows(found, source, problems)
        splits[split] = rows(found)
    return Found(
        layout="ssv2",
        splits=splits,
        sources=sources,
        class_names=list(classes),
        captions=captions.table() if len(captions) else None,
        notes=(
            "the official validation set is the test split, as in published results; val is drawn from train",
            "test.json and test-answers.csv are not used",
        ),
        problems=(*problems, *repeats(splits, sources)),
    )


def _beside(labels: Path, name: str) -> Path:
    return labels.with_name(f"{OLD}{name}" if labels.name.startswith(OLD) else name)


def _classes(path: Path) -> dict[str, int]:
    """Template without brackets -> number, in the order of the numbers."""
    given = read_json(path, dict)
    numbers = {str(value): name for name, value in given.items()}
    if set(numbers) != {str(number) for number in range(len(given))} or not given:
        raise WorkbenchError(f"{path} must give its {len(given)} classes the numbers 0 to {len(given) - 1}, each once.")
    return {numbers[str(number)]: number for number in range(len(given))}


READERS.add(
    "ssv2",
    Layout(
        title="Something-Something V2",
        needs="labels.json, train.json and validation.json beside each other, and the .webm files in a folder",
        recognise=recognise,
        read=read,
    ),
)

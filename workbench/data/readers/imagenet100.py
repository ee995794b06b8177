"""ImageNet-100: class folders of JPEGs, which become still clips.

Two layouts: that on Kaggle, `train.X1` to `train.X4` and `val.X` with `Labels.json` ({"n01440764": "tench, ..."}), where each
part of train holds a quarter of the classes; and the plain one, `train/<wnid>/` and `val/<wnid>/`.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from workbench.data.listing import class_folders, find_files, walk
from workbench.data.probe import IMAGE_SUFFIXES
from workbench.data.readers.base import READERS, Found, Layout, Options, Problem, Source, repeats, rows
from workbench.data.readers.files import read_json
from workbench.errors import WorkbenchError

WNID = re.compile(r"n\d{8}")
PARTS = {"train": re.compile(r"train(\.X\d+)?"), "test": re.compile(r"val(\.X)?")}
LABELS = "Labels.json"


def recognise(path: Path) -> str:
    """Folders named by WordNet, with images in the first, in a folder of train."""
    for folder in _parts(path, "train") if path.is_dir() else []:
        named = [name for name in class_folders(folder) if WNID.fullmatch(name)]
        if named and any(walk(folder / named[0], IMAGE_SUFFIXES)):
            return f"images in {folder / named[0]}"
    return ""


def read(path: Path, options: Options) -> Found:
    """Train as it is; the official validation set, whose labels are public, is the test split."""
    found = {
        split: [(folder, name) for folder in _parts(path, split) for name in class_folders(folder)] for split in PARTS
    }
    words = _words(path)
    names = sorted(words or {name for folders in found.values() for _, name in folders})
    numbers = {name: number for number, name in enumerate(names)}
    problems: list[Problem] = []
    splits = {}
    for split, folders in found.items():
        table = []
        for folder, name in folders:
            if name in numbers:
                table += [(image, numbers[name], 0) for image in find_files(folder / name, IMAGE_SUFFIXES)]
            else:
                problems.append(Problem("unknown label", str(folder / name), f"'{name}' is not in {LABELS}"))
        if table:
            splits[split] = rows(table)
    if "train" not in splits:
        raise WorkbenchError(f"{path} holds no class folders of images in train/ or train.X1 to train.X4.")
    shown = [words.get(name, name) for name in names]
    count = Counter(shown)
    shown = [f"{word} ({name})" if count[word] > 1 else word for word, name in zip(shown, names, strict=True)]
    drawn = "val is" if "test" in splits else "there is no val folder: val and test are"
    sources = {split: Source(path) for split in splits}
    return Found(
        layout="imagenet100",
        splits=splits,
        sources=sources,
        class_names=shown,  # two classes of ImageNet are called "crane"
        notes=(
            f"the official validation images are the test split; {drawn} drawn from train",
            "images are still clips",
        ),
        problems=(*problems, *repeats(splits, sources)),
    )


def _parts(path: Path, split: str) -> list[Path]:
    return [path / name for name in class_folders(path) if PARTS[split].fullmatch(name)]


def _words(path: Path) -> dict[str, str]:
    """WordNet id -> words of `Labels.json`; empty where there is none."""
    file = path / LABELS
    given = read_json(file, dict) if file.is_file() else {}
    if wrong := [name for name, words in given.items() if not isinstance(words, str)]:
        raise WorkbenchError(f"{file}: '{wrong[0]}' must have words, such as \"tench, Tinca tinca\".")
    return given


READERS.add(
    "imagenet100",
    Layout(
        title="ImageNet-100, images as still clips",
        needs=f"train.X1 to train.X4, val.X and {LABELS}; or train/<wnid>/ and val/<wnid>/",
        recognise=recognise,
        read=read,
    ),
)

"""Lists of videos: V-JEPA CSV files (`path label`, separated by a space, no header) and folders of videos."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from workbench.errors import WorkbenchError
from workbench.files import whole_file

VIDEO_SUFFIXES = (
    ".mp4",
    ".mkv",
    ".webm",
    ".avi",
    ".mov",
    ".m4v",
    ".mpg",
    ".mpeg",
    ".ts",
    ".wmv",
    ".flv",
    ".ogv",
    ".3gp",
)
COLUMNS = ["path", "label", "line"]
NAMED = 5  # how many bad lines an error spells out; it counts the rest


def read_csv(path: Path) -> pd.DataFrame:
    """Rows `path` (absolute, str), `label` (int ≥ 0), `line` of a V-JEPA CSV; a bad line raises an error that names it.

    The label is the last field; what stands before it is the path, with or without quotes, spaces allowed. Relative
    paths start at the CSV's folder. Files are not looked for here: see `missing_files`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise WorkbenchError(f"{path} does not exist.") from None
    except UnicodeDecodeError as error:
        raise WorkbenchError(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
    rows, bad = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, label = _fields(line)
        if not name:
            bad.append(f"line {number}: '{line.strip()[:80]}' is not 'path label'")
        elif not (label.isascii() and label.isdigit()):
            bad.append(f"line {number}: label '{label[:40]}' is not a whole number from 0")
        else:
            rows.append((os.path.join(path.parent.absolute(), name), int(label), number))
    if bad:
        raise WorkbenchError(f"{path}: {counted(bad, 'bad line')}. Each line is a path, a space and a class number.")
    if not rows:
        raise WorkbenchError(f"{path} lists no videos. Each line is a path, a space and a class number.")
    return pd.DataFrame(rows, columns=COLUMNS)


def _fields(line: str) -> tuple[str, str]:
    """Path and label of a line; the path is empty where there are not two fields."""
    try:
        fields = [field for field in next(csv.reader([line.replace("\t", " ")], delimiter=" ")) if field]
    except csv.Error:
        return "", ""
    if len(fields) < 2:
        return "", ""
    if line.lstrip().startswith('"'):
        return " ".join(fields[:-1]), fields[-1]
    return line.strip().rsplit(maxsplit=1)[0], fields[-1]


def missing_files(table: pd.DataFrame, source: Path) -> list[str]:
    """One line of text for each row whose file is not there, naming the line of `source` it stands in."""
    absent = table[[not os.path.exists(path) for path in table["path"]]]
    return [f"{source}, line {line}: {path}" for path, line in zip(absent["path"], absent["line"], strict=True)]


def counted(items: Sequence[str], noun: str) -> str:
    """'3 bad lines (first, second, third)': the count, and the first few in words."""
    shown = "; ".join(items[:NAMED]) + ("; …" if len(items) > NAMED else "")
    return f"{len(items)} {noun}{'' if len(items) == 1 else 's'} ({shown})"


def write_csv(path: Path, paths: Sequence[str], labels: Sequence[int]) -> None:
    """Write a V-JEPA CSV; a path with a space is quoted, as V-JEPA's own reader wants it."""
    with whole_file(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, delimiter=" ", lineterminator="\n")
        writer.writerows(zip(paths, (int(label) for label in labels), strict=True))


def write_split(folder: Path, split: str, table: pd.DataFrame) -> None:
    """Write one split of a data set: `<split>.csv` for V-JEPA and `<split>.parquet` with every column."""
    write_csv(folder / f"{split}.csv", table["path"].tolist(), table["label"].tolist())
    with whole_file(folder / f"{split}.parquet") as temporary:
        table.to_parquet(temporary, index=False)


def find_videos(folder: Path) -> list[str]:
    """Absolute paths of the video files in and below `folder`, sorted. Hidden ones and linked folders are left out."""
    found = []
    for parent, folders, files in os.walk(folder.absolute(), onerror=_refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [os.path.join(parent, name) for name in files if is_video_name(name)]
    return sorted(found)


def is_video_name(name: str) -> bool:
    """Whether a file's name has the suffix of a video and is not hidden."""
    return name.lower().endswith(VIDEO_SUFFIXES) and not name.startswith(".")


def read_folder(folder: Path, classes: Sequence[str] | None = None) -> tuple[pd.DataFrame, list[str]]:
    """Rows as `read_csv` gives them (line 0) and class names, of a folder of class folders or a flat folder (label 0).

    `classes` fixes the numbering, as for the second split of a data set; by default it is the sorted folder names.
    """
    inside = sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    by_class = {name: find_videos(folder / name) for name in inside}
    names = list(classes) if classes is not None else [name for name in inside if by_class[name]]
    rows = [(path, names.index(name), 0) for name in inside for path in by_class[name]]
    loose = sorted(entry for entry in os.listdir(folder) if is_video_name(entry) and (folder / entry).is_file())
    if rows and loose:
        raise WorkbenchError(
            f"{folder} holds both class folders and {counted(loose, 'loose video')}. "
            "Move the loose ones into a class folder."
        )
    rows += [(str(folder.absolute() / name), 0, 0) for name in loose]
    if not rows:
        raise WorkbenchError(f"{folder} holds no videos ({', '.join(VIDEO_SUFFIXES)}).")
    return pd.DataFrame(rows, columns=COLUMNS), names or ["video"]


def _refuse(error: OSError) -> None:
    raise WorkbenchError(f"{error.filename} cannot be read: {error.strerror}.")

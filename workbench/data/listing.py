"""Lists of videos: V-JEPA CSV files (`path label`, separated by a space, no header) and folders of videos.

A V-JEPA CSV may name files anywhere: absolute paths, as V-JEPA writes them, and relative ones from the CSV's folder.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

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
LARGEST = 1_000_000  # a label; a larger number is no number of a class
COLUMNS = ["path", "label", "line"]
NAMED = 5  # how many bad lines an error spells out; it counts the rest


def read_csv(path: Path) -> pd.DataFrame:
    """Rows `path` (absolute, str), `label` (int ≥ 0), `line` of a V-JEPA CSV; a bad line raises an error that names it.

    The label is the last field; what stands before it is the path, with or without quotes, spaces allowed. Relative
    paths start at the CSV's folder. Files are not looked for here.
    """
    text = read_text(path)
    rows, bad = [], []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, label = _fields(line)
        if not name:
            bad.append(f"line {number}: {line.strip()[:80]!r} is not 'path label'")
        elif not (label.isascii() and label.isdigit()):
            bad.append(f"line {number}: label '{label[:40]}' is not a whole number from 0")
        elif len(label) > len(str(LARGEST)) or int(label) > LARGEST:
            bad.append(f"line {number}: label '{label[:40]}' is above {LARGEST}")
        else:
            rows.append((os.path.join(path.parent.absolute(), name), int(label), number))
    if bad:
        raise WorkbenchError(f"{path}: {counted(bad, 'bad line')}. Each line is a path, a space and a class number.")
    if not rows:
        raise WorkbenchError(f"{path} lists no videos. Each line is a path, a space and a class number.")
    return pd.DataFrame(rows, columns=COLUMNS)


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise WorkbenchError(f"{path} does not exist.") from None
    except UnicodeDecodeError as error:
        raise WorkbenchError(f"{path} is not UTF-8 text (byte {error.start}). Save it as UTF-8.") from None
    except OSError as error:
        raise WorkbenchError(f"{path} cannot be read: {error.strerror}.") from None


def _fields(line: str) -> tuple[str, str]:
    """Path and label of a line; the path is empty where there are not two fields."""
    try:
        fields = [field for field in next(csv.reader([line.replace("\t", " ")], delimiter=" ")) if field]
    except csv.Error:
        return "", ""
    if len(fields) < 2 or "\0" in line:  # no file's name holds a zero byte
        return "", ""
    if line.lstrip().startswith('"'):
        return " ".join(fields[:-1]), fields[-1]
    return line.strip().rsplit(maxsplit=1)[0], fields[-1]


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
    """Absolute paths of the video files in and below `folder`, sorted; see `find_files`."""
    return find_files(folder, VIDEO_SUFFIXES)


def find_files(folder: Path, suffixes: tuple[str, ...]) -> list[str]:
    """Absolute paths of the files with these suffixes in and below `folder`, sorted. Hidden ones are left out.

    Linked folders are followed. Raises for a link to a folder that it lies in, for a folder that cannot be read, and for
    names that no list of videos can hold: such as are not UTF-8 or have a line break.
    """
    found = sorted(walk(folder, suffixes))
    if strange := [repr(path) for path in found if not is_name(path)]:
        raise WorkbenchError(
            f"{folder}: {counted(strange, 'file name')} with a line break or not in UTF-8. Rename them."
        )
    return found


def walk(folder: Path, suffixes: tuple[str, ...]) -> Iterator[str]:
    """The files of `find_files`, as they are found."""
    return _walk(str(folder.absolute()), os.path.realpath(folder), (), suffixes)


def _walk(folder: str, real: str, above: tuple[str, ...], suffixes: tuple[str, ...]) -> Iterator[str]:
    """`real` is the folder's path without links, `above` are those of the folders that it was reached through."""
    for entry in _entries(folder):
        if entry.name.startswith("."):
            continue
        if _is_folder(entry, suffixes):
            inner = os.path.realpath(entry.path) if entry.is_symlink() else os.path.join(real, entry.name)
            if inner == real or inner in above:
                raise WorkbenchError(
                    f"{entry.path} leads back to {inner}, a folder that it lies in: a loop of links. Remove the link."
                )
            yield from _walk(entry.path, inner, (*above, real), suffixes)
        elif entry.name.lower().endswith(suffixes):
            yield entry.path


def _entries(folder: str | Path) -> list[os.DirEntry[str]]:
    """What is in a folder, sorted by name; raises for one that cannot be read."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        _refuse(error)


def _is_folder(entry: os.DirEntry[str], files: tuple[str, ...] = VIDEO_SUFFIXES) -> bool:
    """Whether an entry is one, or a link to one. A link to itself is refused, unless it has the suffix of `files`: then it is a broken one, found when it is opened."""
    try:
        return entry.is_dir()
    except OSError as error:
        if not entry.name.lower().endswith(files):
            _refuse(error)
        return False


def _refuse(error: OSError) -> NoReturn:
    raise WorkbenchError(f"{error.filename} cannot be read: {error.strerror}.") from None


def is_there(path: Path) -> bool:
    """Whether something is at a path; raises where that cannot be told, as in a folder that may not be entered."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError) as error:
        raise WorkbenchError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    return True


def is_text(text: str) -> bool:
    """Whether a text can be written as UTF-8, which half a character (a lone surrogate) cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def is_name(name: str) -> bool:
    """Whether a path can stand in a list, on one line of UTF-8, and in a system call."""
    return is_text(name) and "\0" not in name and len(name.splitlines()) == 1


def class_folders(folder: Path) -> list[str]:
    """Names of the folders in `folder`, sorted, hidden ones left out."""
    return sorted(entry.name for entry in _entries(folder) if _is_folder(entry) and not entry.name.startswith("."))


def read_folder(folder: Path) -> tuple[pd.DataFrame, list[str]]:
    """Rows as `read_csv` gives them (line 0), of a folder of class folders or a flat folder (label 0); and class names, sorted."""
    by_class = {name: find_videos(folder / name) for name in class_folders(folder)}
    names = [name for name, found in by_class.items() if found]
    numbers = {name: number for number, name in enumerate(names)}
    rows = [(path, numbers[name], 0) for name, found in by_class.items() for path in found]
    loose = sorted(entry.path for entry in _entries(folder.absolute()) if _is_video(entry))
    if rows and loose:
        raise WorkbenchError(
            f"{folder} holds both class folders and {counted(loose, 'loose video')}. "
            "Move the loose ones into a class folder."
        )
    rows += [(path, 0, 0) for path in loose]
    if not rows:
        raise WorkbenchError(f"{folder} holds no videos ({', '.join(VIDEO_SUFFIXES)}).")
    return pd.DataFrame(rows, columns=COLUMNS), names or ["video"]


def _is_video(entry: os.DirEntry[str]) -> bool:
    named = entry.name.lower().endswith(VIDEO_SUFFIXES) and not entry.name.startswith(".")
    return named and not _is_folder(entry)

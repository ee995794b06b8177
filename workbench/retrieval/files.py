"""Files of scores and of truth, as `workbench retrieve` reads them. Nothing is unpickled."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from workbench.errors import WorkbenchError
from workbench.retrieval.scores import MatrixScores
from workbench.retrieval.truth import Truth

HEADER = ["caption", "video"]
MAGIC = b"\x93NUMPY"


def read_scores(path: Path) -> MatrixScores:
    """A matrix of captions (rows) and videos (columns) from a .npy file, mapped, not read."""
    return MatrixScores(_array(path), str(path))


def read_truth(path: Path, captions: int, videos: int) -> Truth:
    """Truth from a .npy file of one integer a caption, or from a CSV file with the header `caption,video`.

    The CSV file has one line a true pair, of row and column of the scores counted from 0; the first line of a caption names
    the video it was written for. Raises for numbers out of range, naming file and line.
    """
    if path.suffix == ".npy":
        index = _array(path)
        if index.ndim != 1 or len(index) != captions:
            raise WorkbenchError(
                f"{path}: {captions} integers in one row are needed, the true video of each caption; "
                f"the shape is {index.shape}."
            )
        return Truth.from_index(np.array(index), videos, str(path))
    if path.suffix == ".csv":
        return Truth.from_pairs(*_pairs(path, captions, videos), (captions, videos), name=str(path))
    raise WorkbenchError(f"{path}: the truth is read from .npy or .csv. Rename the file if it is one of the two.")


def _pairs(path: Path, captions: int, videos: int) -> tuple[np.ndarray, np.ndarray]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            lines = csv.reader(file, strict=True)
            if (header := next(lines, [])) != HEADER:
                raise WorkbenchError(
                    f"{path}, line 1: the header must be {','.join(HEADER)}; it is {','.join(header)!r}."
                )
            found = [
                _pair(line, captions, videos, f"{path}, line {lines.line_num}")
                for line in lines
                if line  # not an empty one, as at the end
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise WorkbenchError(f"{path} cannot be read as CSV: {error}.") from error
    if not found:
        raise WorkbenchError(f"{path}: there is no pair under the header.")
    rows, columns = np.array(found, np.int64).T
    return rows, columns


def _pair(line: list[str], captions: int, videos: int, where: str) -> tuple[int, int]:
    if len(line) != 2:
        raise WorkbenchError(f"{where}: two numbers are needed, caption and video; there are {len(line)} cells.")
    numbers = []
    for what, text, count in zip(HEADER, line, (captions, videos), strict=True):
        try:
            number = int(text)
        except ValueError:
            raise WorkbenchError(
                f"{where}: the {what} {text!r} is not a whole number. Captions are rows of the scores, videos columns, "
                "counted from 0."
            ) from None
        if not 0 <= number < count:
            raise WorkbenchError(f"{where}: there is no {what} {number}; the scores have {count}, counted from 0.")
        numbers.append(number)
    return numbers[0], numbers[1]


def _array(path: Path) -> np.ndarray:
    """An array of numbers from a .npy file, mapped."""
    try:
        with path.open("rb") as file:
            start = file.read(len(MAGIC))
    except OSError as error:
        raise WorkbenchError(f"{path} cannot be read: {error.strerror}.") from error
    if start != MAGIC:
        raise WorkbenchError(f"{path} is not a .npy file. Write one with numpy.save(path, array).")
    try:
        # Object arrays would have to be unpickled, which runs code from the file.
        array: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
    except Exception as error:  # numpy has no one class for what can be wrong with a header
        if any(said in str(error) for said in ("Object arrays", "Python objects")):
            raise WorkbenchError(
                f"{path} holds Python objects, which are not read. Save an array of numbers: array.astype('float32')."
            ) from error
        raise WorkbenchError(f"{path} is cut short, empty or damaged: {error}. Save it again.") from error
    return array

"""Files of scores and truth: what is read, and what is said of a file that cannot be."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from workbench.errors import WorkbenchError
from workbench.retrieval.files import read_scores, read_truth


class Unsafe:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return (Path.touch, (self.path,))


def saved(path: Path, array: np.ndarray) -> Path:
    np.save(path, array, allow_pickle=True)
    return path


def test_scores_are_mapped_not_read(tmp_path) -> None:
    matrix = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    found = read_scores(saved(tmp_path / "s.npy", matrix))
    assert found.shape == (5, 4) and isinstance(found._matrix, np.memmap)
    assert (np.concatenate([block for _, block in found.blocks()]) == matrix).all()


def test_truth_from_an_array_and_from_lines(tmp_path) -> None:
    index = read_truth(saved(tmp_path / "t.npy", np.array([2, 0, 1])), 3, 3)
    assert index.columns.tolist() == [2, 0, 1]
    lines = tmp_path / "t.csv"
    lines.write_text("\ufeffcaption,video\r\n1,0\r\n0,2\r\n0,1\r\n\r\n", encoding="utf-8")
    found = read_truth(lines, 2, 3)
    assert (found.rows.tolist(), found.columns.tolist()) == ([0, 0, 1], [1, 2, 0])
    assert found.source.tolist() == [2, 0]


def test_nothing_is_unpickled(tmp_path) -> None:
    left = tmp_path / "left behind"
    objects = saved(tmp_path / "objects.npy", np.array([[Unsafe(left)]], object))
    with pytest.raises(WorkbenchError, match=r"objects.npy holds Python objects"):
        read_scores(objects)
    pickled = tmp_path / "pickled.npy"
    pickled.write_bytes(pickle.dumps(Unsafe(left)))
    with pytest.raises(WorkbenchError, match=r"pickled.npy is not a .npy file"):
        read_scores(pickled)
    assert not left.exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "s.npy cannot be read: No such file"),
        (b"", "s.npy is not a .npy file"),
        (b"0.1,0.2\n", "s.npy is not a .npy file. Write one with"),
        (b"\x93NUMPY", "s.npy is cut short, empty or damaged"),
        (b"\x93NUMPY\x01\x00\x10\x00{'descr': <f4, ((", "s.npy is cut short, empty or damaged"),
        (np.ones((3, 3)), "cut short"),
        (np.ones(4), r"s.npy: a matrix .* the shape is \(4,\)"),
        (np.ones((2, 2, 2)), r"the shape is \(2, 2, 2\)"),
        (np.ones((0, 4)), "s.npy.* empty|s.npy: a matrix"),
        (np.array([["a", "b"]]), "s.npy: real numbers are needed"),
        (np.ones((2, 2), bool), "real numbers are needed; these are of type bool"),
    ],
)
def test_scores_that_cannot_be_read(tmp_path, content, message) -> None:
    path = tmp_path / "s.npy"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        saved(path, content)
        if message == "cut short":
            path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(WorkbenchError, match=message):
        read_scores(path)


def test_a_folder_is_no_file(tmp_path) -> None:
    with pytest.raises(WorkbenchError, match="cannot be read: Is a directory"):
        read_scores(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("caption;video\n0;0\n", "t.csv, line 1: the header must be caption,video"),
        ("", "t.csv, line 1: the header"),
        ("caption,video\n", "no pair under the header"),
        ("caption,video\n0,0\n1,one\n", "t.csv, line 3: the video 'one' is not a whole number"),
        ("caption,video\n0,0\n1.0,1\n", "t.csv, line 3: the caption '1.0' is not a whole number"),
        ("caption,video\n0,0,1\n", "t.csv, line 2: two numbers are needed, caption and video; there are 3"),
        ("caption,video\n0,0\n\n2,1\n", "t.csv, line 4: there is no caption 2; the scores have 2, counted from 0"),
        ("caption,video\n0,0\n1,-1\n", "t.csv, line 3: there is no video -1; the scores have 3"),
        ("caption,video\n0,0\n0,1\n", r"t.csv: caption 1 \(counted from 0\) has no true video"),
        ('caption,video\n0,"0\n', "t.csv cannot be read as CSV"),
        ("caption,video\n0,\xe9\n", "t.csv cannot be read as CSV"),
    ],
)
def test_lines_of_truth_that_are_wrong_are_named(tmp_path, text, message) -> None:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="latin-1")
    with pytest.raises(WorkbenchError, match=message):
        read_truth(path, 2, 3)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.array([0, 3]), "t.npy: caption 1: there is no video 3"),
        (np.array([0.0, 1.0]), "t.npy: one integer a caption"),
        (np.array([0, 1, 2]), r"t.npy: 2 integers in one row are needed.* the shape is \(3,\)"),
        (np.eye(2, dtype=int), "2 integers in one row"),
    ],
)
def test_arrays_of_truth_that_are_wrong(tmp_path, array, message) -> None:
    with pytest.raises(WorkbenchError, match=message):
        read_truth(saved(tmp_path / "t.npy", array), 2, 3)


def test_truth_of_another_kind_of_file(tmp_path) -> None:
    with pytest.raises(WorkbenchError, match=r"t.txt: the truth is read from .npy or .csv"):
        read_truth(tmp_path / "t.txt", 2, 3)

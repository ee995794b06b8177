"""Copies are told by content; only files of equal size are read."""

import hashlib

import pytest

from workbench.data import duplicates
from workbench.data.duplicates import same_content
from workbench.errors import WorkbenchError


def test_groups_are_files_of_equal_bytes_and_only_equal_sizes_are_read(tmp_path, monkeypatch):
    contents = [b"abc", b"abd", b"abc", b"longer", b"", b"abd", b"abc", b"lone"]
    paths = [tmp_path / f"{n}.mp4" for n in range(len(contents))]
    for path, content in zip(paths, contents, strict=True):
        path.write_bytes(content)
    read = []
    monkeypatch.setattr(
        duplicates, "file_key", lambda path: read.append(path.name) or hashlib.sha256(path.read_bytes()).hexdigest()
    )
    found = same_content([str(path) for path in paths], [len(content) for content in contents], progress=False)
    assert found == [[0, 2, 6], [1, 5]]
    assert sorted(read) == ["0.mp4", "1.mp4", "2.mp4", "5.mp4", "6.mp4"]
    assert same_content([], [], progress=False) == []


def test_a_file_that_went_away_is_named(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"x")
    with pytest.raises(WorkbenchError, match=r"b\.mp4 could be read a moment ago"):
        same_content([str(tmp_path / "a.mp4"), str(tmp_path / "b.mp4")], [1, 1], progress=False)

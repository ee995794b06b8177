"""Recognising a layout by the files that are there; none and several are errors that list the layouts."""

import os

import pytest

from tests.data.readers.sets import diving48, imagenet100, msrvtt, put, ssv2, ucf101
from workbench.data.check import check_data
from workbench.data.readers import READERS, read_layout, recognise
from workbench.errors import UnknownName, WorkbenchError

SETS = {"ucf101": ucf101, "ssv2": ssv2, "diving48": diving48, "imagenet100": imagenet100, "msrvtt": msrvtt}


@pytest.mark.parametrize("name", SETS)
def test_each_published_set_is_recognised_and_what_by_is_said(tmp_path, name):
    SETS[name](tmp_path)
    layout, words = recognise(tmp_path)
    assert layout == name and str(tmp_path) in words


def test_a_published_layout_goes_before_plain_folders_and_lists(tmp_path):
    diving48(tmp_path)
    (tmp_path / "train.csv").write_text("rgb/_8Vy3dlHg2w_00000.mp4 0\n")
    assert recognise(tmp_path)[0] == "diving48"
    assert read_layout(tmp_path, "csv").layout == "csv" and read_layout(tmp_path, "folder").layout == "folder"


def test_a_list_goes_before_folders(tmp_path):
    put(tmp_path / "walk" / "a.mp4")
    assert recognise(tmp_path)[0] == "folder"
    (tmp_path / "train.csv").write_text("walk/a.mp4 0\n")
    assert recognise(tmp_path)[0] == "csv" and recognise(tmp_path / "train.csv")[0] == "csv"


def test_two_published_layouts_in_one_folder_are_an_error(tmp_path):
    diving48(tmp_path)
    ssv2(tmp_path)
    with pytest.raises(
        WorkbenchError, match=r"in several layouts: diving48 \(Diving48_V2_train\.json .*; ssv2 \("
    ) as caught:
        read_layout(tmp_path)
    assert "--layout" in str(caught.value) and all(reader.needs in str(caught.value) for _, reader in READERS.items())
    assert len(read_layout(tmp_path, "diving48").splits["train"]) == 12


def test_nothing_recognised_is_an_error_that_lists_what_each_needs(tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(WorkbenchError, match="no layout is recognised") as caught:
        read_layout(tmp_path)
    assert all(f"{name}: {reader.needs}" in str(caught.value) for name, reader in READERS.items())
    with pytest.raises(WorkbenchError, match="does not exist"):
        read_layout(tmp_path / "nowhere")
    with pytest.raises(UnknownName, match=r"Unknown layout 'ucf'\. Did you mean 'ucf101'"):
        read_layout(tmp_path, "ucf")


@pytest.mark.parametrize(
    ("layout", "lacks"),
    [
        ("ucf101", "classInd.txt"),
        ("ssv2", "labels.json or something-something-v2-labels.json"),
        ("diving48", "Diving48_vocab.json"),
        ("msrvtt", "MSRVTT_data.json"),
        ("workbench", "dataset.json"),
    ],
)
def test_a_layout_that_is_not_there_says_which_file_it_lacks(tmp_path, layout, lacks):
    put(tmp_path / "a.mp4")
    with pytest.raises(WorkbenchError, match=f"has no {lacks}, which the layout {layout} needs"):
        read_layout(tmp_path, layout)


@pytest.mark.parametrize("layout", ["auto", "ssv2", "msrvtt", "folder"])
def test_a_folder_that_cannot_be_read_is_named_and_not_passed_over(tmp_path, layout, monkeypatch):
    """The lists of a set may lie in it."""
    scandir = os.scandir
    ssv2(tmp_path)

    def guarded(path):  # tests may run as root, whom permissions do not stop
        if os.path.basename(path) == "labels":
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    (tmp_path / "labels" / "labels.json").unlink()  # where nobody may look, it is not seen
    monkeypatch.setattr(os, "scandir", guarded)
    for look in (lambda: read_layout(tmp_path, layout), lambda: check_data(tmp_path, layout=layout, progress=False)):
        with pytest.raises(WorkbenchError, match=f"{tmp_path}/labels cannot be read: Permission denied"):
            look()


def test_a_path_that_may_not_be_looked_at_is_named(tmp_path, monkeypatch):
    def refused(path, **_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.stat", refused)
    for look in (read_layout, check_data):
        with pytest.raises(WorkbenchError, match=f"{tmp_path}/videos cannot be read: Permission denied"):
            look(tmp_path / "videos")


def test_a_path_that_is_a_loop_of_links_is_named(tmp_path):
    (tmp_path / "videos").symlink_to("videos")
    for look in (read_layout, check_data):
        with pytest.raises(
            WorkbenchError, match=f"{tmp_path}/videos cannot be read: Too many levels of symbolic links"
        ):
            look(tmp_path / "videos")


def test_annotations_that_are_there_twice_are_an_error(tmp_path):
    diving48(tmp_path)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "Diving48_vocab.json").write_text("[]")
    assert recognise(tmp_path)[0] == "diving48"  # the nearest is taken
    assert len(read_layout(tmp_path).class_names) == 3
    (tmp_path / "Diving48_vocab.json").unlink()
    with pytest.raises(WorkbenchError, match=r"holds one/Diving48_vocab\.json and two/Diving48_vocab\.json"):
        read_layout(tmp_path)

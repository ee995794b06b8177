import os

import pytest

from tests.data.videos import pattern, write_video
from workbench.data.listing import find_videos, read_csv, read_folder, read_text, write_csv
from workbench.errors import WorkbenchError


def test_reads_the_v_jepa_form(tmp_path):
    path = tmp_path / "train.csv"
    path.write_text('a.mp4 0\n/abs/b.mp4 12\n\nwith space.mp4 3\n"quoted name.mp4" 4\nsub/c.mp4\t5\n')
    table = read_csv(path)
    here = str(tmp_path)
    assert table["path"].tolist() == [
        f"{here}/a.mp4",
        "/abs/b.mp4",
        f"{here}/with space.mp4",
        f"{here}/quoted name.mp4",
        f"{here}/sub/c.mp4",
    ]
    assert table["label"].tolist() == [0, 12, 3, 4, 5]
    assert table["line"].tolist() == [1, 2, 4, 5, 6]


@pytest.mark.parametrize(
    "bad",
    [
        "b.mp4 cat",
        "b.mp4 1.5",
        "b.mp4 -1",
        "b.mp4",
        "b.mp4,3",
        "b.mp4 ²",
        "b.mp4 1000001",
        f"b.mp4 {10**30}",
        "b.mp4 " + "9" * 5000,
        "b\0.mp4 1",
    ],
)
def test_a_bad_line_is_named(tmp_path, bad):
    (tmp_path / "x.csv").write_text(f"a.mp4 0\n{bad}\n")
    with pytest.raises(WorkbenchError, match=r"x\.csv: 1 bad line \(line 2: "):
        read_csv(tmp_path / "x.csv")


def test_many_bad_lines_are_counted_and_the_first_named(tmp_path):
    (tmp_path / "x.csv").write_text("".join(f"{n}.mp4 label{n}\n" for n in range(50)))
    with pytest.raises(WorkbenchError) as caught:
        read_csv(tmp_path / "x.csv")
    assert "50 bad lines" in str(caught.value) and "line 5:" in str(caught.value) and "line 6:" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe\x00bad 1\n"])
def test_an_empty_or_binary_list_is_refused(tmp_path, content):
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(WorkbenchError, match=r"x\.csv"):
        read_csv(tmp_path / "x.csv")


def test_a_missing_list_is_named(tmp_path):
    with pytest.raises(WorkbenchError, match=r"nowhere\.csv does not exist"):
        read_csv(tmp_path / "nowhere.csv")


def test_what_is_written_is_read_back(tmp_path):
    names = ["plain.mp4", "with space.mp4", 'with "quotes".mp4', "ünï.mp4"]
    write_csv(tmp_path / "x.csv", names, [3, 0, 1, 2])
    assert (tmp_path / "x.csv").read_text().splitlines()[:2] == ["plain.mp4 3", '"with space.mp4" 0']
    table = read_csv(tmp_path / "x.csv")
    assert table["path"].tolist() == [f"{tmp_path}/{name}" for name in names]
    assert table["label"].tolist() == [3, 0, 1, 2]


def test_class_folders_are_numbered_by_name(tmp_path):
    for name in ("jump/b.mp4", "jump/deep/a.MP4", "dive/c.webm", ".hidden/d.mp4", "notes/readme.txt", "jump/.e.mp4"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    table, names = read_folder(tmp_path)
    assert names == ["dive", "jump"]
    assert [path.removeprefix(f"{tmp_path}/") for path in table["path"]] == [
        "dive/c.webm",
        "jump/b.mp4",
        "jump/deep/a.MP4",
    ]
    assert table["label"].tolist() == [0, 1, 1]


def test_a_flat_folder_is_one_class(tmp_path):
    for name in ("b.mp4", "a.mp4"):
        write_video(tmp_path / name, pattern(2))
    table, names = read_folder(tmp_path)
    assert table["path"].tolist() == [f"{tmp_path}/a.mp4", f"{tmp_path}/b.mp4"]
    assert table["label"].tolist() == [0, 0] and len(names) == 1


def test_a_folder_without_videos_or_with_both_layouts_is_refused(tmp_path):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(WorkbenchError, match="no videos"):
        read_folder(tmp_path)
    (tmp_path / "jump").mkdir()
    (tmp_path / "jump" / "a.mp4").touch()
    (tmp_path / "loose.mp4").touch()
    with pytest.raises(WorkbenchError, match=r"loose\.mp4"):
        read_folder(tmp_path)


def test_linked_folders_are_followed(tmp_path):
    write_video(tmp_path / "far" / "a.mp4", pattern(2))
    (tmp_path / "videos" / "walk").mkdir(parents=True)
    (tmp_path / "videos" / "walk" / "b.mp4").symlink_to(tmp_path / "far" / "a.mp4")
    (tmp_path / "videos" / "run").symlink_to(tmp_path / "far")
    table, names = read_folder(tmp_path / "videos")
    assert names == ["run", "walk"]
    assert table["path"].tolist() == [f"{tmp_path}/videos/run/a.mp4", f"{tmp_path}/videos/walk/b.mp4"]


@pytest.mark.parametrize(
    ("link", "target", "named"),
    [
        ("a/deep/back", "..", "a/deep/back"),
        ("a/up", "../..", "a/up/videos"),  # to a folder above the one that is searched
        ("a/other", "../b", "a/other/again"),  # one of two that lead to each other
    ],
)
def test_a_loop_of_links_is_named(tmp_path, link, target, named):
    videos = tmp_path / "videos"
    for name in ("a/deep", "b"):
        (videos / name).mkdir(parents=True)
    (videos / link).symlink_to(target)
    if link == "a/other":
        (videos / "b" / "again").symlink_to("../a")
    with pytest.raises(WorkbenchError, match=f"{videos}/{named} leads back to {videos}.*: a loop of links"):
        find_videos(videos)


def test_a_link_to_itself_is_named_and_is_a_broken_file_where_it_is_called_a_video(tmp_path):
    (tmp_path / "a.mp4").symlink_to("a.mp4")
    assert find_videos(tmp_path) == [f"{tmp_path}/a.mp4"]
    assert read_folder(tmp_path)[0]["path"].tolist() == [f"{tmp_path}/a.mp4"]
    (tmp_path / "clips").symlink_to("clips")
    for search in (find_videos, read_folder):
        with pytest.raises(WorkbenchError, match=f"{tmp_path}/clips cannot be read: Too many levels"):
            search(tmp_path)


def test_an_unreadable_folder_is_named(tmp_path, monkeypatch):
    write_video(tmp_path / "jump" / "a.mp4", pattern(2))
    (tmp_path / "locked").mkdir()
    scandir = os.scandir

    def guarded(path):  # tests may run as root, whom permissions do not stop
        if os.path.basename(path) == "locked":
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    for search in (find_videos, read_folder):
        with pytest.raises(WorkbenchError, match=f"{tmp_path}/locked cannot be read: Permission denied"):
            search(tmp_path)


def test_a_list_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(WorkbenchError, match=f"{tmp_path} cannot be read: Is a directory"):
        read_text(tmp_path)


def test_a_name_that_no_list_can_hold_is_refused(tmp_path):
    (tmp_path / "two\nlines.mp4").touch()
    with pytest.raises(WorkbenchError, match=r"1 file name .*two\\nlines\.mp4.* with a line break or not in UTF-8"):
        find_videos(tmp_path)
    (tmp_path / "two\nlines.mp4").unlink()
    try:
        (tmp_path / os.fsdecode(b"caf\xe9.mp4")).touch()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    with pytest.raises(WorkbenchError, match=r"1 file name .*caf\\udce9\.mp4.* not in UTF-8"):
        find_videos(tmp_path)

import pytest

from tests.data.videos import pattern, write_video
from workbench.data.listing import missing_files, read_csv, read_folder, write_csv
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


@pytest.mark.parametrize("bad", ["b.mp4 cat", "b.mp4 1.5", "b.mp4 -1", "b.mp4", "b.mp4,3", "b.mp4 ²"])
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


def test_a_missing_list_and_missing_files_are_named(tmp_path):
    with pytest.raises(WorkbenchError, match=r"nowhere\.csv does not exist"):
        read_csv(tmp_path / "nowhere.csv")
    (tmp_path / "a.mp4").touch()
    (tmp_path / "x.csv").write_text("a.mp4 0\nb.mp4 0\n")
    absent = missing_files(read_csv(tmp_path / "x.csv"), tmp_path / "x.csv")
    assert absent == [f"{tmp_path}/x.csv, line 2: {tmp_path}/b.mp4"]


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

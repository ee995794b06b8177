import io
import json
import shutil

import pytest
from rich.console import Console

from tests.data.videos import broken_files, pattern, write_video
from workbench.config import DataSettings
from workbench.data.check import check_data
from workbench.data.imports import import_videos
from workbench.data.making import make_benchmark
from workbench.errors import UnknownName, WorkbenchError


def shown(report) -> str:
    stream = io.StringIO()
    Console(file=stream, width=200).print(report.table())
    return stream.getvalue()


def test_a_folder_with_broken_files(home):
    expected = broken_files(home / "videos" / "bad")
    (home / "videos" / "bad" / "folder.mp4").rmdir()
    del expected["absent.mp4"], expected["folder.mp4"]  # a folder's listing shows files that are there
    write_video(home / "videos" / "good" / "a.mp4", pattern(16, 48, 64))
    write_video(home / "videos" / "good" / "b.webm", pattern(24, 48, 64), codec="libvpx")
    report = check_data(home / "videos", progress=False)
    assert (report.clips, report.readable, report.classes) == (len(expected) + 2, 2, 2)
    assert {item.path.rsplit("/", 1)[1]: item.reason for item in report.broken} == expected
    assert (report.frames.low, report.frames.middle, report.frames.high) == (16, 20, 24)
    assert report.total_seconds == 5 and report.fps == {"8": 2} and report.sizes == {"64×48": 2}
    said = json.loads(json.dumps(report.to_dict()))
    assert said["reasons"]["truncated"] == 6 and len(said["broken"]) == len(expected)
    text = shown(report)
    assert "half.mp4" in text and "truncated" in text and "64×48 (2)" in text


def test_a_csv_names_the_line_of_a_missing_file(home):
    write_video(home / "a.mp4", pattern(8))
    (home / "list.csv").write_text("a.mp4 0\nlost.mp4 7\n")
    report = check_data(home / "list.csv", progress=False)
    (lost,) = report.broken
    assert (lost.line, lost.reason) == (2, "missing") and lost.path.endswith("lost.mp4")
    assert report.classes == 2
    (home / "list.csv").write_text("a.mp4 zero\n")
    with pytest.raises(WorkbenchError, match="line 1"):
        check_data(home / "list.csv", progress=False)


def test_a_benchmark_by_name_by_folder_and_an_import_by_name(home):
    folder = make_benchmark("motion48", DataSettings(train_clips=6, val_clips=4, test_clips=2), progress=False)
    for source in ("motion48", folder.name, folder):
        report = check_data(source, progress=False)
        assert report.splits == {"train": 6, "val": 4, "test": 2} and not report.broken
        assert report.codecs == {"h264": 12}
    write_video(home / "videos" / "a.mp4", pattern(8))
    import_videos(home / "videos", "mine")
    assert check_data("mine", progress=False).clips == 1
    with pytest.raises(UnknownName, match="mine"):
        check_data("yours", progress=False)


def test_decoding_finds_damage_inside(home):
    path = write_video(home / "videos" / "a.mp4", pattern(40, 64, 64), container_options={"movflags": "+faststart"})
    data = bytearray(path.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 600] = bytes(600)
    path.write_bytes(data)
    assert not check_data(home / "videos", progress=False).broken
    assert [item.reason for item in check_data(home / "videos", decode=True, progress=False).broken] == ["unreadable"]


def test_a_video_in_two_splits_is_told(home):
    path = write_video(home / "videos" / "a.mp4", pattern(8))
    shutil.copy(path, path.with_name("b.mp4"))
    (home / "videos" / "train.csv").write_text("a.mp4 0\nb.mp4 0\n")
    (home / "videos" / "test.csv").write_text("a.mp4 0\n")
    report = check_data(home / "videos", progress=False)
    assert report.shared == (str(path),)
    assert "in two splits" in shown(report)

import io
import json
import shutil
import tracemalloc
from contextlib import contextmanager

import pytest
from rich.console import Console

from tests.data.readers.sets import changed, msrvtt, put
from tests.data.videos import broken_files, pattern, write_video
from workbench.config import DataSettings
from workbench.data.check import check_data
from workbench.data.imports import import_videos
from workbench.data.making import make_benchmark
from workbench.data.probe import VideoInfo
from workbench.data.readers import Options
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


def test_copies_are_found_by_content_across_splits_and_within(home):
    videos = home / "videos"
    for n, name in enumerate(("train/a/1.mp4", "train/a/2.mp4", "train/b/3.mp4", "test/a/4.mp4", "test/b/5.mp4")):
        write_video(videos / name, pattern(6, seed=n))
    shutil.copy(videos / "train/a/1.mp4", videos / "test/b/9.mp4")
    shutil.copy(videos / "train/a/2.mp4", videos / "train/b/8.mp4")
    shutil.copy(videos / "train/a/2.mp4", videos / "train/b/7.mp4")
    (videos / "test/b/6.mp4").symlink_to(videos / "test/a/4.mp4")
    for name in ("train/a/x.mp4", "test/a/y.mp4"):  # two broken files are no copies
        (videos / name).touch()
    report = check_data(videos, progress=False)
    assert report.copies == (
        (("train", f"{videos}/train/a/1.mp4"), ("test", f"{videos}/test/b/9.mp4")),
        (
            ("train", f"{videos}/train/a/2.mp4"),
            ("train", f"{videos}/train/b/7.mp4"),
            ("train", f"{videos}/train/b/8.mp4"),
        ),
        (("test", f"{videos}/test/a/4.mp4"), ("test", f"{videos}/test/b/6.mp4")),
    )
    assert report.to_dict()["copies_across"] == 1
    text = shown(report)
    assert "1 groups of files across splits, 2 within a split" in text and "train/b/8.mp4" in text


def test_layout_classes_captions_and_durations_are_told(home):
    root = msrvtt(home / "msrvtt", videos=8)
    put(root / "videos" / "all" / "holiday.mp4", seed=99)
    report = check_data(root, options=Options(protocol="7k"), progress=False)
    assert report.layout == "msrvtt" and report.splits == {"train": 4, "test": 4}
    assert report.class_counts["music"] == report.class_counts["people"] == 4 and len(report.empty_classes) == 18
    assert (report.captions, report.captions_per_clip.low, report.captions_per_clip.high) == (16, 1, 3)
    assert report.total_seconds == pytest.approx(8 * 4 / 8)
    text = shown(report)
    for part in ("msrvtt: MSRVTT_data.json in", "18: gaming, ", "16, 1 to 3, median 2 a clip", "holiday.mp4"):
        assert part in text
    json.dumps(report.to_dict())


def test_problems_of_the_lists_are_counted_and_named(home):
    root = msrvtt(home / "msrvtt", videos=8)

    def spoil(data):
        data["sentences"][0]["caption"] = ""
        data["sentences"][1]["video_id"] = "video99"
        data["videos"][2]["category"] = 77

    changed(root / "msrvtt_data" / "MSRVTT_data.json", spoil)
    (root / "videos" / "all" / "video1.mp4").unlink()
    report = check_data(root, progress=False)
    assert report.to_dict()["kinds"] == {"caption without video": 1, "unknown label": 1, "empty caption": 1}
    assert [(item.reason, item.line) for item in report.broken] == [("missing", 3)]
    text = shown(report)
    assert "MSRVTT_data.json, sentence 2" in text and "'video99'" in text and "caption without video (1)" in text


def test_an_imported_captioned_set_is_checked_by_name(home):
    import_videos(msrvtt(home / "msrvtt", videos=8), "retrieval")
    report = check_data("retrieval", progress=False)
    assert report.layout == "workbench" and report.captions == 16 and not report.problems


def test_of_each_file_only_a_few_numbers_are_kept(home, monkeypatch):
    """The times of a long video take a megabyte; those of 300 must not add up."""
    (home / "list.csv").write_text("".join(f"{n}.mp4 {n % 3}\n" for n in range(300)))

    def long_video(path):
        return VideoInfo(path, 30_000, 25.0, 640, 360, "h264", "yuv420p", "mov", 1, (bytes(1 << 20),))

    counted = []

    @contextmanager
    def bar(title, total, done=0, show=True):
        yield lambda count, note="": counted.append((title, count, total))

    monkeypatch.setattr("workbench.data.check.probe_video", long_video)
    monkeypatch.setattr("workbench.data.check.progress_bar", bar)
    monkeypatch.setattr("workbench.data.check.same_content", lambda paths, sizes, progress: [])
    tracemalloc.start()
    report = check_data(home / "list.csv")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert report.readable == 300 and report.frames.middle == 30_000
    assert counted == [("check list.csv", count, 300) for count in range(1, 301)]
    assert peak < 80e6  # some are being looked at


def test_a_loop_of_links_stops_with_its_name(home):
    write_video(home / "videos" / "a" / "1.mp4", pattern(4))
    (home / "videos" / "a" / "back").symlink_to(home / "videos")
    with pytest.raises(WorkbenchError, match="a loop of links"):
        check_data(home / "videos", progress=False)

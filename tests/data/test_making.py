import errno
import json
import subprocess
import sys
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest
import torch

from workbench.config import Background, DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.captions import describes
from workbench.data.listing import read_csv
from workbench.data.making import NOT_RENDERED, benchmark_folder, make_benchmark, rendered
from workbench.data.render import render_clips
from workbench.data.video import read_frames
from workbench.errors import UnknownName, WorkbenchError

SMALL = DataSettings(train_clips=70, val_clips=10, test_clips=12)


@pytest.mark.parametrize("name", list(BENCHMARKS))
def test_written_files_hold_the_rendered_clips_and_labels(home, name):
    folder = make_benchmark(name, SMALL, progress=False)
    for split in ("train", "val", "test"):
        table, listed = pd.read_parquet(folder / f"{split}.parquet"), read_csv(folder / f"{split}.csv")
        assert len(table) == SMALL.count(split)
        assert listed["path"].tolist() == [str(folder / path) for path in table["path"]]
        assert listed["label"].tolist() == table["label"].tolist()
        assert table["clip"].tolist() == list(range(len(table)))
        rendered = render_clips(table, SMALL).numpy()
        decoded = np.stack([read_frames(path, range(8)) for path in listed["path"]])
        assert np.abs(decoded.mean(-1) - rendered.mean(-1)).mean() < 6
        # A file holds its own clip: nearer to it than to any other.
        distance = np.abs(decoded[:, None, ::4].astype(float) - rendered[None, :, ::4]).mean((2, 3, 4, 5))
        assert (distance.argmin(1) == np.arange(len(table))).all()


def test_the_record_says_what_was_made(home):
    info = json.loads((make_benchmark("motion48", SMALL, progress=False) / "dataset.json").read_text())
    assert (info["name"], info["kind"]) == ("motion48", "benchmark")
    assert info["factors"]["label"] == 48 and len(info["class_names"]["label"]) == 48
    assert info["counts"] == {"train": 70, "val": 10, "test": 12}
    assert info["settings"]["size"] == 32


def test_a_second_call_makes_nothing(home, monkeypatch):
    folder = make_benchmark("motion48", SMALL, progress=False)
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    monkeypatch.setattr("workbench.data.making._write", lambda *_: pytest.fail("rendered again"))
    assert make_benchmark("motion48", SMALL, progress=False) == folder
    assert before == {path: path.stat().st_mtime_ns for path in folder.rglob("*")}


def test_only_settings_that_change_clips_change_the_folder(home):
    folder = benchmark_folder("motion48", SMALL)
    same = {"source": "appearance100", "stride": 2, "max_bad_share": 0.5}
    assert {*NOT_RENDERED} >= set(same)
    assert benchmark_folder("motion48", SMALL.model_copy(update=same)) == folder
    other: list[dict] = [{"seed": 1}, {"size": 16}, {"frames": 4}, {"val_clips": 11}, {"speed": (1.0, 2.0)}]
    other += [{"background": Background(contrast=0.1)}, {"sprites": "shapes"}, {"distractors": 1}]
    other += [{"composition": "values"}]
    folders = {benchmark_folder("motion48", SMALL.model_copy(update=change)) for change in other}
    assert len(folders) == len(other) and folder not in folders
    assert folder.name.startswith("motion48-") and len(folder.name) == len("motion48-") + 8


def test_rendering_leaves_the_number_of_threads_as_it_was(home):
    """It takes one itself; the clips do not depend on it."""
    table = BENCHMARKS["mixed"].rows(SMALL, "train")
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        batches = [(rows, clips, torch.get_num_threads()) for rows, clips in rendered(table, SMALL)]
        assert [threads for *_, threads in batches] == [2, 2] and [len(rows) for rows, *_ in batches] == [64, 6]
        for rows, clips, _ in batches:
            assert np.array_equal(clips, render_clips(rows, SMALL))
    finally:
        torch.set_num_threads(before)


def test_a_failure_leaves_nothing(home, monkeypatch):
    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr("workbench.data.encode.write_clip", fail)
    with pytest.raises(OSError, match="disk full"):
        make_benchmark("motion48", SMALL, progress=False)
    assert [path.name for path in (home / "data").iterdir() if not path.name.endswith(".lock")] == []


def test_a_disk_that_fills_up_is_named_and_leaves_nothing(home, monkeypatch):
    """By the error of a system call, and by FFmpeg's own."""
    import av

    for error in (OSError(errno.ENOSPC, "No space left on device"), av.error.OSError(errno.ENOSPC, "No space")):
        monkeypatch.setattr("workbench.data.encode.write_clip", Mock(side_effect=error))
        with pytest.raises(WorkbenchError, match=r"The disk of .*/data is full, and nothing half-written"):
            make_benchmark("motion48", SMALL, progress=False)
        assert [path.name for path in (home / "data").iterdir() if not path.name.endswith(".lock")] == []


def test_a_full_disk_is_found_before_rendering(home, monkeypatch):
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("workbench.data.making.shutil.disk_usage", lambda _: usage)
    with pytest.raises(WorkbenchError, match="MB free"):
        make_benchmark("motion48", SMALL, progress=False)


@pytest.mark.slow
def test_two_processes_at_once_make_one_set(home):
    code = (
        "from workbench.config import DataSettings; from workbench.data.making import make_benchmark\n"
        "print(make_benchmark('motion48', DataSettings(train_clips=70, val_clips=10, test_clips=12), False))"
    )
    running = [subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[0].strip() for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert said[0] == said[1] and len(list((home / "data").glob("*/dataset.json"))) == 1


def test_an_unknown_benchmark_lists_the_known(home):
    with pytest.raises(UnknownName, match="motion48"):
        make_benchmark("motion84", SMALL, progress=False)


def test_captions_stand_beside_the_clips_and_describe_them(home):
    folder = make_benchmark("mixed", SMALL, progress=False)
    captions, export = (
        pd.read_parquet(folder / "captions.parquet"),
        json.loads((folder / "MSRVTT_data.json").read_text()),
    )
    assert captions["sen_id"].tolist() == list(range(5 * 92))
    for split in ("train", "val", "test"):
        own, table = captions[captions["split"] == split], pd.read_parquet(folder / f"{split}.parquet")
        truth = describes(own, table)
        assert truth[np.arange(len(own)), own["clip"]].all()  # clips are numbered in the order of the table
    assert [sentence["caption"] for sentence in export["sentences"]] == captions["caption"].tolist()
    assert all((folder / video["path"]).is_file() for video in export["videos"]) and len(export["videos"]) == 92


def test_an_unknown_composition_is_an_error_that_lists_the_known(home):
    with pytest.raises(UnknownName, match="combinations"):
        make_benchmark("motion48", SMALL.model_copy(update={"composition": "words"}), progress=False)

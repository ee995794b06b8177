"""Full disks and folders that may not be written, for everything that a person has written: an error, and the former files whole.

The disk is a real one of a few megabytes where this process may mount it; elsewhere the last step of writing fails.
"""

from __future__ import annotations

import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
import torch

from tests.conftest import mounted
from tests.data.videos import pattern
from tests.encoders.made import Counting
from tests.made_up import make_run
from tests.report.tiny import TinyParameters, add_report
from workbench.cli import main
from workbench.config import DataSettings
from workbench.data.cache import Decoding, decode_clips
from workbench.data.encode import write_clip
from workbench.data.imports import import_videos
from workbench.data.making import make_benchmark
from workbench.disk import Unwritable, refusal, writing
from workbench.errors import WorkbenchError
from workbench.external import Reading, keep_external, read_external
from workbench.features import features_of
from workbench.files import file_key, write_json
from workbench.paths import home as home_folder
from workbench.projection import project
from workbench.report.execute import report
from workbench.rows import keep_beside, keep_measured, load_rows
from workbench.runs import Run, write_weights
from workbench.training.checkpoint import save_state
from workbench.training.history import History
from workbench.widgets.saved import write_view

NOBODY, PAGE = 65534, 4096
TINY = DataSettings(train_clips=4, val_clips=2, test_clips=2)
DECODING = Decoding(4, 16)


@dataclass(frozen=True)
class Writer:
    """Something that is written under the home folder: `write(1)`, then `write(2)` in its place or beside it.

    `left` is the room that stays on a full disk: NumPy says otherwise that it has none when it had some to begin with.
    """

    write: Callable[[int], object]
    prepare: Callable[[], object] = lambda: None
    left: int = 0


def state(number: int) -> None:
    model = torch.nn.Linear(4, number + 1)
    optimiser = torch.optim.AdamW(model.parameters())
    model(torch.ones(4)).sum().backward()
    optimiser.step()
    save_state(home_folder() / "checkpoints" / "a", {"step": number}, model, optimiser, History("a"))  # type: ignore[arg-type]


def weights(number: int) -> None:
    write_weights(home_folder() / "checkpoints" / "a" / "weights", {"encoder": torch.nn.Linear(4, number)})


def rows_of_a_run(number: int) -> None:
    run = Run.open("random-smoke-s0")
    run.add_results(run.rows().assign(seconds=float(number)), run.predictions())


def features(number: int) -> None:
    pixels = np.random.default_rng(number).integers(0, 256, (10, 8, 16, 16, 3), dtype=np.uint8)
    table = pd.DataFrame({"clip": np.arange(10)})
    clips = type("Clips", (SimpleNamespace,), {"__len__": lambda self: len(self.table)})
    features_of(Counting(), clips(name="motion48", split="test", key=str(number), clips=pixels, table=table))


def videos() -> None:
    for number in (1, 2):
        for clip in range(4):
            path = home_folder() / f"videos{number}" / f"{clip}.mp4"
            path.parent.mkdir(exist_ok=True)
            write_clip(path, pattern(4, 16, 16, seed=10 * number + clip))


def cached(number: int) -> None:
    decode_clips([str(home_folder() / f"videos{number}" / "0.mp4")], DECODING, "x", progress=False)


def imported(number: int) -> None:
    import_videos(home_folder() / f"videos{number}", "mine", val_share=0.25, test_share=0.25, replace=True)


def table_of_others() -> None:
    (home_folder() / "theirs.csv").write_text("name,benchmark,value,n\nmine,motion48,0.5,100\n")


def external(number: int) -> None:
    path = home_folder() / "theirs.csv"
    rows = read_external([path], Reading({}, {"note": str(number)}))
    keep_external("theirs", rows, "workbench import", [path])


def measured(number: int) -> None:
    keep_measured("kept", load_rows(source="runs").assign(seconds=float(number)))


WRITERS = {
    "state of a run": Writer(state),
    "a new run": Writer(lambda number: make_run("random", number, history=False, benchmarks=("motion48",))),
    "what is said of a run": Writer(lambda number: Run.open("random-smoke-s0").update(step=number), lambda: make_run("random")),
    "weights": Writer(weights),
    "rows of a run": Writer(rows_of_a_run, lambda: make_run("random")),
    "kept rows": Writer(measured, lambda: make_run("random")),
    "a kept diagnosis": Writer(lambda number: keep_beside("kept", "matrix", pd.DataFrame({"a": [number]}), "workbench")),
    "rows of other tools": Writer(external, table_of_others),
    "features": Writer(features),
    "decoded clips": Writer(cached, videos),
    "a map": Writer(lambda number: project(np.random.default_rng(number).random((2000, 3), np.float32)), left=PAGE),
    "a view": Writer(lambda number: write_view("seen", {"format": 2, "number": number})),
    "a benchmark": Writer(lambda number: make_benchmark("motion48", TINY.model_copy(update={"seed": number}), progress=False)),
    "an import": Writer(imported, videos),
}  # fmt: skip


def files(folder: Path) -> dict[str, str]:
    """Every file but locks, by its content."""
    found = (path for path in folder.rglob("*") if path.is_file() and path.name != "filler")
    return {str(path.relative_to(folder)): file_key(path) for path in found if not ignored(path)}


def ignored(path: Path) -> bool:
    """Locks, the use of a list, and lists of the cache, which are written before its shards and forgotten with them."""
    return path.name.endswith(".lock") or path.name == "in_use" or path.parent.parent.name == "lists"


@pytest.fixture
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder on a disk of its own, of 4 MB."""
    with mounted(tmp_path / "disk", "4m") as folder:
        monkeypatch.setenv("WORKBENCH_HOME", str(folder))
        yield folder


@contextmanager
def filled(folder: Path, left: int = 0) -> Iterator[None]:
    """No room on the disk of `folder` but for `left` bytes."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as stream:
        for size in (1 << 16, PAGE):
            try:
                while True:
                    stream.write(b"x" * size)
            except OSError as error:
                assert error.errno == errno.ENOSPC
    os.truncate(filler, filler.stat().st_size // PAGE * PAGE - left)
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    """Nothing in `folder` may be written. Root may write everywhere, so it becomes nobody meanwhile."""
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    for path in folders:
        path.chmod(0o555)
    if os.geteuid() == 0:
        os.seteuid(NOBODY)
        lift = True
    else:
        lift = False
    try:
        yield
    finally:
        if lift:
            os.seteuid(0)
        for path in folders:
            path.chmod(0o755)


@pytest.fixture
def open_home(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home folder that everybody may look into: those of pytest are its user's alone."""
    folder = Path(tempfile.mkdtemp(prefix="workbench-"))
    folder.chmod(0o755)
    monkeypatch.setenv("WORKBENCH_HOME", str(folder))
    yield folder
    shutil.rmtree(folder)


def refused(name: str, folder: Path, hindered: AbstractContextManager[object], said: str) -> None:
    """Write once, then once more while `hindered`, which is `said`: the files are the former ones. Then it goes on."""
    writer = WRITERS[name]
    writer.prepare()
    writer.write(1)
    before = files(folder)
    with hindered, pytest.raises(WorkbenchError) as found:
        writer.write(2)
    assert files(folder) == before
    assert str(folder) in str(found.value) and said in str(found.value)
    writer.write(2)
    assert files(folder) != before


@pytest.mark.parametrize("name", WRITERS)
def test_a_full_disk_leaves_the_former_files_and_the_same_call_goes_on(name: str, disk: Path) -> None:
    refused(name, disk, filled(disk, WRITERS[name].left), "ree some space")


@pytest.mark.parametrize("name", WRITERS)
def test_where_the_last_step_fails_nothing_is_half_written(name: str, home: Path) -> None:
    full = OSError(errno.ENOSPC, "No space left on device")
    refused(name, home, patch.object(os, "replace", side_effect=full), "ree some space")


@pytest.mark.parametrize("name", WRITERS)
def test_a_folder_that_may_not_be_written_is_named_and_left_as_it_is(name: str, open_home: Path) -> None:
    refused(name, open_home, closed(open_home), "Permission denied")


@pytest.mark.slow
def test_a_report_on_a_full_disk_is_the_former_one(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_report(monkeypatch, "one", "1 + 1")
    former = disk / "reports" / "one" / "one.html"
    former.parent.mkdir(parents=True)
    former.write_text("the former report")
    with (
        filled(disk, PAGE),
        pytest.raises(WorkbenchError, match=r"'one' cannot be written .*Free|disk of .* is full.*free some"),
    ):
        report("one", progress=False)
    assert [path.name for path in former.parent.iterdir()] == ["one.html"] and former.read_text() == "the former report"
    assert not [path for path in (disk / "reports").iterdir() if path.name.startswith(".")]
    assert report("one", progress=False).html.read_text() != "the former report"


def test_a_report_in_a_folder_that_may_not_be_written(open_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add_report(monkeypatch, "one")
    (open_home / "reports").mkdir()
    with closed(open_home), pytest.raises(WorkbenchError, match=r"'one' cannot be written to .*/reports/one.*writable"):
        report("one", TinyParameters(), progress=False)
    assert not (open_home / "reports" / "one").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("words", [("claims",), ("variants", "--json"), ("runs", "--json")])
def test_what_is_printed_to_a_full_disk(words: tuple[str, ...], home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setattr(sys, "argv", ["workbench", *words])
    with open("/dev/full", "w") as output:
        monkeypatch.setattr(sys, "stdout", output)
        with pytest.raises(SystemExit) as end:
            main()
    assert end.value.code == 1
    said = capsys.readouterr().err
    assert said == "Error: The output cannot be written: No space left on device. Mend that and repeat the command.\n"


def test_the_command_line_names_a_folder_that_may_not_be_written(
    open_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    table_of_others()
    words = ["import", str(open_home / "theirs.csv"), "--keep", "theirs"]
    monkeypatch.setattr(sys, "argv", ["workbench", *words])
    with closed(open_home), pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1
    assert capsys.readouterr().err.startswith(
        f"Error: {open_home}/reports/external/theirs.parquet cannot be written (P"
    )
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code in (0, None)


def test_words_of_libraries_for_a_full_disk() -> None:
    safetensors = type("SafetensorError", (Exception,), {})
    assert refusal(safetensors("Error while serializing: I/O error: No space left on device (os error 28)")) == 28
    assert refusal(OSError("40000 requested and 8176 written")) == errno.ENOSPC
    assert refusal(OSError("something else")) is None and refusal(ValueError("(os error 28)")) is None


def test_a_file_elsewhere_that_cannot_be_read_is_not_said_to_be_the_one_that_is_written(tmp_path: Path) -> None:
    elsewhere = PermissionError(errno.EACCES, "Permission denied", "/elsewhere/clip.mp4")
    with pytest.raises(PermissionError) as found, writing(tmp_path / "a.json"):
        raise elsewhere
    assert found.value is elsewhere
    with pytest.raises(Unwritable, match="give another name"):
        write_json(tmp_path / ("long" * 100), {})

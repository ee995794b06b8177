"""What a run writes for those who watch it."""

from __future__ import annotations

from pathlib import Path

import pytest

from workbench.errors import WorkbenchError
from workbench.presets import build_config
from workbench.runs import Run
from workbench.training.hold import Holder, ask_to_stop, hold, holder
from workbench.training.live import LiveLog, LiveReader


def rows(n: int) -> list[dict[str, float]]:
    return [{"step": float(i), "loss": 1 / (1 + i)} for i in range(n)]


def test_every_line_is_read_once_and_a_resumed_run_begins_anew(tmp_path: Path) -> None:
    reader = LiveReader(tmp_path)
    assert reader.read() == (False, [])
    log = LiveLog(tmp_path)
    log.write(rows(3), 1.0, [])
    assert reader.read() == (True, [*rows(3), {"done": 3, "seconds": 1.0, "warnings": []}])
    log.write(rows(5), 2.0, ["w"])
    assert reader.read() == (False, [*rows(5)[3:], {"done": 5, "seconds": 2.0, "warnings": ["w"]}])
    assert reader.read() == (False, [])
    with log.path.open("a") as stream:
        stream.write('{"step"')
    assert reader.read() == (False, [])  # the rest of the line is still to come
    LiveLog(tmp_path).write(rows(4), 1.5, [])  # another process, from the state of step 2
    assert reader.read() == (True, [*rows(4), {"done": 4, "seconds": 1.5, "warnings": []}])
    log.clear()
    assert list(tmp_path.iterdir()) == [] and reader.read() == (False, [])


def test_a_run_goes_on_where_nothing_can_be_written_for_watchers(tmp_path: Path) -> None:
    log = LiveLog(tmp_path / "file" / "below")
    (tmp_path / "file").write_text("")
    log.write(rows(2), 1.0, [])
    assert LiveReader(tmp_path / "file" / "below").read() == (False, [])


def test_the_holder_of_a_run_is_known_while_it_holds() -> None:
    run = Run.create(build_config("baseline", "smoke"))
    assert holder(run) is None
    with pytest.raises(WorkbenchError, match="No process is working"):
        ask_to_stop(run)
    with hold(run):
        found = holder(run)
        assert found is not None and found.here and found == holder(run)
        with pytest.raises(WorkbenchError, match="Another process is working"), hold(run):
            pass
        assert holder(run) == found  # the one that was refused left it alone
    assert holder(run) is None
    assert not Holder(1, "elsewhere.example", "now").here

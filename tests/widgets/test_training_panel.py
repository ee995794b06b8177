"""The training panel on real runs of the smoke preset: each is a process that starts, is watched, stopped and gone on with."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.training.test_train import assert_same_weights
from workbench.presets import build_config
from workbench.runs import Run
from workbench.training import background
from workbench.training.hold import FILE, hold, holder
from workbench.training.train import train
from workbench.widgets.training import TrainingPanel
from workbench.widgets.training_words import duration

CHANGES: dict[str, Any] = {
    "data": {"train_clips": 48},
    "optim": {"steps": 160},
    "runtime": {"device": "cpu", "log_every": 2},
}
LONG = 240  # seconds that nothing here takes: the tests wait for events


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., TrainingPanel]]:
    """Opens panels on runs without probes; ends what they started, and finds that no thread is left."""
    import torch

    monkeypatch.setenv("OMP_NUM_THREADS", str(torch.get_num_threads()))
    panels: list[TrainingPanel] = []

    def panel(variant: str = "ld", preset: str = "smoke", seed: int = 0, **more: Any) -> TrainingPanel:
        asked = {"data": None, "changes": CHANGES, "probe": False, "period": 0.05} | more
        panels.append(TrainingPanel(variant, preset, seed, **asked))
        return panels[-1]

    yield panel
    for child in background.CHILDREN.values():
        if child.process.poll() is None:
            child.process.kill()
            child.process.wait()
    background.CHILDREN.clear()
    for one in panels:
        one.close()
    assert not [thread.name for thread in threading.enumerate() if thread.name.startswith("watch ")]


def until(panel: TrainingPanel, condition: Callable[[], bool]) -> None:
    """Wait for the panel to show something, as long as its run is training."""
    end = time.monotonic() + LONG
    while not condition():
        assert panel.watch is not None and panel.watch.alive, panel.message
        assert time.monotonic() < end, panel.message
        time.sleep(0.02)


def done(panel: TrainingPanel) -> int:
    assert panel.watch is not None
    return panel.watch.done


@pytest.mark.slow
def test_start_watch_stop_resume_gives_the_weights_of_a_run_that_was_not_stopped(opened: Any) -> None:
    whole = train(build_config("ld", "smoke", changes=CHANGES), name="whole", show=False)
    panel = opened()
    assert panel.state == "new" and panel.go.description == "Start" and not panel.go.disabled and panel.halt.disabled
    assert not background.CHILDREN  # opening starts nothing
    panel.go.click()
    assert panel.state == "training" and panel.go.disabled and not panel.halt.disabled
    until(panel, lambda: done(panel) >= 20)
    charts = {chart["title"]: chart for chart in panel.view.content["charts"]}
    assert {one["name"] for one in charts["Terms, raw"]["series"]} == {"predict", "context", "ld"}
    assert "about" in panel.view.content["note"] and "left" in panel.view.content["note"]
    panel.halt.click()
    assert panel.halt.disabled and "Stopping" in panel.message
    assert panel.wait(LONG) and panel.state == "stopped", panel.message
    stopped = done(panel)
    assert 20 <= stopped < 160 and f"stopped at step {stopped}" in panel.message
    assert any(f"Stopped at step {stopped}" in line for line in panel.view.content["log"])
    assert panel.go.description == "Resume" and not panel.go.disabled
    panel.go.click()
    assert panel.wait(LONG) and panel.state == "finished", panel.message
    assert_same_weights(whole, panel.run)
    assert done(panel) == 160 and panel.go.disabled and panel.halt.disabled
    content = panel.view.content
    assert content["code"] == f'wb.explore("{panel.run.name}")' and content["log"] == []
    assert {"gradient", "movement", "collapse"} <= {one["audit"] for one in content["audits"]}
    assert "RankMe of tokens" in {chart["title"] for chart in content["charts"]}
    assert not list(panel.run.folder.glob("live*")) and not (panel.run.folder / FILE).exists()
    json.dumps(content)
    again = opened()  # a finished run is read from its history, and shows the same
    assert again.state == "finished" and again.view.content == content


def test_starting_returns_while_the_process_has_not_begun(
    opened: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The process waits for a file that is written after `start` has returned; a start that waited would never return."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    popen = subprocess.Popen

    def gated(command: list[str], **more: Any) -> subprocess.Popen[bytes]:
        script = f"open({str(gate)!r}).read(); print('Error: let through', flush=True); raise SystemExit(1)"
        return popen([sys.executable, "-c", script], **more)

    monkeypatch.setattr(background.subprocess, "Popen", gated)
    panel = opened()
    panel.start()
    assert panel.state == "training" and panel.watch.child.process.poll() is None
    gate.write_text("go")
    assert panel.wait(LONG) and panel.state == "failed" and "let through" in panel.message


@pytest.mark.slow
def test_a_trained_run_is_probed_where_that_was_left_out(opened: Any) -> None:
    changes = {
        **CHANGES,
        "optim": {"steps": 3},
        "probe": {"probes": ["knn"], "benchmarks": ["motion48"], "train_clips": 48},
    }
    train(build_config("ld", "smoke", changes=changes), show=False)
    assert opened(changes=changes).state == "finished"
    panel = opened(changes=changes, probe=True)
    assert panel.state == "unprobed" and panel.go.description == "Resume" and not panel.go.disabled
    panel.start()
    assert "Its encoder is being probed" in panel.message
    assert panel.wait(LONG) and panel.state == "finished", panel.message
    assert set(panel.run.rows()["probe"]) == {"knn"}
    assert "spread" in {one["audit"] for one in panel.view.content["audits"]}


@pytest.mark.slow
def test_a_run_of_another_process_is_watched_and_stopped_and_one_that_was_killed_is_seen(opened: Any) -> None:
    first = opened()
    first.start()
    until(first, lambda: done(first) >= 4)
    child = background.CHILDREN.pop(first.run.name)  # another kernel does not know it
    second = opened()
    assert second.state == "elsewhere" and second.go.disabled and not second.halt.disabled
    assert f"process {child.process.pid} on this machine" in second.message
    second.start()
    assert "training already" in second.message
    second.stop()
    assert "Stopping" in second.message and second.halt.disabled
    child.process.wait(LONG)
    assert second.wait(LONG) and second.state == "stopped" and done(second) >= 4
    second.start()
    until(second, lambda: done(second) >= 20)
    second.watch.child.process.send_signal(signal.SIGKILL)
    assert second.wait(LONG) and second.state == "failed"
    assert "killed by signal 9" in second.message and second.status.content["level"] == "problem"
    assert (second.run.folder / FILE).exists() and holder(second.run) is None  # what is left behind counts for nothing
    assert not second.go.disabled


@pytest.mark.slow
def test_the_training_goes_on_when_the_kernel_that_started_it_dies(opened: Any) -> None:
    """A kernel's end is that of a process group without a word; the run is then found by its lock."""
    script = (
        "import os, signal, time; from workbench.widgets.training import TrainingPanel\n"
        f"p = TrainingPanel('ld', 'smoke', 0, None, {CHANGES!r}, False, 0.05); p.start()\n"
        "while p.watch.done < 4: time.sleep(0.02)\n"
        "os.killpg(0, signal.SIGKILL)"
    )
    kernel = subprocess.run([sys.executable, "-c", script], start_new_session=True, env=os.environ, timeout=LONG)
    assert kernel.returncode == -signal.SIGKILL
    panel = opened()
    assert panel.state == "elsewhere", panel.message
    before = done(panel)
    until(panel, lambda: done(panel) > before + 4)
    panel.stop()
    assert panel.wait(LONG) and panel.state == "stopped"


@pytest.mark.slow
def test_a_stop_before_the_process_hears_is_passed_on(opened: Any) -> None:
    panel = opened()
    panel.start()
    panel.stop()
    assert panel.wait(LONG) and panel.state in ("new", "stopped"), panel.message
    assert panel.status.content["level"] == "info" and not panel.go.disabled


def test_what_cannot_be_trained_is_said(opened: Any) -> None:
    for asked, said in (
        ({"variant": "ldd"}, "Unknown variant 'ldd'. Did you mean 'ld'?"),
        ({"preset": "smal"}, "Unknown preset 'smal'"),
        ({"data": "nothing"}, "Unknown data set 'nothing'"),
        ({"changes": {"optim": {"stps": 3}}}, "Unknown setting 'stps'"),
    ):
        panel = opened(**asked)
        assert said in panel.message and panel.status.content["level"] == "problem"
        panel.start()
        assert panel.status.content["level"] == "problem" and not background.CHILDREN
    panel = opened("ldd", changes=None)
    panel.variant.value = "baseline"  # choosing something that is there mends it
    assert panel.state == "new" and panel.status.content["level"] == "info"


def test_a_run_of_other_settings_under_the_name_is_said(opened: Any) -> None:
    config = build_config("ld", "smoke", changes=CHANGES)
    name = opened().watch.name
    Run.create(build_config("ld", "smoke", 1, changes=CHANGES), name)
    panel = opened()
    assert "made with other settings (seed: 1 there, 0 here)" in panel.message and panel.go.disabled
    assert config.seed == 0


def test_a_full_disk_is_said(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/somewhere")

    monkeypatch.setattr(background.subprocess, "Popen", full)
    panel = opened()
    panel.start()
    assert "the disk is full (/somewhere)" in panel.message and panel.status.content["level"] == "problem"
    assert not panel.go.disabled


@pytest.mark.slow
def test_a_run_that_fails_shows_its_error_and_the_end_of_its_log(opened: Any) -> None:
    panel = opened(changes={**CHANGES, "masks": [{"kind": "no such masks"}]})
    panel.start()
    assert panel.wait(LONG) and panel.state == "failed"
    assert "Unknown mask" in panel.message and "no such masks" in panel.message
    content = panel.view.content
    assert content["failed"] and any("no such masks" in line for line in content["log"]) and panel.run is None
    assert panel.status.content["level"] == "problem" and not panel.go.disabled


def test_a_diverged_run_is_not_gone_on_with(opened: Any) -> None:
    run = Run.create(build_config("ld", "smoke", changes=CHANGES))
    run.update(status="failed", message="'raw/ld' became nan at step 5")
    panel = opened()
    assert panel.state == "diverged" and "became nan at step 5" in panel.message and panel.go.disabled
    panel.start()
    assert "became nan at step 5" in panel.message and not background.CHILDREN


def test_early_warnings_and_hostile_words_reach_the_page_as_text(opened: Any) -> None:
    run = Run.create(build_config("ld", "smoke", changes=CHANGES))
    mark = {"done": 2, "seconds": 1.0, "warnings": ["context encoder, std since step 0: <b>low</b>"]}
    lines = [{"step": 0.0, "raw/predict": 1.0}, {"step": 1.0, "raw/predict": float("nan")}, mark]
    (run.folder / "live.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines) + '{"step": 2')
    with hold(run):
        panel = opened()
        assert panel.state == "elsewhere" and panel.view.content["warnings"] == mark["warnings"]
        assert "1 of the signs of collapse" in panel.message
        (chart,) = panel.view.content["charts"]
        assert chart["series"][0]["points"] == [[0, 1.0]]  # what is not a number is no point, half a line is not read
    assert panel.wait(LONG) and panel.state == "stopped"


def test_an_objective_of_a_cell_is_refused_with_what_to_do(opened: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.objectives import OBJECTIVES, TokenErrors
    from workbench.objectives.base import Objective
    from workbench.own import OWN, objective
    from workbench.variants import VARIANTS

    class Cell(Objective):
        """Of a cell."""

        terms = ("cell_term",)

        def forward(self, batch: Any) -> dict[str, TokenErrors]:
            raise NotImplementedError

    objective("cell_term")(Cell)
    try:
        panel = opened("cell_term")
        panel.start()
        assert "is defined in a cell" in panel.message and "own/cell_term.py" in panel.message
        assert not background.CHILDREN
    finally:
        for registry in (OWN, VARIANTS._entries, OBJECTIVES._entries):
            registry.pop("cell_term")


def test_seconds_in_words() -> None:
    assert [duration(s) for s in (0.4, 59, 185, 7800)] == ["0 s", "59 s", "3 min 5 s", "2 h 10 min"]

"""Sweeps: equal rows whatever runs them, failures that stop nothing, resuming, a killed worker's run done again."""

import json
import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from workbench.errors import UnknownName, WorkbenchError
from workbench.rows import load_rows
from workbench.runs import list_runs
from workbench.sweeps import Outcome, plan, sweep
from workbench.sweeps.keep import keep_sweep

SHORT = {
    "data": {"train_clips": 48, "val_clips": 50, "test_clips": 50},
    "optim": {"steps": 6},
    "runtime": {"checkpoint_seconds": 1e-6},
    "probe": {"probes": ["knn"], "benchmarks": ["motion48"], "train_clips": 48},
}
STUDY = ["random", "ld"]


def short(variants, seeds=(0,), **options):
    return sweep(variants, seeds, "smoke", **{"changes": SHORT, "show": False} | options)


def numbers(rows: pd.DataFrame) -> pd.DataFrame:
    """What must not depend on where a run was made."""
    return rows.drop(columns=["seconds", "train_seconds"]).sort_values("run").reset_index(drop=True)


def test_the_plan_of_a_regime_holds_the_study_and_the_random_encoder():
    single, mixed = (plan(None, [0, 1], "smoke", regime=regime) for regime in ("single", "mixed"))
    assert len(single) == 2 * (1 + 1 + 13) and len(mixed) == 2 * (1 + 1 + 15)
    assert single[0].name == "random-smoke-s0" and mixed[-1].name == "fac-smoke-s1-mixed"
    assert len(plan(None, [0], "smoke", reading="both")) == 15 + 7
    assert [job.variant for job in plan(None, [0], "smoke", regime="mixed", reading="as_published")] == [
        "hw_ld",
        "fwm_hw_ld",
    ]


@pytest.mark.parametrize(
    ("asked", "error", "said"),
    [
        ({"variants": ["ldd"]}, UnknownName, "variant 'ldd'"),
        ({"reading": "published"}, UnknownName, "as_published, both"),
        ({"variants": ["ld", "ld"]}, WorkbenchError, "'ld-smoke-s0' stands twice"),
        ({"variants": ["ld"], "reading": "as_published"}, WorkbenchError, "no runs"),
        ({"preset": "large"}, UnknownName, "preset 'large'"),
    ],
)
def test_what_is_unknown_raises_before_any_work(asked, error, said, home):
    with pytest.raises(error, match=said):
        plan(**{"variants": None, "seeds": [0], "preset": "smoke"} | asked)
    assert not (home / "checkpoints").exists()


@pytest.mark.slow
def test_a_sweep_does_every_run_once_and_a_failure_stops_nothing(monkeypatch, home):
    (home / "own").mkdir()
    (home / "own" / "breaking.py").write_text(
        "import workbench as wb\n\n"
        '@wb.objective("breaking")\nclass Breaking(wb.Objective):\n'
        '    """Cannot be trained with."""\n    terms = ("breaking",)\n\n'
        "    def forward(self, batch):\n"
        '        return {"breaking": batch.context.mean() * float("nan")}\n'
    )
    from workbench.own import load_own
    from workbench.variants import VARIANTS

    monkeypatch.setattr(VARIANTS, "_entries", dict(VARIANTS._entries))
    VARIANTS._more = load_own  # as in a new process
    result = short(["random", "breaking", "ld"], workers=2)
    assert [one.status for one in result.outcomes] == ["done", "failed", "done"]
    assert "raw/breaking" in result.failed[0].message and "TrainingDiverged" in result.failed[0].message
    again = short(["random", "ld"], workers=2)
    assert [one.status for one in again.outcomes] == ["there", "there"]
    rows = load_rows("smoke")
    assert set(rows["variant"]) == {"random", "ld"} and set(rows["audit"]) == {"passed"}
    assert rows["fingerprint"].nunique() == 1
    assert not list((home / "checkpoints").glob("*/features"))
    path = keep_sweep("study", result, "workbench sweep …")
    kept = json.loads(path.with_suffix(".json").read_text())
    assert set(kept["configs"]) == set(rows["run"]) and list(kept["not_complete"]) == [result.outcomes[1].run]
    assert load_rows(source="measured")["run"].tolist() == rows["run"].tolist()
    readings = pd.read_parquet(path.with_name("study.monitor.parquet"))
    assert set(readings["run"]) == {one for one in rows["run"] if one.startswith("ld")} and readings["step"].min() == 0
    assert readings["quality/context/std"].notna().all()


@pytest.mark.slow
def test_an_interrupted_sweep_saves_its_runs_and_goes_on(home):
    script = (
        "import signal; from tests.sweeps.test_sweep import SHORT; from workbench.sweeps import sweep\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # ignored where the tests run in the background
        "changes = SHORT | {'optim': {'steps': 150}}\n"
        "sweep(['ld'], [0], 'smoke', changes=changes, workers=1, show=False)"
    )
    process = subprocess.Popen([sys.executable, "-c", script], env=os.environ, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not (states := list((home / "checkpoints").glob("ld-*/state-*"))) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert states, process.stderr.read() if process.poll() is not None else "no state in time"
    process.send_signal(signal.SIGINT)
    process.wait(60)
    (run,) = list_runs()
    assert run.info["status"] == "training" and 0 < run.info["step"] < 150
    changes = SHORT | {"optim": {"steps": 150}}
    assert [one.status for one in short(["ld"], changes=changes).outcomes] == ["done"]


@pytest.mark.slow
def test_a_dask_scheduler_gives_the_same_rows_and_does_a_killed_workers_run_again(tmp_path, monkeypatch):
    from distributed import LocalCluster

    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MALLOC_TRIM_THRESHOLD_"):
        monkeypatch.setenv(name, os.environ.get(name, ""))  # dask sets them in this process; they are put back
        monkeypatch.delenv(name)

    local = tmp_path / "local"
    monkeypatch.setenv("WORKBENCH_HOME", str(local))
    changes = SHORT | {"optim": {"steps": 150}}
    short(STUDY, changes=changes, workers=2)
    expected = numbers(load_rows("smoke"))
    there = tmp_path / "cluster"
    monkeypatch.setenv("WORKBENCH_HOME", str(there))
    with LocalCluster(n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        killed = []

        def kill_one_that_trains():
            states = list((there / "checkpoints").glob("ld-*/state-*"))
            if states and not killed:
                lock = states[0].parent / ".lock"
                for nanny in cluster.workers.values():
                    if holds(nanny.pid, lock):
                        os.kill(nanny.pid, signal.SIGKILL)
                        killed.append(nanny.pid)

        watcher = every(0.05, kill_one_that_trains)
        try:
            result = short(STUDY, changes=changes, scheduler=cluster.scheduler_address)
        finally:
            watcher.set()
    assert killed, "no worker was killed while it trained"
    assert [one.status for one in result.outcomes] == ["done", "done"]
    pd.testing.assert_frame_equal(numbers(load_rows("smoke")), expected)


def holds(pid, path):
    """Whether a process has a file open."""
    try:
        return any(os.path.realpath(f"/proc/{pid}/fd/{fd}") == str(path) for fd in os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return False


def every(seconds, work):
    """Call `work` again and again in a thread until the event that this returns is set."""
    import threading

    stop = threading.Event()

    def loop():
        while not stop.wait(seconds):
            work()

    threading.Thread(target=loop, daemon=True).start()
    return stop


def test_a_scheduler_that_is_not_there_is_named():
    from workbench.sweeps.cluster import outcomes

    with pytest.raises(WorkbenchError, match="No dask scheduler answers at 'nowhere'"):
        next(outcomes([], "nowhere"))


def test_a_process_that_dies_is_an_outcome(monkeypatch, home):
    from workbench.sweeps import local

    monkeypatch.setattr(local.sys, "executable", "/bin/false")
    (job,) = plan(["random"], [0], "smoke")
    (outcome,) = local.Processes(1).outcomes([job])
    assert outcome == Outcome("random-smoke-s0", "failed", message="its process was ended with status 1")

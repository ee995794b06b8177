from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from workbench.encoders import open_encoder
from workbench.errors import UnknownName, WorkbenchError
from workbench.probe_rows import result_row
from workbench.probes import ProbeOutcome
from workbench.probes.grid import Setting
from workbench.probing import control_run, probe, probe_run
from workbench.rows import checked
from workbench.runs import Run
from workbench.stats import wilson

pytestmark = pytest.mark.slow


def test_every_row_states_what_it_depends_on(with_runs):
    run = Run.open("baseline-smoke-s0")
    rows = checked(run.rows(), run.folder)
    assert set(zip(rows["benchmark"], rows["probe"], strict=True)) == {
        (b, p)
        for b in ("motion48", "temporal16", "appearance100")
        for p in ("linear", "linear_time", "knn", "knn_time", "attentive")
    }
    assert set(rows["control"]) == {"random-smoke-s0"} and set(rows["n"]) == {100}
    assert set(rows["config_key"]) == {run.config.key()}
    for row in rows.itertuples():
        assert (row.low, row.high) == pytest.approx(wilson(round(row.value * row.n), row.n))


def test_rows_agree_with_the_answers_they_were_counted_from(with_runs):
    run = Run.open("baseline-smoke-s0")
    answers = run.predictions()
    for row in run.rows().itertuples():
        mine = answers[(answers["benchmark"] == row.benchmark) & (answers["probe"] == row.probe)]
        assert len(mine) == row.n and (mine["truth"] == mine["predicted"]).mean() == pytest.approx(row.value)


def test_what_is_there_is_not_probed_again(with_runs, monkeypatch):
    run = Run.open("baseline-smoke-s0")
    monkeypatch.setattr("workbench.probing.features_of", lambda *_, **__: pytest.fail("extracted again"))
    assert len(probe_run(run, show=False)) == 15


def test_the_random_encoder_has_no_control(with_runs):
    assert control_run(Run.open("random-smoke-s0")) == ""


def test_an_encoder_by_name_is_probed_as_its_run_is(with_runs, monkeypatch):
    monkeypatch.setattr("workbench.probing.features_of", lambda *_, **__: pytest.fail("extracted again"))
    run = Run.open("baseline-smoke-s0")
    ask = {"benchmarks": ["motion48"], "show": False}
    assert probe("baseline-smoke-s0@context", **ask).equals(probe_run(run, **ask))


def test_the_random_encoder_reads_the_same_without_its_run(with_runs, home, monkeypatch):
    """Its rows say what they are of, and are kept apart from the runs."""
    ask = {"benchmarks": ["motion48"], "probes": ["knn", "linear"], "show": False}
    of_run = probe_run(Run.open("random-smoke-s0"), **ask)
    monkeypatch.setenv("WORKBENCH_HOME", str(home / "elsewhere"))
    encoder = open_encoder("random-smoke-s0")
    rows = checked(probe(encoder, **ask), "here")
    same = ["probe", "value", "data_key", "choice", "val_accuracy"]
    assert rows[same].sort_values("probe").to_dict("list") == of_run[same].sort_values("probe").to_dict("list")
    assert set(rows["run"]) == {"random-smoke-s0"} and set(rows["audit"]) == {"not audited"}
    assert len(list((home / "elsewhere" / "cache" / "results").glob("*/predictions.parquet"))) == 1
    monkeypatch.setattr("workbench.probing.features_of", lambda *_, **__: pytest.fail("extracted again"))
    assert checked(probe(encoder, **ask), "here").equals(rows)


def test_a_continuous_factor_is_scored_by_the_variance_explained(home):
    encoder = open_encoder("random", preset="smoke")
    ask = {"benchmarks": ["motion48"], "factors": ["start_x"], "show": False}
    (row,) = checked(probe(encoder, **ask, probes=["ridge"]), "here").itertuples()
    assert (row.metric, row.chance, row.n) == ("r2", 0.0, 100)
    assert 0 <= row.low <= row.value <= row.high <= 1 and row.value == pytest.approx(
        max(0.0, r_squared_by_hand(encoder))
    )
    with pytest.raises(WorkbenchError, match="'knn' reads classes; a continuous factor is read by ridge"):
        probe(encoder, **ask, probes=["knn"])
    with pytest.raises(UnknownName, match=r"Unknown factor of motion48 'start_z'. Did you mean 'start_[xy]'"):
        probe(encoder, benchmarks=["motion48"], factors=["start_z"], show=False)


def test_the_row_of_a_continuous_factor_has_the_known_share_and_an_interval_around_it():
    """Truth plus independent noise of half its variance leaves half of it."""
    rng = np.random.default_rng(0)
    truth, noise = rng.normal(size=4000), rng.normal(size=4000) * np.sqrt(0.5)
    part = SimpleNamespace(labels=truth)
    task: Any = SimpleNamespace(continuous=True, test=part, note="")
    clips: Any = SimpleNamespace(name="motion48", split="test", key="k")
    outcome = ProbeOutcome(truth + noise, truth + noise, 0.5, "", "")
    row = result_row({"run": "x"}, clips, "speed", "ridge", task, outcome, 1.0)
    assert (row["run"], row["metric"], row["n"]) == ("x", "r2", 4000)
    assert row["value"] == pytest.approx(0.5, abs=0.03) and row["low"] < 0.5 < row["high"] < row["low"] + 0.1


def r_squared_by_hand(encoder) -> float:
    from workbench.data.clips import load_clips
    from workbench.features import features_of
    from workbench.probes.ridge import fit_ridge

    x, y = [], []
    for split in ("train", "val", "test"):
        clips = load_clips(encoder.config.data, split, source="motion48", progress=False)
        x.append(features_of(encoder, clips).pooled)
        y.append(clips.table["start_x"].to_numpy())
    wrong = y[2] - fit_ridge(x[0], y[0], x[1], y[1]).predict(x[2])
    return float(1 - np.square(wrong).sum() / np.square(y[2] - y[2].mean()).sum())


def test_pooled_features_give_the_same_means_to_a_probe(home):
    ask = {"benchmarks": ["motion48"], "probes": ["knn"], "show": False}
    encoder = open_encoder("random", preset="smoke")
    whole = probe(encoder, **ask)
    few = probe(encoder, **ask, pooled=True, again=True)
    assert few["value"].tolist() == pytest.approx(whole["value"].tolist(), abs=0.05)


def test_factors_are_read_in_one_pass_where_the_probe_can(home, monkeypatch):
    from workbench.probes import TOGETHER

    asked = []
    monkeypatch.setitem(TOGETHER._entries, "attentive_grid", lambda tasks: asked.append([*tasks]) or read_few(tasks))
    ask = {"benchmarks": ["motion48"], "factors": ["first", "second"], "show": False}
    rows = probe(open_encoder("random", preset="smoke"), **ask, probes=["attentive_grid", "knn"])
    assert asked == [["first", "second"]]
    assert rows[["probe", "factor"]].to_numpy().tolist() == [
        [p, f] for p in ("attentive_grid", "knn") for f in ask["factors"]
    ]


def read_few(tasks):
    from workbench.probes.many import read_many

    return read_many(tasks, (Setting(1e-3, 0.01),))

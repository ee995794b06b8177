import pytest

from workbench.probing import control_run, probe_run
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

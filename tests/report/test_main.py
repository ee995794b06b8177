"""The main report's tables and sentences on made-up rows."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.made_up import CLASSES, make_run, make_study
from workbench.report.figures import PLOTLY_MIME, POINTS, Chart, binned
from workbench.report.main import MainReport
from workbench.report.prose import Prose
from workbench.report.table import Table

ALL = {"random": 0.1, "baseline": 0.4, "ld": 0.4, "fwm": 0.1}
CELLS = [(b, p) for b in CLASSES for p in ("linear", "linear_time", "knn", "knn_time", "attentive")]


def report(seeds: tuple[int, ...] = (0,), **changes: Any) -> MainReport:
    return MainReport.of(**({"preset": "smoke", "seeds": list(seeds)} | changes))


def table(found: Table | Prose) -> Table:
    assert isinstance(found, Table)
    return found


def read(found: Table | Prose) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(table(found).csv()))


def test_every_table_of_three_seeds() -> None:
    make_study(ALL, seeds=(0, 1, 2))
    made = report((0, 1, 2))
    accuracy = read(made.accuracy())
    assert (
        len(accuracy) == 4 * len(CELLS) and (accuracy["status"] == "run").all() and (accuracy["seeds"] == "0 1 2").all()
    )
    row = made.study.rows.groupby(["variant", "benchmark", "probe"])["value"].mean()
    for one in accuracy.itertuples():
        assert one.accuracy == pytest.approx(row[one.variant, one.benchmark, one.probe])
        assert one.low < one.accuracy < one.high
    differences = read(made.differences())
    assert list(differences["variant"].unique()) == ["baseline", "ld", "fwm"] and len(differences) == 3 * len(CELLS)
    assert set(differences["verdict"][differences["variant"] == "fwm"]) == {"below"}
    assert (differences["p_holm"] >= differences["p"]).all() and (differences["p"] >= 0.25).all()


def test_the_criterion_is_met_in_all_cells() -> None:
    make_study(ALL, seeds=(0, 1, 2))
    made = report((0, 1, 2))
    criterion = table(made.criterion())
    assert criterion.lead.startswith("The baseline stands above the random encoder in all 15 cells")
    assert "By the stricter interval over seeds alone (Student's t over 3 seeds): 15 of 15." in criterion.lead
    assert read(criterion)["met"].all()
    assert made.summary().text.startswith("Preset smoke, seeds 0, 1 and 2: 12 of 12 runs asked for have all results.")


def test_the_cells_in_which_the_criterion_is_not_met_are_named() -> None:
    skill = dict.fromkeys(CELLS, 0.4) | {("appearance100", "knn"): 0.1}
    make_study({"random": 0.1, "baseline": skill}, seeds=(0, 1, 2))
    made = report((0, 1, 2), variants=["random", "baseline"])
    sentence = table(made.criterion()).lead
    assert "in 14 of 15 cells" in sentence and "Not met: appearance100 with the kNN probe, not told apart" in sentence
    assert "not met" in table(made.criterion()).markdown()
    assert "`baseline`, 1 of 15 cells: appearance100 with the kNN probe" in made.findings().text


def test_many_unmet_cells_are_grouped_by_verdict() -> None:
    worse = dict.fromkeys(CELLS, 0.4) | {("appearance100", "knn"): 0.02}
    make_study({"random": 0.4, "baseline": worse}, seeds=(0, 1, 2))
    sentence = table(report((0, 1, 2), variants=["random", "baseline"]).criterion()).lead
    assert "in 0 of 15 cells" in sentence
    assert "not told apart on motion48 (linear, linear per time step, kNN, kNN per time step, attentive)" in sentence
    assert "and appearance100 (linear, linear per time step, kNN per time step, attentive)" in sentence
    assert "below on appearance100 (kNN)" in sentence


def test_a_variant_no_better_than_random_is_a_finding() -> None:
    make_study({"random": 0.3, "baseline": 0.5, "fwm": 0.3}, seeds=(0, 1, 2))
    made = report((0, 1, 2), variants=["random", "baseline", "fwm"])
    text = made.findings().text
    assert text.startswith("- `fwm`, 15 of 15 cells:") and "`baseline`" not in text
    assert "Of 30 trained cells, 15 are not above the random encoder." in made.summary().text


def test_all_above_random_is_said_too() -> None:
    make_study({"random": 0.1, "baseline": 0.5})
    made = report(variants=["random", "baseline"])
    assert "Every trained encoder stands above the random one" in made.findings().text


def test_one_seed_is_said_to_be_one() -> None:
    make_study(ALL)
    made = report()
    assert "One seed: nothing is known about the spread over seeds." in made.summary().text
    text = table(made.differences()).markdown()
    assert "one seed" in text and "McNemar" in text
    assert "Intervals: Wilson over clips, one seed." in table(made.accuracy()).notes


def test_missing_runs_give_cells_not_run_and_commands() -> None:
    make_study({"random": 0.1, "baseline": 0.4})
    made = report()
    missing = read(made.missing())
    assert list(missing["run"]) == ["ld-smoke-s0", "fwm-smoke-s0"]
    assert missing["commands"][0] == "workbench train ld --preset smoke --seed 0"
    assert table(made.accuracy()).markdown().count("not run") == 2 * len(CELLS)
    differences = read(made.differences())
    assert (differences["status"] == "not run").sum() == 2 * len(CELLS)
    assert "2 of 4 runs asked for have all results" in made.summary().text


def test_nothing_run_at_all_is_no_error() -> None:
    made = report((0, 1))
    assert "cannot be said" in made.summary().text
    assert (read(made.accuracy())["status"] == "not run").all()
    assert (read(made.criterion())["status"] == "not run").all()
    assert read(made.differences())["p_holm"].isna().all()
    for found in (made.findings(), made.factors(), made.accuracy_figures(), made.loss_figures()):
        assert isinstance(found, Prose) and found.text
    assert table(made.runs()).notes == ["No run has results."]


def test_without_the_pair_there_is_no_criterion() -> None:
    make_study({"baseline": 0.4, "ld": 0.4})
    made = report(variants=["baseline", "ld"])
    assert isinstance(made.criterion(), Prose) and isinstance(made.differences(), Table)
    assert "random" not in made.summary().text
    assert isinstance(report(variants=["random"]).differences(), Prose)


def test_other_factors_have_a_table_of_their_own() -> None:
    make_study({"random": 0.1, "baseline": 0.4}, factors=("label", "sprite"))
    made = report(variants=["random", "baseline"])
    factors = read(made.factors())
    assert set(factors["factor"]) == {"sprite"} and len(factors) == 2 * len(CELLS)
    assert set(read(made.accuracy())["factor"]) == {"label"}


def test_footnotes_come_from_the_rows() -> None:
    make_study({"random": 0.1, "baseline": 0.4}, budget="77 labelled clips")
    notes = " ".join(table(report(variants=["random", "baseline"]).accuracy()).notes)
    assert "Budget of the kNN probe: 77 labelled clips." in notes
    assert "Probed: the context encoder. Training steps: random 0; baseline 8. Recipe: compact." in notes


def test_how_it_was_made_repeats_command_data_and_rows() -> None:
    make_study({"random": 0.1, "baseline": 0.4})
    made = report(variants=["random", "baseline"])
    text = made.made_by().text
    for words in ("-p 'preset=smoke' -p 'seeds=[0]'", "made-up-motion48", made.study.key, "python 3."):
        assert words in text


def test_figures_hold_the_numbers_of_the_table() -> None:
    make_study(ALL, seeds=(0, 1))
    made = report((0, 1))
    chart = made.accuracy_figures()
    assert isinstance(chart, Chart) and len(chart.figures) == len(CLASSES)
    large = [trace for trace in chart.figures[0].data if trace.error_x.array is not None]
    assert len(large) == 4 * 5
    cell = made.accuracies["random", "motion48", "linear"]
    assert cell is not None and large[0].x[0] == pytest.approx(100 * cell.interval.estimate)
    assert large[0].x[0] + large[0].error_x.array[0] == pytest.approx(100 * cell.interval.high)
    assert len({trace.marker.symbol for trace in large}) == 4  # told apart without colour
    data, metadata = next(chart.outputs())
    assert data[PLOTLY_MIME]["data"] and metadata["workbench"]["kind"] == "figure"


def test_losses_are_drawn_raw_for_each_term_of_each_trained_run() -> None:
    make_study(ALL)
    chart = report().loss_figures()
    assert isinstance(chart, Chart)
    titles = {figure.layout.title.text: [trace.name for trace in figure.data] for figure in chart.figures}
    assert titles["prediction"] == ["baseline", "ld", "fwm"] and titles["ld"] == ["ld"]
    run = make_run("baseline", seed=1)
    assert chart.figures[0].data[0].y == pytest.approx(run.history()["raw/prediction"])


def test_long_curves_are_thinned_by_means() -> None:
    steps, values = binned(np.arange(1.0, 1001), np.arange(1000.0))
    assert len(steps) <= POINTS and np.mean(values[:-1]) == pytest.approx(np.arange(994).mean())
    assert binned(np.arange(3.0), np.ones(3)) == ([0, 1, 2], [1, 1, 1])

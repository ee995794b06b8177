"""Paired differences between models from stored rows and answers: equality with the report's statistics, Holm, seeds."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from workbench.comparing import Model, accuracies
from workbench.runs import Run
from workbench.stats import holm, mcnemar, paired_difference
from workbench.training.pipeline import complete_run

BASE, RANDOM = "baseline-smoke-s0", "random-smoke-s0"


@pytest.fixture(scope="module")
def two_seeds(trained_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smoke runs with those of a second seed. Read only."""
    import os

    folder = tmp_path_factory.mktemp("seeds") / "home"
    shutil.copytree(trained_home, folder)
    old = os.environ.get("WORKBENCH_HOME")
    os.environ["WORKBENCH_HOME"] = str(folder)
    try:
        for variant in ("random", "baseline"):
            complete_run(variant, "smoke", seed=1, show=False)
    finally:
        os.environ.pop("WORKBENCH_HOME") if old is None else os.environ.update(WORKBENCH_HOME=old)
    return folder


def right(run: Run, benchmark: str, probe: str) -> np.ndarray:
    answers = run.predictions()
    one = answers[(answers["benchmark"] == benchmark) & (answers["probe"] == probe)].sort_values("clip")
    return (one["truth"] == one["predicted"]).to_numpy()


def test_differences_are_those_of_the_answers(with_runs: Path) -> None:
    cells = accuracies([Model.of(RANDOM), Model.of(BASE)])
    rows = Run.open(BASE).rows()
    assert len(cells) == len(rows) > 5
    for cell in cells:
        answers = [right(Run.open(name), cell.benchmark, cell.probe) for name in (BASE, RANDOM)]
        (found,) = cell.differences
        assert found is not None and found.paired == paired_difference(*answers)
        assert (
            found.paired.p == mcnemar(*answers) and found.seeds == (0,) and found.paired.clips == cell.rows[0].n == 100
        )
        assert found.variant == BASE and found.other == RANDOM and all("uncommitted" in mark for mark in found.marks)
        assert cell.rows[1].value == pytest.approx(answers[0].mean()) and cell.rows[0].chance == cell.random.chance
        assert cell.random.run == RANDOM and cell.over_seeds == (None,)
    adjusted = holm([cell.differences[0].paired.p for cell in cells])
    np.testing.assert_allclose([cell.p_holm[0] for cell in cells], adjusted)


def test_more_seeds_stand_beside_the_two_runs(two_seeds: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKBENCH_HOME", str(two_seeds))
    cell = accuracies([Model.of(RANDOM), Model.of(BASE)])[0]
    matrices = [
        np.stack([right(Run.open(f"{v}-smoke-s{s}"), cell.benchmark, cell.probe) for s in (0, 1)])
        for v in ("baseline", "random")
    ]
    (more,) = cell.over_seeds
    assert more is not None and more.seeds == (0, 1) and more.paired == paired_difference(*matrices)
    assert cell.differences[0].seeds == (0,)
    across = accuracies([Model.of("baseline-smoke-s1"), Model.of(BASE)])[0]
    assert any("seed 0 against 1" in mark for mark in across.differences[0].marks)
    assert across.differences[0].paired == paired_difference(
        right(Run.open(BASE), across.benchmark, across.probe),
        right(Run.open("baseline-smoke-s1"), across.benchmark, across.probe),
    )


def test_three_models_and_a_cell_that_one_lacks(trained_home: Path, home: Path) -> None:
    shutil.copytree(trained_home / "checkpoints", home / "checkpoints")
    cells = accuracies([Model.of(RANDOM), Model.of(BASE), Model.of(f"{BASE}@teacher")])
    assert all(cell.rows[2] is None and cell.differences[1] is None and math.isnan(cell.p_holm[1]) for cell in cells)
    run = Run.open(BASE)
    run.rows().iloc[1:].to_parquet(run.folder / "rows.parquet")
    assert len(accuracies([Model.of(RANDOM), Model.of(BASE)])) == len(cells) - 1


def test_without_answers_there_is_no_interval_and_it_says_so(trained_home: Path, home: Path) -> None:
    shutil.copytree(trained_home / "checkpoints", home / "checkpoints")
    (home / "checkpoints" / BASE / "predictions.parquet").unlink()
    cell = accuracies([Model.of(RANDOM), Model.of(BASE)])[0]
    found = cell.differences[0]
    assert found.verdict == "no interval" and math.isnan(cell.p_holm[0])
    assert found.paired.interval.estimate == pytest.approx(cell.rows[1].value - cell.rows[0].value)
    assert any("answers to single clips were not kept" in mark for mark in found.marks)


def test_models_without_rows_have_no_cells(with_runs: Path) -> None:
    assert accuracies([Model.of("random-smoke-s5"), Model.of(BASE)]) == []

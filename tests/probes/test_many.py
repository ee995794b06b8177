"""All factors and settings in one pass learn what each would have learnt alone."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch

from tests.probes.made import task_of
from workbench.errors import WorkbenchError
from workbench.probes import ask, ask_all, many
from workbench.probes import attentive as light
from workbench.probes.attentive import AttentiveHead, attend
from workbench.probes.grid import GRID, Setting, channel_statistics, train_heads
from workbench.probes.many import ManyHeads, fit_many, read_many

FACTORS = {"shape": 3, "way": 5}
FEW = (Setting(1e-3, 0.01), Setting(1e-3, 0.4), Setting(3e-3, 0.4))


def trained(tasks: dict, grid: tuple[Setting, ...], epochs: int = 3) -> dict[str, torch.Tensor]:
    """Validation scores (settings, clips, classes) of every factor after training."""
    first = next(iter(tasks.values()))
    standard = channel_statistics(first.train)
    heads = ManyHeads.start(tasks, len(grid))
    train_heads(tasks, first, heads, grid, epochs, standard)
    x = torch.from_numpy(first.val.features.tokens.astype(np.float32))
    with torch.no_grad():
        return heads.scores((x - standard[0]) / standard[1])


def test_the_grid_is_v_jepa_2s() -> None:
    assert len(GRID) == 20
    assert {s.rate for s in GRID} == {1e-4, 3e-4, 1e-3, 3e-3, 5e-3}
    assert {s.decay for s in GRID} == {0.01, 0.1, 0.4, 0.8}


def test_every_factor_and_setting_learns_what_it_would_alone() -> None:
    tasks = task_of(FACTORS)
    together = trained(tasks, FEW)
    for name, (at, setting) in product(FACTORS, enumerate(FEW)):
        alone = trained({name: tasks[name]}, (setting,))[name][0]
        torch.testing.assert_close(together[name][at], alone, atol=1e-4, rtol=1e-4)
    assert not torch.allclose(together["way"][0], together["way"][2], atol=1e-2)


def test_the_heads_are_those_of_the_attentive_probe() -> None:
    tasks = task_of({"way": 5})
    heads = ManyHeads.start(tasks, 2)
    torch.manual_seed(tasks["way"].seed)
    plain = AttentiveHead(16, 5)
    x = torch.randn(7, 8, 16)
    for found in heads.scores(x)["way"]:
        torch.testing.assert_close(found, attend([plain], x)[0])


def test_outcomes_are_those_of_the_attentive_probe_on_its_settings() -> None:
    task = task_of({"way": 5}, n=100)["way"]
    grid = tuple(Setting(*each) for each in product(light.LEARNING_RATES, light.WEIGHT_DECAYS))
    found, expected = read_many({"way": task}, grid)["way"], light.attentive(task)
    assert found.val_accuracy == pytest.approx(expected.val_accuracy, abs=0.011)
    assert (found.predicted == expected.predicted).mean() > 0.97


def test_the_choice_is_the_best_on_validation() -> None:
    tasks = task_of(FACTORS, n=90, strength=2.0)
    outcomes, table = fit_many(tasks, FEW)
    assert list(table.columns) == ["factor", "lr", "wd", "val_accuracy"]
    assert len(table) == len(FACTORS) * len(FEW)
    for name, outcome in outcomes.items():
        own = table[table["factor"] == name]
        assert outcome.val_accuracy == own["val_accuracy"].max()
        best = own.iloc[own["val_accuracy"].to_numpy().argmax()]
        assert outcome.choice == f"lr={best['lr']:g}, wd={best['wd']:g}"
        assert len(outcome.predicted) == 90


def test_asking_for_all_factors_is_asking_for_each() -> None:
    tasks = task_of(FACTORS, epochs=1)
    for probe in ("logistic", "attentive_grid"):
        for name, outcome in ask_all(probe, tasks).items():
            assert (outcome.predicted == ask(probe, tasks[name]).predicted).mean() > 0.97


def test_planted_classes_are_read() -> None:
    tasks = task_of(FACTORS, n=120, epochs=12, strength=3.0)
    for name, outcome in read_many(tasks, FEW).items():
        assert (outcome.predicted == tasks[name].test.labels).mean() > 0.9


def test_working_in_pieces_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = task_of(FACTORS)
    whole = trained(tasks, FEW)
    monkeypatch.setattr(many, "LOGITS", 5 * 8 * len(FACTORS) * len(FEW) * light.HEADS)
    for name, scores in trained(tasks, FEW).items():
        torch.testing.assert_close(scores, whole[name], atol=1e-4, rtol=1e-4)


def test_bad_input_is_named() -> None:
    tasks = task_of(FACTORS)
    with pytest.raises(WorkbenchError, match="no factor"):
        read_many({})
    with pytest.raises(WorkbenchError, match="share their features"):
        read_many({**tasks, "other": task_of({"other": 2})["other"]})
    with pytest.raises(WorkbenchError, match=re.escape("'way' is continuous")):
        read_many({"way": replace(tasks["way"], classes=0)})

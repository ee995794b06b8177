"""Accuracy within pairs that are each other's time reversal."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.motions import reversed_table, sprite_states
from workbench.errors import WorkbenchError
from workbench.stats import wilson
from workbench.time_use.chiral import MEAN, REVERSALS, chiral, chiral_answers, no_chiral

PAIRS = [(0, 1), (2, 3)]


def scores_for(answers: list[int], classes: int = 4) -> np.ndarray:
    return np.eye(classes)[answers]


def test_known_scores_give_known_accuracies() -> None:
    labels = np.array([0, 0, 1, 1, 2, 3])
    scores = scores_for([0, 1, 1, 1, 2, 2])
    table = chiral(scores, labels, PAIRS, ["a", "b", "c", "d"]).set_index("pair")
    assert table.loc["a / b", "value"] == 0.75 and table.loc["c / d", "value"] == 0.5
    assert table.loc[MEAN, "value"] == 0.625 and table.loc[MEAN, "n"] == 6 and (table["chance"] == 0.5).all()
    assert (table.loc["a / b", "low"], table.loc["a / b", "high"]) == pytest.approx(wilson(3, 4))


def test_scores_of_other_classes_do_not_matter() -> None:
    rng = np.random.default_rng(0)
    labels, scores = rng.integers(0, 2, 100), rng.normal(size=(100, 4))
    higher = scores + np.array([0, 0, 50, 90])
    assert chiral(scores, labels, PAIRS[:1]).equals(chiral(higher, labels, PAIRS[:1]))


def test_mean_over_balanced_pairs_has_wilsons_interval_over_all_clips() -> None:
    rng = np.random.default_rng(1)
    labels = np.repeat(np.arange(4), 50)
    last = chiral(rng.normal(size=(200, 4)), labels, PAIRS).iloc[-1]
    assert (last["low"], last["high"]) == pytest.approx(wilson(round(last["value"] * 200), 200))


def test_without_order_a_clip_and_its_reversal_make_exactly_one_half() -> None:
    rng = np.random.default_rng(2)
    clips = rng.normal(size=(40, 6, 5))  # frames of random features
    both = np.concatenate([clips, clips[:, ::-1]])
    labels = np.concatenate([np.arange(40) % 4, (np.arange(40) % 4) ^ 1])
    orderless = np.sort(both, 1).mean(1) @ rng.normal(size=(5, 4))
    assert chiral(orderless, labels, PAIRS).iloc[-1]["value"] == 0.5
    told = scores_for(list(labels))
    assert chiral(told, labels, PAIRS).iloc[-1]["value"] == 1


def test_equal_scores_are_half_right() -> None:
    assert (chiral(np.zeros((20, 4)), np.arange(20) % 4, PAIRS)["value"] == 0.5).all()


@pytest.mark.parametrize("benchmark", list(REVERSALS))
def test_pairs_are_the_classes_of_clips_played_backwards(benchmark: str) -> None:
    settings = DataSettings(test_clips=96)
    table = BENCHMARKS[benchmark].rows(settings, "test")
    back = reversed_table(table, settings)
    there, again = sprite_states(table, settings), sprite_states(back, settings)
    moved = (there.centre.flip(1) - again.centre) / settings.size
    assert torch.allclose(moved, moved.round(), atol=1e-3)  # equal but for laps around the torus
    reversal = REVERSALS[benchmark]
    pairs = reversal.pairs()
    found = {tuple(sorted(pair)) for pair in zip(table[reversal.factor], back[reversal.factor], strict=True)}
    assert found == set(pairs) and len(pairs) == reversal.classes / 2
    assert reversal.classes == BENCHMARKS[benchmark].factors[reversal.factor]


def test_answers_alone_count_within_the_pair() -> None:
    labels, predicted = np.array([0, 0, 1, 1, 2]), np.array([0, 2, 1, 0, 0])
    table = chiral_answers(predicted, labels, PAIRS)
    assert table["value"].tolist()[0] == pytest.approx(2 / 3) and table["n"].tolist() == [3, 0, 3]
    assert "1 clips answered outside" in table["note"][0] and "no test clip" in table["note"][1]
    assert table["value"].iloc[-1] == pytest.approx(2 / 3)  # over pairs that hold an answer


def test_scores_that_do_not_fit_raise_and_nothing_to_measure_is_marked() -> None:
    with pytest.raises(WorkbenchError, match="Scores"):
        chiral(np.zeros((3, 4)), np.zeros(2, int), PAIRS)
    empty = no_chiral("no pairs")
    assert empty["value"].isna().all() and empty["note"].tolist() == ["no pairs"]

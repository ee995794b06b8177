"""Zero-shot classes against a loop, ties, and what cannot be classified."""

from __future__ import annotations

import numpy as np
import pytest

from workbench import stats
from workbench.errors import WorkbenchError
from workbench.retrieval import zero_shot


def test_the_class_is_that_of_the_nearest_mean_prompt() -> None:
    rng = np.random.default_rng(0)
    centres = rng.normal(size=(7, 16))
    prompts = [c + 0.5 * rng.normal(size=(rng.integers(1, 5), 16)) for c in centres]
    labels = rng.integers(0, 7, 200)
    clips = centres[labels] + 1.5 * rng.normal(size=(200, 16))
    found = zero_shot(clips.astype(np.float32), prompts, labels)
    vectors = []
    for one in prompts:
        mean = np.mean([p / np.linalg.norm(p) for p in one], axis=0)
        vectors.append(mean / np.linalg.norm(mean))
    expected = [int(np.argmax([v @ clip for v in vectors])) for clip in clips]
    assert found.predicted.tolist() == expected
    right = int((np.array(expected) == labels).sum())
    assert 50 < right < 200
    assert found.accuracy.estimate == pytest.approx(right / 200)
    assert (found.accuracy.low, found.accuracy.high) == pytest.approx(stats.wilson(right, 200))
    assert found.chance == 1 / 7


def test_lengths_of_prompts_and_clips_do_not_matter() -> None:
    rng = np.random.default_rng(1)
    clips, prompts, labels = rng.normal(size=(30, 8)), list(rng.normal(size=(4, 3, 8))), rng.integers(0, 4, 30)
    scaled = [p * rng.uniform(0.1, 9, (3, 1)) for p in prompts]
    assert (zero_shot(clips, prompts, labels).predicted == zero_shot(5 * clips, scaled, labels).predicted).all()


def test_equal_classes_are_at_chance_whatever_the_labels() -> None:
    for labels in (np.zeros(20, int), np.arange(20) % 5):
        found = zero_shot(np.ones((20, 3)), [np.ones((2, 3))] * 5, labels)
        assert found.accuracy.estimate == pytest.approx(found.chance) == 0.2


def test_a_class_may_be_without_clips() -> None:
    found = zero_shot(np.eye(3)[:2], [np.eye(3)[[i]] for i in range(3)], np.array([0, 1]))
    assert found.accuracy.estimate == 1 and found.predicted.tolist() == [0, 1]


@pytest.mark.parametrize(
    ("clips", "prompts", "labels", "message"),
    [
        (np.eye(2), [], [0, 1], "There is no class"),
        (np.eye(2), [np.eye(2), np.eye(3)], [0, 1], r"numbers of dimensions: \[2, 3\]"),
        (np.eye(2), [np.eye(2), np.zeros((0, 2))], [0, 1], "Prompts of class 1"),
        (np.eye(2), [np.eye(2), np.array([[1, 0], [-1, 0]])], [0, 1], "Mean prompt of class 1 .* is zero"),
        (np.eye(2), [np.eye(2), np.array([[1, np.nan]])], [0, 1], "Prompts of class 1, prompt 0 .* is not finite"),
        (
            np.eye(2),
            [np.eye(2)[[0]], np.eye(2)[[1]]],
            [0, 2],
            "Clip 1 .* has the label 2; there are prompts of 2 classes",
        ),
        (np.eye(2), [np.eye(2)[[0]], np.eye(2)[[1]]], [0], "each clip has one integer"),
        (np.eye(2), [np.eye(2)[[0]], np.eye(2)[[1]]], [0.0, 1.0], "each clip has one integer"),
        (np.eye(3), [np.eye(2)[[0]], np.eye(2)[[1]]], [0, 1, 1], "Clips have 3 dimensions and prompts 2"),
        (np.zeros((2, 2)), [np.eye(2)], [0, 0], "Clip 0 .* is zero"),
    ],
)
def test_what_cannot_be_classified_is_said(clips, prompts, labels, message) -> None:
    with pytest.raises(WorkbenchError, match=message):
        zero_shot(clips, prompts, np.array(labels))

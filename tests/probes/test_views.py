"""Probes that look at a video several times: names, the mean over views, and the whole path from files."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.data.videos import pattern, write_video
from tests.probes.made import task_of
from workbench.data.clips import load_clips
from workbench.data.imports import import_videos
from workbench.data.sampling import Sampling
from workbench.data.views import Views, read_views
from workbench.encoders import open_encoder
from workbench.errors import UnknownName, WorkbenchError
from workbench.features import Features
from workbench.probes import CONTINUOUS, PROBES, Labelled, ProbeOutcome, ProbeTask
from workbench.probes.views import over_views, probe_and_views
from workbench.probing import probe
from workbench.rows import checked


def seen(labels: np.ndarray, classes: int, scores: np.ndarray, views: int) -> tuple[ProbeTask, ProbeOutcome]:
    n = len(labels) * views
    table = pd.DataFrame(
        {"clip": np.repeat(np.arange(len(labels)), views), "view": np.tile(np.arange(views), len(labels))}
    )
    features = Features(np.arange(n, dtype=np.float16).reshape(n, 1, 1), (1, 1, 1), table, "key")
    part = Labelled(features, np.repeat(labels, views))
    settings: Any = SimpleNamespace()
    task = ProbeTask(part, part, part, classes, 0, settings)
    return task, ProbeOutcome(scores.argmax(1) if classes else scores, scores, 0.5, "lr=1", "10 labelled clips")


def test_a_name_says_probe_and_views() -> None:
    assert probe_and_views("attentive") == ("attentive", Views(1, 1))
    assert probe_and_views("knn@2x3") == ("knn", Views(2, 3)) and len(Views(2, 3)) == 6
    with pytest.raises(UnknownName, match="Unknown probe 'attentiv'"):
        probe_and_views("attentiv@2x3")
    for wrong in ("knn@", "knn@3", "knn@2x3x1", "knn@ax1"):
        with pytest.raises(WorkbenchError, match="write CLIPSxCROPS"):
            probe_and_views(wrong)
    with pytest.raises(WorkbenchError, match="2 crops"):
        probe_and_views("knn@1x2")
    with pytest.raises(WorkbenchError, match="0 clips"):
        probe_and_views("knn@0x1")


def test_the_mean_is_of_probabilities_and_one_sure_view_outweighs_two_unsure_ones() -> None:
    scores = np.array([[0.45, 0.55], [0.45, 0.55], [0.95, 0.05], [0.1, 0.9], [0.4, 0.6], [0.6, 0.4]])
    task, outcome = over_views(*seen(np.array([0, 1]), 2, scores, 3), Views(1, 3))
    np.testing.assert_allclose(outcome.scores, [[1.85 / 3, 1.15 / 3], [1.1 / 3, 1.9 / 3]])
    assert outcome.predicted.tolist() == [0, 1] and task.test.labels.tolist() == [0, 1]
    assert task.test.features.table["clip"].tolist() == [0, 1] and task.test.features.tokens[:, 0, 0].tolist() == [0, 3]
    assert outcome.budget == "10 labelled clips; test videos by 1x3 views (clips × crops)"


def test_values_of_a_regression_are_averaged() -> None:
    _, outcome = over_views(*seen(np.array([0.5, 2.0]), 0, np.array([0.0, 1.0, 1.0, 3.0]), 2), Views(2, 1))
    assert outcome.predicted.tolist() == [0.5, 2.0]


def test_one_view_changes_nothing() -> None:
    task, outcome = seen(np.array([0, 1]), 2, np.eye(2), 1)
    assert over_views(task, outcome, Views()) == (task, outcome)


@pytest.mark.parametrize("name", PROBES)
def test_every_probe_gives_the_scores_that_its_answers_are_the_largest_of(name: str) -> None:
    task = task_of({"label": 3}, n=24, width=4, epochs=1)["label"]
    outcome = PROBES[name](task)
    assert outcome.scores.shape == (24, 3) and (outcome.scores.argmax(1) == outcome.predicted).all()
    if name not in CONTINUOUS:
        np.testing.assert_allclose(outcome.scores.sum(1), 1, atol=1e-5)


def test_an_imported_video_is_answered_by_the_mean_over_its_views(home: Path) -> None:
    """The whole path from files: as many rows of features as views, one answer a video, and that of the mean by hand."""
    for label, slope in (("left", 0), ("right", 1)):
        for n in range(10):
            frames = pattern(20, 32, 64, seed=n)
            frames[:, :, 40:] //= 1 + 2 * slope
            write_video(home / "videos" / label / f"{label}{n}.mp4", frames)
    import_videos(home / "videos", "mine", val_share=0.2, test_share=0.3)
    encoder = open_encoder("random", preset="smoke")
    ask = {"benchmarks": ["mine"], "show": False}
    rows = checked(probe(encoder, **ask, probes=["knn@2x3", "knn"]), "here")
    assert rows["n"].tolist() == [6, 6] and rows["probe"].tolist() == ["knn@2x3", "knn"]
    assert rows["data_key"].nunique() == 2 and "2x3 views" in rows["budget"][0]

    clips = load_clips(encoder.config.data, "test", "mine", progress=False, views=Views(2, 3))
    assert len(clips) == 36 and clips.table["view"].tolist() == 6 * [0, 1, 2, 3, 4, 5]
    sampling = Sampling(encoder.config.data.frames, stride=encoder.config.data.stride)
    by_hand = read_views(clips.table["path"][12], sampling, encoder.config.data.size, 2, 3)
    np.testing.assert_array_equal(clips.clips[12:18], by_hand)
    answers = next((home / "cache" / "results").glob("*/predictions.parquet"))
    said = pd.read_parquet(answers).query("probe == 'knn@2x3'")
    assert said["clip"].tolist() == clips.table["clip"][::6].tolist()
    with pytest.raises(
        WorkbenchError, match="'motion48' is rendered just as long and as large as it is read, so 1x3 views"
    ):
        probe(encoder, benchmarks=["motion48"], probes=["knn@1x3"], show=False)

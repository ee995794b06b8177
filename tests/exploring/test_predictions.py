"""Predictions of clips are those whose share that is right is the row's accuracy."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from workbench.data.clips import load_clips
from workbench.encoders import open_encoder
from workbench.exploring.predictions import stored_predictions


def test_their_accuracy_is_that_of_the_rows(with_runs: Path) -> None:
    encoder = open_encoder("baseline-smoke-s0")
    clips = load_clips(encoder.config.data, "test", source="motion48", progress=False)
    found, factors = stored_predictions(encoder, clips)
    rows = encoder.run.rows()
    rows = rows[(rows["benchmark"] == "motion48") & (rows["factor"] == "label")]
    assert len(rows) and set(factors) == {f"label by {probe}" for probe in rows["probe"]}
    for row in rows.itertuples():
        name = f"label by {row.probe}"
        assert np.isclose((found[name] == clips.table["label"]).mean(), row.value)
        assert np.isclose((found[f"{name}, right?"] == "right").mean(), row.value)


def test_no_answers_no_columns(with_runs: Path) -> None:
    encoder = open_encoder("baseline-smoke-s0")
    clips = load_clips(encoder.config.data, "val", source="motion48", progress=False)
    found, factors = stored_predictions(encoder, clips)
    assert found.shape == (len(clips), 0) and factors == {}
    other = open_encoder("random", preset="smoke")
    assert stored_predictions(other, clips)[1] == {}

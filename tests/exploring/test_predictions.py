"""Predictions of clips are those whose share that is right is the row's accuracy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from workbench.data.clips import load_clips
from workbench.encoders import open_encoder
from workbench.errors import WorkbenchError
from workbench.exploring.predictions import predictions_of, stored_predictions


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


def test_where_none_are_kept_the_command_that_asks_is_named(with_runs: Path) -> None:
    encoder = open_encoder("baseline-smoke-s0")
    clips = load_clips(encoder.config.data, "test", source="motion48", progress=False)
    pd.testing.assert_frame_equal(predictions_of(encoder, clips), stored_predictions(encoder, clips)[0])
    with pytest.raises(WorkbenchError, match="`workbench probe baseline-smoke-s0@teacher --benchmark motion48`"):
        predictions_of(open_encoder("baseline-smoke-s0@teacher"), clips)
    with pytest.raises(WorkbenchError, match="not a run"):
        predictions_of(open_encoder("random", preset="smoke"), clips)
    with pytest.raises(WorkbenchError, match="answer for test clips; these are the val clips"):
        predictions_of(encoder, load_clips(encoder.config.data, "val", source="motion48", progress=False))

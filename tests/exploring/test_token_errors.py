"""Errors of tokens: those of the term `predict`, each token predicted once, from what is not masked with it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from workbench.data.clips import load_clips
from workbench.encoders import open_encoder
from workbench.errors import WorkbenchError
from workbench.exploring.token_errors import errors_of, quarters, token_errors
from workbench.latents import normalise
from workbench.models.jepa import Jepa, make_targets
from workbench.models.layers import tubelets
from workbench.runs import Run


def test_every_token_is_predicted_once_from_the_others() -> None:
    for grid in ((4, 6, 6), (3, 5, 7), (2, 1, 4)):
        masks = quarters(grid, 3)
        tokens = grid[0] * grid[1] * grid[2]
        predicted = torch.cat([mask.predicted for mask in masks], 1)
        assert (predicted.sort(1).values == torch.arange(tokens)).all()
        for mask in masks:
            both = torch.cat([mask.visible, mask.predicted], 1)
            assert (both.sort(1).values == torch.arange(tokens)).all()
    with pytest.raises(WorkbenchError, match="frame of one token"):
        quarters((4, 1, 1), 1)


def test_errors_are_those_of_the_networks_of_the_run(with_runs: Path) -> None:
    encoder = open_encoder("baseline-smoke-s0")
    clips = load_clips(encoder.config.data, "test", source="motion48", progress=False)
    errors = errors_of(encoder, np.array(clips.clips[:5]))
    assert errors.shape == (5, *encoder.grid) and (errors > 0).all()
    np.testing.assert_allclose(token_errors(encoder, clips, 3), errors[3], atol=1e-5)

    from safetensors.torch import load_file

    run = Run.open("baseline-smoke-s0")
    model = Jepa(run.config).eval()
    for name in ("encoder", "teacher", "predictor"):
        getattr(model, name).load_state_dict(load_file(run.folder / "weights" / f"{name}.safetensors"))
    pixels = torch.from_numpy(np.array(clips.clips[3:4]))
    tubes = tubelets(normalise(pixels), run.config.model.tubelet, run.config.model.patch)
    mask = quarters(run.config.grid, 1)[2]
    with torch.no_grad():
        context = model.encoder(tubes, mask.visible)
        _, predictions = model.predictor(context, mask.visible, mask.predicted)
        target = make_targets(model.teacher(tubes), run.config.target)[0, mask.predicted[0]]
    want = (predictions[0] - target).abs().mean(-1)
    np.testing.assert_allclose(errors[3].ravel()[mask.predicted[0]], want, atol=1e-5)


def test_an_encoder_without_a_predictor_says_so(with_runs: Path) -> None:
    encoder = open_encoder("random", preset="smoke")
    with pytest.raises(WorkbenchError, match="has no predictor"):
        errors_of(encoder, np.zeros((1, *encoder.takes, 3), np.uint8))


def test_errors_do_not_depend_on_how_many_clips_go_at_a_time(with_runs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = open_encoder("baseline-smoke-s0")
    clips = np.array(load_clips(encoder.config.data, "test", source="motion48", progress=False).clips[:5])
    whole = errors_of(encoder, clips)
    monkeypatch.setattr(type(encoder), "batch", 2)
    np.testing.assert_allclose(errors_of(encoder, clips), whole, atol=1e-5)


def test_a_kept_step_says_that_its_predictor_is_gone(with_runs: Path) -> None:
    encoder = open_encoder("baseline-smoke-s0@step-4")
    with pytest.raises(WorkbenchError, match="its predictor with its last weights only"):
        errors_of(encoder, np.zeros((1, *encoder.takes, 3), np.uint8))

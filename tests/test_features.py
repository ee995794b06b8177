import errno
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest
import torch

from workbench.data.clips import load_clips
from workbench.errors import WorkbenchError
from workbench.features import Features, encode, extract
from workbench.latents import normalise
from workbench.models.jepa import build_encoder
from workbench.models.layers import tubelets
from workbench.presets import build_config
from workbench.runs import Run


def test_means_over_time_and_place():
    tokens = np.arange(2 * 6 * 3, dtype=np.float16).reshape(2, 6, 3)
    features = Features(tokens, (2, 3, 1), pd.DataFrame({"clip": [0, 1]}), "key")
    assert np.allclose(features.per_time[0, 1], tokens[0, 3:].mean(0))
    assert np.allclose(features.pooled, tokens.mean(1))
    assert len(features.head(1).table) == 1


def test_the_size_of_the_batch_does_not_matter():
    config = build_config("baseline", "smoke")
    encoder = build_encoder(config).eval()
    clips = np.random.default_rng(0).integers(0, 256, (10, 8, 16, 16, 3), dtype=np.uint8)
    results = []
    for batch in (3, 10):
        out = np.empty((10, 64, 24), np.float16)
        encode(encoder, clips, out, tubelet=2, patch=4, batch=batch)
        results.append(out)
    assert np.allclose(*results, atol=2e-3)
    with torch.inference_mode():
        direct = encoder(tubelets(normalise(torch.from_numpy(clips)), 2, 4)).numpy()
    assert np.allclose(results[0], direct, atol=2e-3)


def test_a_full_disk_is_named_before_anything_is_mapped(tmp_path, monkeypatch):
    """A mapped page without room on the disk would end the process."""
    config = build_config("baseline", "smoke")
    run = SimpleNamespace(name="x", config=config, folder=tmp_path, weights_key=lambda _: "w", encoder=build_encoder)
    clips = SimpleNamespace(name="motion48", split="test", key="k", clips=np.zeros((3, 8, 16, 16, 3), np.uint8))
    full = Mock(side_effect=OSError(errno.ENOSPC, "No space left on device"))
    monkeypatch.setattr("workbench.data.room.os.posix_fallocate", full, raising=False)
    with pytest.raises(WorkbenchError, match=r"The disk of .*/features is full, and nothing half-written"):
        extract(run, clips)
    assert full.called and list((tmp_path / "features").iterdir()) == []


@pytest.mark.slow
def test_features_are_extracted_once(with_runs, monkeypatch):
    run = Run.open("baseline-smoke-s0")
    clips = load_clips(run.config.data, "test", progress=False)
    first = extract(run, clips)
    monkeypatch.setattr(Run, "encoder", lambda *_: pytest.fail("encoded again"))
    again = extract(run, clips)
    assert first.key == again.key and np.array_equal(first.tokens, again.tokens)
    assert isinstance(again.tokens, np.memmap) and again.tokens.shape == (100, 64, 24)


@pytest.mark.slow
def test_teacher_and_context_have_features_of_their_own(with_runs):
    run = Run.open("baseline-smoke-s0")
    clips = load_clips(run.config.data, "test", progress=False)
    assert extract(run, clips, "teacher").key != extract(run, clips, "context").key

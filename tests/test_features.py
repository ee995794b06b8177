"""The store of features: what is kept, going on after a stop, and what is refused."""

from __future__ import annotations

import errno
import json
import multiprocessing
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import numpy as np
import pandas as pd
import pytest
import torch

from tests.encoders.made import Counting
from workbench.data.clips import load_clips
from workbench.encoders import open_encoder
from workbench.encoders.of_run import RandomEncoder, RunEncoder
from workbench.errors import WorkbenchError
from workbench.features import Features, features_of
from workbench.filling import MARKER, WHOLE
from workbench.latents import normalise
from workbench.models.layers import tubelets
from workbench.presets import build_config
from workbench.runs import Run


class Clips(SimpleNamespace):
    """What is used of a clip set."""

    def __len__(self) -> int:
        return len(self.table)


def clips_of(count: int = 10, shape: tuple[int, ...] = (8, 16, 16, 3), key: str = "k") -> Clips:
    pixels = np.random.default_rng(0).integers(0, 256, (count, *shape), dtype=np.uint8)
    table = pd.DataFrame({"clip": np.arange(count)})
    return Clips(name="motion48", split="test", key=key, clips=pixels, table=table)


def test_means_over_time_and_place():
    tokens = np.arange(2 * 6 * 3, dtype=np.float16).reshape(2, 6, 3)
    features = Features(tokens, (2, 3, 1), pd.DataFrame({"clip": [0, 1]}), "key")
    assert np.allclose(features.per_time[0, 1], tokens[0, 3:].mean(0))
    assert np.allclose(features.pooled, tokens.mean(1))
    assert len(features.head(1).table) == 1


def test_features_are_the_tokens_whatever_the_size_of_the_batch():
    encoder, clips = RandomEncoder(build_config("random", "smoke")), clips_of()
    whole = features_of(encoder, clips)
    direct = encoder.module(tubelets(normalise(torch.from_numpy(clips.clips)), 2, 4)).detach()
    assert whole.tokens.dtype == np.float16 and whole.grid == (4, 4, 4) and isinstance(whole.tokens, np.memmap)
    np.testing.assert_array_equal(whole.tokens, direct.half().numpy())
    few = Counting(batch=3)
    np.testing.assert_array_equal(features_of(few, clips).tokens, few.expected(clips.clips))
    assert few.batches == [3, 3, 3, 1]


def test_a_stopped_extraction_goes_on_where_it_was():
    clips, encoder = clips_of(), Counting(batch=2, stop_at=3)
    with pytest.raises(KeyboardInterrupt):
        features_of(encoder, clips)
    encoder.stop_at = None
    found = features_of(encoder, clips)
    assert encoder.seen == 10, "no clip was encoded twice"
    np.testing.assert_array_equal(found.tokens, encoder.expected(clips.clips))


def test_after_a_crash_the_rows_since_the_last_marker_are_made_anew():
    """The marker is what counts: rows that the disk may or may not hold lie after it."""
    clips, encoder = clips_of(), Counting(batch=2, stop_at=3)
    with pytest.raises(KeyboardInterrupt):
        features_of(encoder, clips)
    (marker,) = encoder.store()[0].glob(f"*/{MARKER}")
    assert json.loads(marker.read_text()) == {"rows": 6}
    marker.write_text('{"rows": 2}')
    encoder.stop_at, encoder.seen = None, 0
    assert np.array_equal(features_of(encoder, clips).tokens, encoder.expected(clips.clips)) and encoder.seen == 8
    folder = marker.parent
    (folder / WHOLE).rename(folder / "tokens.partial")
    marker.write_text("cut off")
    encoder.seen = 0
    assert np.array_equal(features_of(encoder, clips).tokens, encoder.expected(clips.clips)) and encoder.seen == 10


def test_what_is_there_is_read_and_not_made(monkeypatch):
    clips, encoder = clips_of(), Counting()
    first = features_of(encoder, clips)
    again = features_of(encoder, clips)
    assert encoder.seen == 10 and first.key == again.key
    assert features_of(encoder, clips_of(key="other")).key != first.key
    encoder.key = "other weights"
    assert features_of(encoder, clips).key != first.key and encoder.seen == 30


def test_pooled_features_are_the_means_of_the_others():
    clips, encoder = clips_of(), Counting()
    every, few = features_of(encoder, clips), features_of(encoder, clips, pooled=True)
    assert few.grid == (encoder.grid[0], 1, 1) and few.tokens.shape == (10, encoder.grid[0], encoder.width)
    np.testing.assert_allclose(few.per_time, every.per_time, atol=2e-3)
    np.testing.assert_allclose(few.pooled, every.pooled, atol=2e-3)


def _extract(home: str, seen: object) -> None:
    import os

    os.environ["WORKBENCH_HOME"] = home
    encoder = Counting(batch=1, pause=0.01)
    features_of(encoder, clips_of())
    seen.put(encoder.seen)  # type: ignore[attr-defined]


@pytest.mark.slow
def test_two_processes_share_the_work_of_one(home: Path):
    context = multiprocessing.get_context("spawn")
    seen = context.Queue()
    both = [context.Process(target=_extract, args=(str(home), seen)) for _ in range(2)]
    for process in both:
        process.start()
    counts = sorted(seen.get(timeout=60) for _ in both)
    for process in both:
        process.join()
    assert counts == [0, 10]
    np.testing.assert_array_equal(features_of(Counting(), clips_of()).tokens, Counting().expected(clips_of().clips))


def test_a_full_disk_is_named_before_anything_is_made(monkeypatch):
    full = Mock(side_effect=OSError(errno.ENOSPC, "No space left on device"))
    monkeypatch.setattr("workbench.data.room.os.posix_fallocate", full, raising=False)
    encoder = Counting()
    with pytest.raises(WorkbenchError, match=r"The disk of .*/features is full, and nothing half-written"):
        features_of(encoder, clips_of())
    assert full.called and encoder.seen == 0
    assert [path for path in encoder.store()[0].iterdir() if path.is_dir()] == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "counting gives values that are not finite, for 1 of 4 clips, the first of them clip 5"),
        (1e5, "65,504"),
    ],
)
def test_features_that_are_not_finite_are_refused_and_name_the_encoder(value, message):
    encoder = Counting(batch=4, bad=(5, value))
    with pytest.raises(WorkbenchError, match=message):
        features_of(encoder, clips_of())
    assert not list(encoder.store()[0].glob(f"*/{WHOLE}"))


def test_clips_that_the_encoder_does_not_take_are_refused():
    with pytest.raises(WorkbenchError, match=r"\(8, 24, 24\); the encoder counting takes \(8, 16, 16\).*data.size=16"):
        features_of(Counting(), clips_of(shape=(8, 24, 24, 3)))


@pytest.mark.slow
def test_features_of_a_run_lie_in_its_folder_one_for_each_encoder(with_runs):
    run = Run.open("baseline-smoke-s0")
    clips = load_clips(run.config.data, "test", progress=False)
    context, teacher = (features_of(RunEncoder(run, which), clips) for which in ("context", "teacher"))
    assert context.key != teacher.key and context.tokens.shape == (100, 64, 24)
    assert len(list((run.folder / "features").glob(f"motion48-test-*-{teacher.key}/{WHOLE}"))) == 1
    with torch.no_grad():
        tubes = tubelets(normalise(torch.from_numpy(np.array(clips.clips[:]))), 2, 4)
        assert np.array_equal(context.tokens, run.encoder()(tubes).half().numpy())
    assert features_of(open_encoder("baseline-smoke-s0"), clips).key == context.key

"""Embeddings kept on disk: the tower runs once for each distinct caption, and never again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tests.text.text_models import CAPTIONS, embed
from workbench.errors import WorkbenchError
from workbench.text import open_tower
from workbench.text.store import caption_embeddings
from workbench.text.tower import TextTower

TEXTS = [*CAPTIONS, *(f"a {n} square in front of {n} circles" for n in ["one", "two", "three", "four", "five", "six"])]


@pytest.fixture
def seen(monkeypatch) -> list[int]:
    """How many captions go through any tower, call by call."""
    found: list[int] = []
    forward = TextTower.forward
    monkeypatch.setattr(
        TextTower, "forward", lambda self, ids, mask: found.append(len(ids)) or forward(self, ids, mask)
    )
    return found


@pytest.fixture(autouse=True)
def few_are_kept(monkeypatch):
    monkeypatch.setattr("workbench.text.store.KEPT_FROM", 6)


@pytest.fixture
def tower() -> TextTower:
    return open_tower("compact", CAPTIONS).freeze()


def test_rows_are_in_the_order_asked_and_equal_captions_share_one(tower, seen):
    rows = caption_embeddings(tower, TEXTS)
    assert rows.shape == (len(TEXTS), tower.width) and rows.dtype == np.float32
    assert sum(seen) == len(set(TEXTS)) < len(TEXTS)
    np.testing.assert_allclose(rows, embed(tower, TEXTS).numpy(), atol=1e-5)
    assert np.array_equal(rows[:6], rows[6:12])


def test_the_same_captions_in_any_order_never_run_the_tower_again(tower, seen, home: Path):
    first = caption_embeddings(tower, TEXTS)
    seen.clear()
    again = open_tower("compact", CAPTIONS)  # another one with the same weights
    np.testing.assert_array_equal(caption_embeddings(again, TEXTS[::-1]), first[::-1])
    assert seen == []
    assert len(list((home / "cache" / "text").glob("compact-*/*.npy"))) == 1


def test_other_captions_and_other_weights_are_other_rows(tower, seen):
    caption_embeddings(tower, TEXTS)
    other = open_tower("compact", CAPTIONS, seed=1)
    assert not np.allclose(caption_embeddings(other, TEXTS), caption_embeddings(tower, TEXTS))
    assert sum(seen) == 2 * len(set(TEXTS))
    caption_embeddings(tower, TEXTS[:7])
    assert sum(seen) == 2 * len(set(TEXTS)) + 6


def test_a_stopped_call_is_gone_on_with(tower, seen, home: Path, monkeypatch):
    monkeypatch.setattr("workbench.text.store.PART", 4)
    want = caption_embeddings(tower, TEXTS)
    parts = sorted((home / "cache" / "text").glob("compact-*/*.npy"))
    assert len(parts) == 3 and sum(seen) == 12
    for path in parts[1:]:
        path.unlink()
    forward = TextTower.forward

    def stop(self, ids, mask):
        if len(seen) > 1:
            raise KeyboardInterrupt
        return forward(self, ids, mask)

    seen.clear()
    monkeypatch.setattr(TextTower, "forward", stop)
    seen += [0, 0]
    with pytest.raises(KeyboardInterrupt):
        caption_embeddings(tower, TEXTS)
    assert [path.name for path in parts[0].parent.iterdir()] == ["00000.npy"]  # nothing half-written
    monkeypatch.setattr(TextTower, "forward", forward)
    seen.clear()
    np.testing.assert_array_equal(caption_embeddings(tower, TEXTS), want)
    assert sum(seen) == 8


def test_dropout_is_off_and_a_training_tower_goes_on_training(tmp_path: Path):
    from tests.text.text_models import save_bert

    save_bert(tmp_path / "bert")
    tower = open_tower(f"hf:{tmp_path / 'bert'}").train()
    rows = caption_embeddings(tower, CAPTIONS)
    assert tower.training
    np.testing.assert_allclose(rows, embed(tower.eval(), CAPTIONS).numpy(), atol=1e-5)


def test_long_captions_go_through_in_small_batches(tower, seen, monkeypatch):
    monkeypatch.setattr("workbench.text.store.TOKENS", 64)
    caption_embeddings(tower, TEXTS)
    assert len(seen) > 1 and sum(seen) == len(set(TEXTS))


@pytest.mark.parametrize("text", ["", " ", None])
def test_an_empty_caption_is_named_by_its_place_in_the_list(tower, text):
    with pytest.raises(WorkbenchError, match="position 3"):
        caption_embeddings(tower, ["b", "a", "c", text])


def test_no_captions_give_no_rows(tower):
    assert caption_embeddings(tower, []).shape == (0, tower.width)


def test_broken_weights_and_files_are_told(tower, home: Path):
    caption_embeddings(tower, TEXTS)
    (file,) = (home / "cache" / "text").glob("compact-*/*.npy")
    np.save(file, np.zeros((3, tower.width), np.float32))
    with pytest.raises(WorkbenchError, match="does not fit its captions; delete it"):
        caption_embeddings(tower, TEXTS)
    file.write_bytes(b"abc")
    with pytest.raises(WorkbenchError, match=r"cannot be read.*delete it"):
        caption_embeddings(tower, TEXTS)
    with torch.no_grad():
        next(tower.parameters()).fill_(float("nan"))
    with pytest.raises(WorkbenchError, match="not finite for 12 captions"):
        caption_embeddings(tower, TEXTS)


def test_a_typed_sentence_leaves_no_file(tower, home: Path):
    rows = caption_embeddings(tower, [CAPTIONS[1], CAPTIONS[0], CAPTIONS[1]])
    np.testing.assert_allclose(rows, embed(tower, [CAPTIONS[1], CAPTIONS[0], CAPTIONS[1]]).numpy(), atol=1e-5)
    assert not (home / "cache" / "text").exists()

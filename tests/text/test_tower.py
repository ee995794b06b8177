"""Text towers: the same embedding whatever batch a text is in, saved and read back bit for bit, nothing that does not fit."""

from __future__ import annotations

import copy
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tests.text.text_models import CAPTIONS, change_json, embed, save_bert
from workbench.data.text_shifts import shift_captions
from workbench.errors import WorkbenchError
from workbench.text import TOWERS, open_tower
from workbench.text.compact import VOCABULARY, learn_tokenizer
from workbench.text.tower import TextTower


@pytest.fixture(params=["compact", "bert"])
def tower(request, tmp_path: Path) -> TextTower:
    if request.param == "compact":
        return open_tower("compact", CAPTIONS)
    save_bert(tmp_path / "bert")
    return open_tower(f"hf:{tmp_path / 'bert'}")


def test_an_embedding_does_not_depend_on_the_batch(tower: TextTower):
    alone = torch.cat([embed(tower, [text]) for text in CAPTIONS[:6]])
    assert alone.shape == (6, tower.width) and alone.dtype == torch.float32
    torch.testing.assert_close(embed(tower, CAPTIONS[:6]), alone, atol=1e-5, rtol=1e-5)
    order = [4, 2, 0, 5, 1, 3]
    torch.testing.assert_close(embed(tower, [CAPTIONS[i] for i in order]), alone[order], atol=1e-5, rtol=1e-5)


def test_the_embedding_is_the_mean_over_the_tokens(tower: TextTower):
    tokens = tower.tokenise(CAPTIONS[:2])
    with torch.no_grad():
        states = tower.model(input_ids=tokens.ids, attention_mask=tokens.mask.long()).last_hidden_state
    want = torch.stack([state[mask].mean(0) for state, mask in zip(states, tokens.mask, strict=True)])
    torch.testing.assert_close(embed(tower, CAPTIONS[:2]), want)


def test_the_order_of_words_matters(tower: TextTower):
    first, second = embed(tower, ["up then down", "down then up"])
    assert (first - second).abs().max() > 1e-3


def test_saved_and_read_back_it_gives_the_same_bits(tower: TextTower, tmp_path: Path):
    tower.save(tmp_path / "saved")
    again = TextTower.load(tmp_path / "saved")
    assert {path.name for path in (tmp_path / "saved").iterdir()} >= {
        "config.json",
        "model.safetensors",
        "tokenizer.json",
    }
    assert (again.name, again.limit, again.width, again.key) == (tower.name, tower.limit, tower.width, tower.key)
    assert torch.equal(embed(again, CAPTIONS), embed(tower, CAPTIONS))


def test_the_key_follows_weights_and_tokenizer(tower: TextTower):
    before = tower.key
    changed = copy.deepcopy(tower)
    assert changed.key == before
    with torch.no_grad():
        next(changed.parameters())[0, 0] += 1
    assert changed.key != before and tower.key == before


@pytest.mark.parametrize("text", ["", "  \n", float("nan"), None])
def test_a_caption_without_words_is_named(tower: TextTower, text):
    with pytest.raises(WorkbenchError, match=r"The caption at position 2 is .*nothing to read"):
        tower.tokenise(["red", "green", text, "blue"])


def test_texts_over_the_limit_are_cut_and_counted(tower: TextTower):
    long = "square " * (tower.limit + 1)
    tokens = tower.tokenise(["red", long, "green", long])
    assert tokens.cut == 2 and tokens.ids.shape == tokens.mask.shape == (4, tower.limit)
    assert torch.isfinite(embed(tower, [long])).all()
    assert tower.tokenise([]).ids.shape[0] == 0 and tower.tokenise(["red"]).cut == 0


def test_many_texts_are_tokenised_as_few(tower: TextTower, monkeypatch):
    want = tower.tokenise(CAPTIONS)
    monkeypatch.setattr("workbench.text.tower.BLOCK", 4)
    found = tower.tokenise(CAPTIONS)
    assert torch.equal(found.ids, want.ids) and torch.equal(found.mask, want.mask)


def test_a_frozen_tower_stays_without_dropout(tmp_path: Path):
    save_bert(tmp_path)
    tower = open_tower(f"hf:{tmp_path}")
    assert all(value.requires_grad for value in tower.parameters()) and tower.train().training
    assert not torch.equal(embed(tower, CAPTIONS), embed(tower, CAPTIONS))
    tower.freeze().train()
    assert not tower.training and not any(value.requires_grad for value in tower.parameters())
    assert torch.equal(embed(tower, CAPTIONS), embed(tower, CAPTIONS))


def test_compact_is_a_function_of_captions_and_seed():
    first, state = open_tower("compact", CAPTIONS, seed=1), torch.random.get_rng_state()
    again, other = open_tower("compact", iter(CAPTIONS), seed=1), open_tower("compact", CAPTIONS, seed=2)
    assert first.key == again.key != other.key
    assert torch.equal(torch.random.get_rng_state(), state)


def test_the_tokenizer_is_the_same_in_any_order_and_process():
    want = learn_tokenizer(CAPTIONS).to_str()
    assert learn_tokenizer(random.Random(0).sample(CAPTIONS, len(CAPTIONS))).to_str() == want
    code = "from tests.text.text_models import *; from workbench.text.compact import *; print(learn_tokenizer(CAPTIONS).to_str())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == want


def test_compact_reads_whatever_is_written():
    tower = open_tower("compact", CAPTIONS)
    assert tower.model.config.vocab_size <= VOCABULARY
    odd = ["A RED  square", "ein Quadrat fällt — 正方形 🟥", *shift_captions(CAPTIONS[:6], "characters", 5)]
    read = [tower._tokenizer.decode(ids[mask].tolist()) for ids, mask in zip(*tower_tokens(tower, odd), strict=True)]
    assert [text.strip() for text in read] == [" ".join(text.lower().split()) for text in odd]
    assert torch.isfinite(embed(tower, odd)).all()


def tower_tokens(tower: TextTower, texts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    tokens = tower.tokenise(texts)
    return tokens.ids, tokens.mask


def test_compact_learns_through_its_embeddings():
    tower = open_tower("compact", CAPTIONS).train()
    tokens = tower.tokenise(CAPTIONS)
    tower(tokens.ids, tokens.mask).square().mean().backward()
    assert all(value.grad is not None for value in tower.parameters())  # DDP would wait for any that is not used


@pytest.mark.parametrize("captions", [[], [" "], None])
def test_compact_needs_captions(captions):
    with pytest.raises(WorkbenchError, match=r"captions.*of the training split"):
        open_tower("compact", captions)


def test_a_tokenizer_of_other_captions_is_refused(tmp_path: Path):
    open_tower("compact", CAPTIONS).save(tmp_path / "first")
    open_tower("compact", [text.replace("red", "blue") for text in CAPTIONS]).save(tmp_path / "second")
    other = (tmp_path / "second" / "tokenizer.json").read_text()
    (tmp_path / "first" / "tokenizer.json").write_text(other)
    with pytest.raises(WorkbenchError, match=r"tokenizer|weights are for"):
        TextTower.load(tmp_path / "first")


def test_weights_of_another_tower_are_refused(tmp_path: Path):
    for seed, folder in enumerate(("first", "second")):
        open_tower("compact", CAPTIONS, seed).save(tmp_path / folder)
    (tmp_path / "second" / "model.safetensors").replace(tmp_path / "first" / "model.safetensors")
    with pytest.raises(WorkbenchError, match="other weights than were saved with this tokenizer"):
        TextTower.load(tmp_path / "first")


def test_a_tokenizer_with_other_numbers_is_refused(tmp_path: Path):
    open_tower("compact", CAPTIONS).save(tmp_path)
    values = json.loads((tmp_path / "tokenizer.json").read_text())
    numbers = values["model"]["vocab"]
    numbers["a"], numbers["b"] = numbers["b"], numbers["a"]
    (tmp_path / "tokenizer.json").write_text(json.dumps(values))
    with pytest.raises(WorkbenchError, match="not the tokenizer that these weights were saved with"):
        TextTower.load(tmp_path)


def test_a_tokenizer_that_is_too_large_is_refused():
    small, large = (
        open_tower("compact", CAPTIONS[:2]),
        learn_tokenizer([*CAPTIONS, *["another vocabulary altogether"] * 3]),
    )
    with pytest.raises(WorkbenchError, match=r"has \d+ entries, its weights are for \d+"):
        TextTower(small.model, large, "mixed up", 16)


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("tower.json", None, "no tower.json; it is no folder of a saved text tower"),
        ("tower.json", "{", "tower.json cannot be read"),
        ("tower.json", "{}", "no limit and no name and no tokenizer and no weights"),
        ("tokenizer.json", None, "There is no .*tokenizer.json"),
        ("tokenizer.json", "{}", "tokenizer.json cannot be read"),
        ("config.json", None, "no config.json"),
        ("model.safetensors", None, r"no \*.safetensors"),
        ("model.safetensors", "abc", "cannot be read"),
    ],
)
def test_a_folder_that_is_not_whole_is_refused_in_words(tmp_path: Path, file: str, content, message: str):
    open_tower("compact", CAPTIONS).save(tmp_path)
    (tmp_path / file).unlink()
    if content is not None:
        (tmp_path / file).write_text(content)
    with pytest.raises(WorkbenchError, match=message):
        TextTower.load(tmp_path)


def test_weights_of_other_settings_are_refused(tmp_path: Path):
    open_tower("compact", CAPTIONS).save(tmp_path)
    change_json(tmp_path / "config.json", num_hidden_layers=3)
    with pytest.raises(WorkbenchError, match=r"do not fit the settings.*lacks encoder.layer.2"):
        TextTower.load(tmp_path)


def test_an_unknown_name_lists_what_there_is():
    with pytest.raises(
        WorkbenchError, match=r"Did you mean 'compact'\? Known: compact, minilm. Forms .* hf:NAME_OR_FOLDER"
    ):
        open_tower("compct")
    assert list(TOWERS) == ["compact", "minilm"]


def test_the_registry_does_not_load_torch():
    code = "import sys, workbench.text; print('torch' in sys.modules, 'transformers' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]

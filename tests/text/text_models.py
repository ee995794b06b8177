"""Tiny random text models, saved in the true format of transformers with a tokenizer, for the tests of text towers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from workbench.text.tower import TextTower

WORDS = [
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    *["a", "red", "green", "square", "circle", "moves", "up", "down", "left", "right", "slowly"],
]
BERT: dict[str, Any] = {
    "vocab_size": len(WORDS),
    "hidden_size": 16,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 32,
    "max_position_embeddings": 24,
}
CAPTIONS = [
    "a red square moves up",
    "a green circle moves down slowly",
    "a red circle",
    "a square moves left, then right",
    "there is a small green square in front of grass",
    "a red square moves up and then down",
] * 3


def save_bert(folder: Path, kind: str = "BertModel", **settings: Any) -> Any:
    """A BERT with drawn weights, biases too, and its tokenizer; `kind` may be a class with a head. Gives the model."""
    import transformers

    model = getattr(transformers, kind)(transformers.BertConfig(**BERT | settings))
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.2)
    model.eval().save_pretrained(folder)
    transformers.BertTokenizer(vocab={word: number for number, word in enumerate(WORDS)}).save_pretrained(folder)
    return model


def save_clip(folder: Path) -> Any:
    """A CLIP, images and text, with a tokenizer of single letters."""
    from transformers import CLIPConfig, CLIPModel, CLIPTokenizer

    letters = [chr(number) for number in range(97, 123)]
    vocab = {
        word: n
        for n, word in enumerate([*letters, *(f"{one}</w>" for one in letters), "<|startoftext|>", "<|endoftext|>"])
    }
    last = len(vocab) - 1
    text = {
        "vocab_size": len(vocab),
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "max_position_embeddings": 20,
        "projection_dim": 12,
        "bos_token_id": last - 1,
        "eos_token_id": last,
        "pad_token_id": last,
    }
    image = {
        "hidden_size": 16,
        "intermediate_size": 32,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "image_size": 16,
    }
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=image | {"patch_size": 8}, projection_dim=12)).eval()
    model.save_pretrained(folder)
    CLIPTokenizer(vocab=vocab, merges=[]).save_pretrained(folder)
    return model


def embed(tower: TextTower, texts: Sequence[str]) -> Tensor:
    """Embeddings without gradient."""
    tokens = tower.tokenise(texts)
    with torch.no_grad():
        return tower(tokens.ids, tokens.mask)


def change_json(path: Path, **values: Any) -> None:
    """Change keys of a JSON file."""
    path.write_text(json.dumps(json.loads(path.read_text()) | values))

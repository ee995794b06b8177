"""A text tower: a transformer and the tokenizer that belongs to it; captions go in, one embedding each comes out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from workbench.errors import WorkbenchError
from workbench.files import content_key, file_key, read_object, whole_folder, write_json
from workbench.text.loading import AGAIN, CLIP, MADE_BY, load_model, read_tokenizer, save_model, vocabulary_of

FACTS, TOKENIZER, WEIGHTS = "tower.json", "tokenizer.json", "model.safetensors"
BLOCK = 4096  # texts tokenised at a time


@dataclass(frozen=True)
class TextTokens:
    """Tokens of n texts, padded to the longest: `ids` int64 (n, L), `mask` bool (n, L), true where a token is none of the padding.

    `cut`: how many of the texts were longer than the tower's limit and lost their end.
    """

    ids: Tensor
    mask: Tensor
    cut: int


class TextTower(nn.Module):
    """A model of transformers that reads text, with its tokenizer.

    name    as a person writes it: 'compact', 'minilm', 'hf:models/tiny'
    limit   tokens of a text that it reads at most, the tokenizer's own marks included; the rest is cut off

    The embedding is the mean of the last layer over the tokens of the text, marks included. For 'minilm' that is the pooling that it was
    trained with (the unit length that it prescribes next comes with any cosine); for 'compact' and other models of the hub no mark was
    ever trained to hold the whole text, so the mean is what loses least. The text part of CLIP gives its own projection of the state at
    its end mark, the one that was trained to meet images.
    """

    def __init__(self, model: nn.Module, tokenizer: Tokenizer, name: str, limit: int) -> None:
        super().__init__()
        self.model, self.name, self.limit = model, name, limit
        self._tokenizer = Tokenizer.from_str(tokenizer.to_str())  # the settings below are this tower's own
        padding = self._tokenizer.padding or {}
        known = {key: padding[key] for key in ("pad_id", "pad_token", "pad_type_id") if key in padding}
        self._tokenizer.enable_padding(**known)
        self._padding = int(known.get("pad_id", 0))
        self._tokenizer.enable_truncation(limit)
        settings: Any = model.config
        if (largest := max(self._tokenizer.get_vocab().values())) >= (rows := vocabulary_of(model)):
            raise WorkbenchError(
                f"The tokenizer of the text tower '{name}' has {largest + 1} entries, its weights are for {rows}. "
                "The two belong to different models: get the tokenizer that belongs to these weights."
            )
        self._own_pooling = settings.model_type in CLIP
        self.width: int = settings.projection_dim if self._own_pooling else settings.hidden_size
        # A mask of two dimensions transformers reads back to see whether it masks anything: the host waits for the device.
        self._spread = settings.model_type == "bert" and settings._attn_implementation == "sdpa"

    @property
    def key(self) -> str:
        """Content key of weights, settings and tokenizer, as they are now; it changes as the tower trains."""
        settings: Any = self.model.config
        told = {name: value for name, value in settings.to_dict().items() if name not in MADE_BY}
        weights = [
            part
            for name, value in self.model.state_dict().items()
            for part in (name, list(value.shape), value.detach().cpu().contiguous().numpy().tobytes())
        ]
        return content_key(told, self.limit, self._tokenizer_key(), *weights, length=32)

    def tokenise(self, texts: Sequence[str]) -> TextTokens:
        """Tokens of texts, on the CPU. A text without anything to read raises and names its position, counted from 0."""
        texts = list(texts)
        check_texts(texts)
        parts = [self._read(texts[start : start + BLOCK]) for start in range(0, len(texts), BLOCK)]
        longest = max((part.ids.shape[1] for part in parts), default=0)
        ids, mask = torch.full((len(texts), longest), self._padding), torch.zeros(len(texts), longest, dtype=torch.bool)
        for number, part in enumerate(parts):
            rows, length = slice(number * BLOCK, (number + 1) * BLOCK), part.ids.shape[1]
            ids[rows, :length], mask[rows, :length] = part.ids, part.mask
        if not (some := mask.any(1)).all():  # of characters that the tokenizer leaves out
            position = int((~some).int().argmax())
            raise WorkbenchError(_empty(position, texts[position]))
        return TextTokens(ids, mask, sum(part.cut for part in parts))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Embeddings (n, width), float32, of tokens (n, L); of no length in particular."""
        seen = mask[:, None, None] if self._spread else mask.long()
        out = self.model(input_ids=ids, attention_mask=seen)
        if self._own_pooling:
            return out.text_embeds.float()
        weight = mask.unsqueeze(-1).float()
        return (out.last_hidden_state.float() * weight).sum(1) / weight.sum(1)

    def freeze(self) -> TextTower:
        """Take its weights out of training: they want no gradient, and its dropout stays off."""
        return self.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> TextTower:
        """As in any module, but a frozen tower keeps its dropout off: what it gives is stored and must not vary."""
        super().train(mode and any(value.requires_grad for value in self.parameters()))
        return self

    def save(self, folder: Path) -> None:
        """Write config.json, model.safetensors, tokenizer.json and tower.json, whole or not at all; an existing folder is replaced."""
        with whole_folder(folder) as temporary:
            save_model(self.model, temporary)
            (temporary / TOKENIZER).write_text(self._tokenizer.to_str(pretty=True), encoding="utf-8")
            facts = {"name": self.name, "limit": self.limit, "tokenizer": self._tokenizer_key()}
            write_json(temporary / FACTS, facts | {"weights": file_key(temporary / WEIGHTS)})

    @classmethod
    def load(cls, folder: Path) -> TextTower:
        """A tower that `save` wrote. Raises where a file is absent or cannot be read, or the tokenizer is not that of the weights."""
        if not (folder / FACTS).is_file():
            raise WorkbenchError(f"{folder} has no {FACTS}; it is no folder of a saved text tower.")
        facts = read_object(folder / FACTS, AGAIN)
        if lacking := {"name", "limit", "tokenizer", "weights"} - facts.keys():
            raise WorkbenchError(
                f"{folder / FACTS} has no {' and no '.join(sorted(lacking))}. Copy the whole folder again."
            )
        tower = cls(load_model(folder), read_tokenizer(folder / TOKENIZER), facts["name"], facts["limit"])
        if tower._tokenizer_key() != facts["tokenizer"]:
            raise WorkbenchError(
                f"{folder / TOKENIZER} is not the tokenizer that these weights were saved with: its words would have the numbers of "
                "others. Copy the whole folder again."
            )
        if file_key(folder / WEIGHTS) != facts["weights"]:
            raise WorkbenchError(
                f"{folder / WEIGHTS} holds other weights than were saved with this tokenizer. Copy the whole folder again."
            )
        return tower

    def _read(self, texts: Sequence[str]) -> TextTokens:
        """One block of `tokenise`: what the tokenizer gives is many times as large as the tokens."""
        read = self._tokenizer.encode_batch(list(texts))
        ids = torch.tensor([one.ids for one in read], dtype=torch.int64)
        mask = torch.tensor([one.attention_mask for one in read], dtype=torch.bool)
        return TextTokens(ids, mask, sum(bool(one.overflowing) for one in read))

    def _tokenizer_key(self) -> str:
        return content_key(json.loads(self._tokenizer.to_str()))


def check_texts(texts: Sequence[str]) -> None:
    """Raise for the first text without anything to read, an empty cell of a table too, and name its position, counted from 0."""
    for position, text in enumerate(texts):
        if not isinstance(text, str) or not text.strip():
            raise WorkbenchError(_empty(position, text))


def _empty(position: int, text: object) -> str:
    said = repr(text) if not isinstance(text, str) or text.strip() else "empty"
    return f"The caption at position {position} is {said}: there is nothing to read. Leave it out, or give it words."

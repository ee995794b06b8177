"""The text tower `compact`: a small BERT and its tokenizer, both made here from the training captions, nothing downloaded."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers
from tokenizers.models import BPE
from tokenizers.trainers import BpeTrainer

from workbench.errors import WorkbenchError
from workbench.text.tower import TextTower

PAD = "[PAD]"
# Few, on purpose. 256 stand for the bytes, so that any text can be read; the rest are the commonest pieces. With room for 4,096 every
# word of the workbench's captions is one token, and a misspelt word falls into pieces that training hardly ever saw (fewer than 20 times
# in 30,000 captions): 63 % of the tokens at severity 3 of the shift `characters`, and 11 % with 512. A caption has 20 tokens then, not 15.
VOCABULARY = 512
LIMIT = 128  # tokens; the longest of the workbench's captions has about 45
SETTINGS: dict[str, Any] = {
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 128,
    "max_position_embeddings": LIMIT,
    "type_vocab_size": 1,
    # Without dropout, as CLIP's text part: what it gives depends on its weights alone, in training too.
    "hidden_dropout_prob": 0.0,
    "attention_probs_dropout_prob": 0.0,
}


def compact_tower(captions: Iterable[str], seed: int = 0) -> TextTower:
    """The tower with a tokenizer learnt from `captions` and weights drawn by `seed`."""
    from transformers import BertConfig, BertModel

    tokenizer = learn_tokenizer(captions)
    settings = BertConfig(vocab_size=tokenizer.get_vocab_size(), pad_token_id=tokenizer.token_to_id(PAD), **SETTINGS)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = BertModel(settings, add_pooling_layer=False)
    return TextTower(model.eval(), tokenizer, "compact", LIMIT)


def learn_tokenizer(captions: Iterable[str]) -> Tokenizer:
    """Byte-pair encoding of lower-case bytes, learnt from captions: the same for the same captions in any order."""
    tokenizer = Tokenizer(BPE())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), normalizers.Lowercase(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = BpeTrainer(
        vocab_size=VOCABULARY,
        min_frequency=2,
        special_tokens=[PAD],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    texts = list(captions)
    if not any(isinstance(text, str) and text.strip() for text in texts):
        raise WorkbenchError(
            "A tokenizer is learnt from captions, and there is none with words. Give those of the training split."
        )
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.enable_padding(pad_id=tokenizer.token_to_id(PAD), pad_token=PAD)
    return tokenizer

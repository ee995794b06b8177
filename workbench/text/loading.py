"""Text models and tokenizers from files: read whole, offline, and refused where anything does not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import nn

from workbench.encoders.fitting import checked_weights, quiet_loading
from workbench.errors import WorkbenchError

AGAIN = "Get the file again from where it came from."
MADE_BY = (
    "_name_or_path",
    "transformers_version",
    "architectures",
    "dtype",
    "torch_dtype",
)  # of a config, not of the model
CLIP = ("clip", "clip_text_model")
# Begin the names of weights that no token's last state depends on: what a model was pretrained or fine-tuned with, CLIP's images.
HEADS = (
    "pooler.",
    "cls.",
    "lm_head.",
    "head.",
    "decoder.",
    "classifier.",
    "score.",
    "qa_outputs.",
    "pre_classifier.",
    "vocab_",
    "lm_predictions.",
    "mask_predictions.",
    "generator_",
    "discriminator_predictions.",
    "predictions.",
    "sop_classifier.",
    "embeddings.position_ids",
)
CLIP_HEADS = ("vision_model.", "visual_projection.", "logit_scale", "text_model.embeddings.position_ids")


def load_model(folder: Path) -> nn.Module:
    """The text encoder in a folder in the format of transformers, float32, in evaluation, without its heads.

    Raises where files are absent or cannot be read, weights do not fit, or the model is of a kind that reads text in no such way.
    """
    import transformers

    settings = read_settings(folder)
    clip = settings.model_type in CLIP
    made_by: Any = transformers.CLIPTextModelWithProjection if clip else transformers.AutoModel
    # Heads that lack are drawn, which must not move the random numbers of whoever opens the model.
    with quiet_loading(folder), torch.random.fork_rng(devices=[]):
        model, found = made_by.from_pretrained(
            folder,
            local_files_only=True,
            trust_remote_code=False,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # they are told apart below, with all that does not fit
        )
    wrong = [name for name, *_ in found["mismatched_keys"]]
    checked_weights(folder, found["missing_keys"], found["unexpected_keys"], wrong, CLIP_HEADS if clip else HEADS)
    if getattr(model, "pooler", None) is not None:
        model.pooler = None  # unused, and random where the checkpoint has none: no key and no optimiser should hold it
    with torch.no_grad():
        for value in (
            model.parameters()
        ):  # mapped from the file they lie at any offset, and products differ by it in their last bit
            value.data = value.data.clone()
    return model.eval()


def save_model(model: nn.Module, folder: Path) -> None:
    """Write config.json and model.safetensors, without the bar of transformers."""
    from transformers.utils import logging

    bars = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        writer: Any = model
        writer.save_pretrained(folder)
    finally:
        if bars:
            logging.enable_progress_bar()


def read_settings(folder: Path) -> Any:
    """The settings of a model, of a kind that is one encoder of text; CLIP counts as its text part."""
    import transformers

    if not (folder / "config.json").is_file():
        raise WorkbenchError(f"{folder} has no config.json; it is no folder of a model in the format of transformers.")
    if not any(folder.glob("*.safetensors")):
        raise WorkbenchError(
            f"{folder} has no *.safetensors (pickled weights are not read). Download the model's safetensors, or convert it."
        )
    with quiet_loading(folder):
        settings = transformers.AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    kind = settings.model_type
    if settings.is_encoder_decoder:
        raise WorkbenchError(
            f"{folder} holds a '{kind}', an encoder with a decoder. A text tower is an encoder alone, like BERT."
        )
    if kind not in CLIP and (hasattr(settings, "vision_config") or not hasattr(settings, "vocab_size")):
        raise WorkbenchError(
            f"{folder} holds a '{kind}', which is no model of text alone. Of those of text and images, CLIP's text part is read."
        )
    return settings


def read_tokenizer(path: Path) -> Tokenizer:
    """A tokenizer.json; raises where it is absent or cannot be read."""
    if not path.is_file():
        raise WorkbenchError(f"There is no {path}. Copy the whole folder again, the tokenizer with the weights.")
    try:
        return Tokenizer.from_file(str(path))
    except Exception as error:  # the library raises nothing more exact
        raise WorkbenchError(f"{path} cannot be read ({error}). {AGAIN}") from None


def vocabulary_of(model: nn.Module) -> int:
    """Number of tokens that a model has an embedding for."""
    text: Any = model
    return int(text.get_input_embeddings().num_embeddings)

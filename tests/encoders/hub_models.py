"""Tiny random V-JEPA 2 and VideoMAE models in the format of the hub."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

VJEPA2: dict[str, Any] = {
    "patch_size": 8,
    "crop_size": 32,
    "frames_per_clip": 8,
    "hidden_size": 24,
    "num_attention_heads": 2,
    "num_hidden_layers": 3,
    "mlp_ratio": 2,
    "pred_hidden_size": 12,
    "pred_num_attention_heads": 2,
    "pred_num_hidden_layers": 1,
    "num_pooler_layers": 1,
}
VIDEOMAE: dict[str, Any] = {
    "image_size": 32,
    "patch_size": 8,
    "num_frames": 16,
    "hidden_size": 24,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 48,
    "use_mean_pooling": False,
    "decoder_hidden_size": 12,
    "decoder_num_attention_heads": 2,
    "decoder_num_hidden_layers": 1,
    "decoder_intermediate_size": 24,
}
# As the hub has it for facebook/vjepa2-vitl-fpc64-256, at another size; its class needs torchvision to be made.
PROCESSOR = {
    "crop_size": {"height": 32, "width": 32},
    "do_center_crop": True,
    "do_normalize": True,
    "do_rescale": True,
    "do_resize": True,
    "image_mean": [0.485, 0.456, 0.406],
    "image_std": [0.229, 0.224, 0.225],
    "resample": 2,
    "rescale_factor": 0.00392156862745098,
    "size": {"shortest_edge": 36},
    "video_processor_type": "VJEPA2VideoProcessor",
}


def save_vjepa2(folder: Path, head: bool = False, **settings: Any) -> Any:
    """A model with drawn weights, biases too; `head`: with the classifier that fine-tuned ones have."""
    from transformers import VJEPA2Config, VJEPA2ForVideoClassification, VJEPA2Model

    model = (VJEPA2ForVideoClassification if head else VJEPA2Model)(VJEPA2Config(**VJEPA2 | settings))
    _draw(model).save_pretrained(folder)
    (folder / "video_preprocessor_config.json").write_text(json.dumps(PROCESSOR))
    return model.vjepa2 if head else model


def save_videomae(folder: Path, head: bool = True, **settings: Any) -> Any:
    """A model as pretraining leaves it (`head`: with its decoder), and its processor."""
    from transformers import VideoMAEConfig, VideoMAEForPreTraining, VideoMAEModel
    from transformers.models.videomae.image_processing_pil_videomae import VideoMAEImageProcessorPil

    model = (VideoMAEForPreTraining if head else VideoMAEModel)(VideoMAEConfig(**VIDEOMAE | settings))
    _draw(model).save_pretrained(folder)
    size = {"height": 32, "width": 32}
    VideoMAEImageProcessorPil(size={"shortest_edge": 32}, crop_size=size).save_pretrained(folder)
    return model.videomae if head else model


def change(folder: Path, file: str, **values: Any) -> None:
    """Change keys of a JSON file; None takes one out."""
    path = folder / file
    kept = {key: value for key, value in (json.loads(path.read_text()) | values).items() if value is not None}
    path.write_text(json.dumps(kept))


def _draw(model: Any) -> Any:
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.normal_(std=0.2)
    return model.eval()

"""Encoders in one file: they give the tokens of what was written, and what does not fit is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file

from tests.encoders.hub_models import VJEPA2, save_vjepa2
from tests.encoders.test_hub import normalised, pixels
from workbench.encoders import open_encoder
from workbench.encoders.file import renamed
from workbench.encoders.of_run import RandomEncoder
from workbench.errors import WorkbenchError
from workbench.presets import build_config

HALF: dict[str, Any] = {"mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25]}
SMOKE = {"frames": 8, "size": 16, **HALF}
# The names of facebookresearch/vjepa2, with its joint query, key, value.
OF_META = [
    ["^patch_embed\\.", "encoder.embeddings.patch_embeddings."],
    [
        "^blocks\\.(\\d+)\\.attn\\.qkv\\.",
        [f"encoder.layer.\\1.attention.{part}." for part in ("query", "key", "value")],
    ],
    ["^blocks\\.(\\d+)\\.attn\\.", "encoder.layer.\\1.attention."],
    ["^blocks\\.", "encoder.layer."],
    ["^norm\\.", "encoder.layernorm."],
]


def beside(path: Path, **values: Any) -> str:
    path.with_suffix(".json").write_text(json.dumps(values))
    return f"file:{path}"


class Plain(torch.nn.Module):
    """Normalised (B, 8, 3, 16, 16) clips to the tokens of an `Encoder`."""

    def __init__(self, encoder: RandomEncoder, channels_first: bool = False) -> None:
        super().__init__()
        self.module, self.channels_first = encoder.module, channels_first

    def forward(self, clips: torch.Tensor) -> torch.Tensor:
        from workbench.models.layers import tubelets

        axes = (0, 2, 3, 4, 1) if self.channels_first else (0, 1, 3, 4, 2)
        return self.module(tubelets(clips.permute(axes), 2, 4))


def drawn(seed: int = 3) -> RandomEncoder:
    return RandomEncoder(build_config("random", "smoke", seed))


def exported(path: Path, layout: str = "BTCHW", batch: int | None = None) -> None:
    first = layout == "BCTHW"
    example = torch.randn(batch or 2, *((3, 8) if first else (8, 3)), 16, 16)
    shapes = None if batch else ({0: torch.export.Dim("batch")},)
    torch.export.save(torch.export.export(Plain(drawn(), first), (example,), dynamic_shapes=shapes), path)


@pytest.fixture(scope="module")
def usual_program(tmp_path_factory) -> bytes:
    """Making one takes seconds."""
    path = tmp_path_factory.mktemp("program") / "vit.pt2"
    exported(path)
    return path.read_bytes()


@pytest.fixture
def program(usual_program: bytes, tmp_path: Path) -> Path:
    """A program of the usual layout, for any number of clips."""
    path = tmp_path / "vit.pt2"
    path.write_bytes(usual_program)
    return path


@pytest.mark.parametrize(("layout", "batch"), [("BTCHW", None), ("BCTHW", None), ("BTCHW", 2)])
def test_a_program_gives_the_tokens_of_the_model_it_was_made_of(tmp_path: Path, layout: str, batch: int | None) -> None:
    path = tmp_path / "vit.pt2"
    exported(path, layout, batch)
    spec = beside(
        path, **SMOKE, grid=[4, 4, 4], layout=layout, batch=batch, blocks={"appearance": [0, 8], "dynamics": [8, 24]}
    )
    encoder, clips = open_encoder(spec), pixels(8, 16, 5)
    assert (encoder.grid, encoder.width, encoder.name) == ((4, 4, 4), 24, spec)
    assert encoder.blocks == {"appearance": slice(0, 8), "dynamics": slice(8, 24)}
    torch.testing.assert_close(encoder.tokens(clips), drawn().tokens(clips), atol=1e-5, rtol=1e-5)


def test_the_untrained_program_has_the_same_numbers_in_other_places(program: Path) -> None:
    encoder = open_encoder(beside(program, **SMOKE, grid=[4, 4, 4]))
    null, again = encoder.untrained(1), encoder.untrained(1)
    clips = pixels(8, 16)
    assert null.is_random and torch.equal(null.tokens(clips), again.tokens(clips))
    assert not torch.allclose(null.tokens(clips), encoder.tokens(clips), atol=1e-2)
    for ours, theirs in zip(encoder.module.parameters(), null.module.parameters(), strict=True):  # type: ignore[attr-defined]
        assert torch.equal(ours.flatten().sort().values, theirs.flatten().sort().values)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"grid": [4, 4, 3]}, r"gives \(1, 64, 24\) for one clip; a grid of \(4, 4, 3\) asks for \(1, 48, channels\)"),
        ({"grid": None}, "needs 'grid'"),
        ({"layout": "BCTHW"}, "does not take clips as vit.json says"),
        ({"frames": 6}, "does not take clips"),
        ({"blocks": {"appearance": [0, 30]}}, "block 'appearance' from 0 to 30 is none of 24 channels"),
        ({"std": [0.25, 0.25, 0.0]}, "vit.json: std is"),
        ({"means": [0, 0, 0]}, "vit.json: Invalid settings. means: Unknown setting 'means'. Did you mean 'mean'"),
    ],
)
def test_a_program_that_does_not_fit_the_file_beside_it_is_refused(program: Path, values, message: str) -> None:
    with pytest.raises(WorkbenchError, match=message):
        open_encoder(beside(program, **{**SMOKE, "grid": [4, 4, 4], **values}))


@pytest.mark.parametrize(
    ("name", "content", "said", "message"),
    [
        ("vit.pt2", None, "{}", "There is no file"),
        ("vit.pt2", b"abc", None, "needs vit.json beside it"),
        ("vit.pt2", b"abc", json.dumps({**SMOKE, "grid": [4, 4, 4]}), "is no program of torch.export"),
        ("vit.pt2", b"abc", "{", "vit.json: It cannot be read"),
        ("vit.safetensors", b"abc", json.dumps(SMOKE), "needs 'architecture'"),
        ("vit.safetensors", b"abc", json.dumps({**SMOKE, "architecture": "vjepa2"}), "cannot be read"),
        ("vit.pth", b"abc", "{}", "no .pt2 or .safetensors file"),
    ],
)
def test_files_that_are_not_whole_are_refused_in_words(tmp_path: Path, name: str, content, said, message: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    if said is not None:
        (tmp_path / name).with_suffix(".json").write_text(said)
    with pytest.raises(WorkbenchError, match=message):
        open_encoder(f"file:{tmp_path / name}")


def test_safetensors_of_our_own_architecture(tmp_path: Path) -> None:
    path, source = tmp_path / "ours.safetensors", drawn()
    save_file({f"module.{name}": value.contiguous() for name, value in source.module.state_dict().items()}, path)
    settings = {"width": 24, "depth": 2, "heads": 2, "patch": 4}
    said = {**SMOKE, "architecture": "workbench", "settings": settings, "keys": [["^module\\.", ""]]}
    encoder, clips = open_encoder(beside(path, **said)), pixels(8, 16)
    torch.testing.assert_close(encoder.tokens(clips), source.tokens(clips), atol=1e-5, rtol=1e-5)
    assert encoder.depth == 2 and encoder.name == f"file:{path}"
    with pytest.raises(WorkbenchError, match=r"lacks blocks.2.attention.out.bias"):
        open_encoder(beside(path, **{**said, "settings": {**settings, "depth": 3}}))


def test_safetensors_with_the_names_of_another_repository(tmp_path: Path) -> None:
    """V-JEPA 2 as its own repository names it: the joint query, key, value is cut in three."""
    model = save_vjepa2(tmp_path / "hf")
    weights: dict[str, torch.Tensor] = {}
    for name, value in model.encoder.state_dict().items():
        theirs = name.replace("embeddings.patch_embeddings.", "patch_embed.").replace("layernorm.", "norm.")
        weights[theirs.replace("layer.", "blocks.").replace(".attention.", ".attn.")] = value.contiguous()
    for number in range(3):
        for kind in ("weight", "bias"):
            parts = [weights.pop(f"blocks.{number}.attn.{part}.{kind}") for part in ("query", "key", "value")]
            weights[f"blocks.{number}.attn.qkv.{kind}"] = torch.cat(parts)
    weights["head.weight"] = torch.zeros(3, 24)
    path = tmp_path / "meta.safetensors"
    save_file(weights, path)
    settings = {key: value for key, value in VJEPA2.items() if key not in ("crop_size", "frames_per_clip")}
    said = {"frames": 8, "size": 32, **HALF, "architecture": "vjepa2", "settings": settings, "keys": OF_META}
    encoder, clips = open_encoder(beside(path, **said, leave=["^head\\."])), pixels(8, 32)
    with torch.no_grad():
        want = model(normalised(clips, [0.5] * 3, [0.25] * 3), skip_predictor=True).last_hidden_state
    torch.testing.assert_close(encoder.tokens(clips), want, atol=1e-5, rtol=1e-5)
    with pytest.raises(WorkbenchError, match=r"has also head\.weight"):
        open_encoder(beside(path, **said))


def test_a_joint_weight_that_does_not_divide_is_refused() -> None:
    with pytest.raises(WorkbenchError, match="'qkv' of 4 rows does not divide into 3"):
        renamed({"qkv": torch.zeros(4, 2)}, [("qkv", ["q", "k", "v"])], [])

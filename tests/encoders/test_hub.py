"""V-JEPA 2 and VideoMAE from the format of the hub: their own numbers, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.encoders.hub_models import change, save_videomae, save_vjepa2
from tests.test_features import clips_of
from workbench.encoders import open_encoder
from workbench.errors import WorkbenchError
from workbench.features import features_of


def pixels(frames: int, size: int, count: int = 3) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(1).integers(0, 256, (count, frames, size, size, 3), dtype=np.uint8))


def normalised(clips: torch.Tensor, mean: list[float], std: list[float]) -> torch.Tensor:
    """By hand: (B, T, 3, H, W)."""
    return ((clips.float() / 255 - torch.tensor(mean)) / torch.tensor(std)).permute(0, 1, 4, 2, 3)


@pytest.mark.parametrize("head", [False, True])
def test_vjepa2_gives_its_own_tokens(tmp_path: Path, head: bool) -> None:
    model = save_vjepa2(tmp_path, head)
    encoder, clips = open_encoder(f"hf:{tmp_path}"), pixels(8, 32)
    assert (encoder.grid, encoder.width, encoder.depth, encoder.takes) == ((4, 4, 4), 24, 3, (8, 32, 32))
    with torch.no_grad():
        want = model(normalised(clips, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]), skip_predictor=True)
    torch.testing.assert_close(encoder.tokens(clips), want.last_hidden_state, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("head", [False, True])
def test_videomae_gives_its_own_tokens(tmp_path: Path, head: bool) -> None:
    from transformers.models.videomae.image_processing_pil_videomae import VideoMAEImageProcessorPil

    model = save_videomae(tmp_path, head)
    encoder, clips = open_encoder(f"hf:{tmp_path}"), pixels(16, 32)
    assert (encoder.grid, encoder.width, encoder.depth, encoder.takes) == ((8, 4, 4), 24, 2, (16, 32, 32))
    processor = VideoMAEImageProcessorPil.from_pretrained(tmp_path)
    theirs = processor([list(clip.numpy()) for clip in clips], return_tensors="pt")["pixel_values"]
    with torch.no_grad():
        want = model(theirs).last_hidden_state
    torch.testing.assert_close(encoder.tokens(clips), want, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize(("save", "frames"), [(save_vjepa2, 8), (save_videomae, 16)])
def test_layers_end_in_the_tokens_and_the_untrained_one_differs(tmp_path: Path, save, frames: int) -> None:
    model = save(tmp_path)
    encoder, clips = open_encoder(f"hf:{tmp_path}"), pixels(frames, 32)
    layers = encoder.layer_tokens(clips)
    norm = model.encoder.layernorm if frames == 8 else model.layernorm
    assert len(layers) == encoder.depth and {tuple(x.shape) for x in layers} == {tuple(encoder.tokens(clips).shape)}
    torch.testing.assert_close(norm(layers[-1]).detach(), encoder.tokens(clips), atol=1e-5, rtol=1e-5)
    drawn, again, other = (encoder.untrained(seed) for seed in (0, 0, 1))
    assert torch.equal(drawn.tokens(clips), again.tokens(clips)) and drawn.key == again.key
    assert drawn.is_random and not encoder.is_random and len({encoder.key, drawn.key, other.key}) == 3
    assert not torch.allclose(drawn.tokens(clips), encoder.tokens(clips))


def test_smaller_and_shorter_clips_are_resized_whole_and_their_frames_repeated(tmp_path: Path) -> None:
    save_videomae(tmp_path)
    encoder, small = open_encoder(f"hf:{tmp_path}"), pixels(8, 16)
    encoder.check(clips_of(shape=(8, 16, 16, 3)))
    plain = torch.full((1, 8, 16, 16, 3), 200, dtype=torch.uint8)
    large = torch.full((1, 16, 32, 32, 3), 200, dtype=torch.uint8)
    torch.testing.assert_close(encoder.tokens(plain), encoder.tokens(large))
    same_size = pixels(8, 32)
    torch.testing.assert_close(encoder.tokens(same_size), encoder.tokens(same_size.repeat_interleave(2, 1)))
    assert encoder.tokens(small).shape == (3, 128, 24)


@pytest.mark.parametrize(
    ("shape", "message"),
    [((6, 32, 32, 3), "have 6 frames.*takes 16, or.*2, 4, 8, 16.*data.frames=16"), ((8, 32, 24, 3), "32×24 pixels")],
)
def test_clips_that_cannot_be_made_to_fit_are_refused(tmp_path: Path, shape, message: str) -> None:
    save_videomae(tmp_path)
    with pytest.raises(WorkbenchError, match=message):
        features_of(open_encoder(f"hf:{tmp_path}"), clips_of(shape=shape))


def test_the_key_follows_weights_and_preprocessing(tmp_path: Path) -> None:
    save_vjepa2(tmp_path)
    first = open_encoder(f"hf:{tmp_path}").key
    assert open_encoder(f"hf:{tmp_path}").key == first
    change(tmp_path, "video_preprocessor_config.json", image_mean=[0.5, 0.5, 0.5])
    second = open_encoder(f"hf:{tmp_path}").key
    save_vjepa2(tmp_path)
    change(tmp_path, "video_preprocessor_config.json", image_mean=[0.5, 0.5, 0.5])
    assert len({first, second, open_encoder(f"hf:{tmp_path}").key}) == 3


def test_the_usual_clips_of_a_model_are_those_of_the_quick_runs_where_its_frames_allow(tmp_path: Path) -> None:
    save_videomae(tmp_path / "16")
    data = open_encoder(f"hf:{tmp_path / '16'}").config.data
    assert (data.frames, data.size) == (8, 24)
    save_vjepa2(tmp_path / "4", frames_per_clip=4)
    assert open_encoder(f"hf:{tmp_path / '4'}").config.data.frames == 4
    changed = open_encoder(f"hf:{tmp_path / '16'}", preset="smoke", changes={"data": {"size": 30}}).config
    assert (changed.preset, changed.data.size, changed.data.test_clips) == ("smoke", 30, 100)


def test_a_processor_that_rescales_otherwise_is_followed(tmp_path: Path) -> None:
    save_vjepa2(tmp_path)
    clips, usual = pixels(8, 32), open_encoder(f"hf:{tmp_path}")
    change(
        tmp_path, "video_preprocessor_config.json", rescale_factor=1.0, image_mean=[127.5] * 3, image_std=[255.0] * 3
    )
    raw = open_encoder(f"hf:{tmp_path}").tokens(clips)
    change(
        tmp_path, "video_preprocessor_config.json", rescale_factor=1 / 255, image_mean=[0.5] * 3, image_std=[1.0] * 3
    )
    torch.testing.assert_close(raw, open_encoder(f"hf:{tmp_path}").tokens(clips), atol=1e-4, rtol=1e-4)
    assert not torch.allclose(raw, usual.tokens(clips))


def test_the_names_that_older_checkpoints_of_videomae_have_are_read(tmp_path: Path) -> None:
    save_videomae(tmp_path)
    clips, path = pixels(16, 32), tmp_path / "model.safetensors"
    want = open_encoder(f"hf:{tmp_path}").tokens(clips)
    old = {"attention.query.bias": "attention.q_bias", "attention.value.bias": "attention.v_bias"}
    weights = load_file(path)
    for new, before in old.items():
        weights = {name.replace(new, before): value for name, value in weights.items()}
    save_file(weights, path, metadata={"format": "pt"})
    torch.testing.assert_close(open_encoder(f"hf:{tmp_path}").tokens(clips), want)


def broken_weights(folder: Path, how: str) -> None:
    path = folder / "model.safetensors"
    weights = load_file(path)
    if how == "missing":
        weights = {name: value for name, value in weights.items() if "layer.1." not in name}
    elif how == "unexpected":
        weights |= {
            name.replace("layer.2.", "layer.3."): value + 1 for name, value in weights.items() if "layer.2." in name
        }
    elif how == "shape":
        weights["encoder.layer.0.mlp.fc1.weight"] = torch.zeros(40, 24)
    save_file(weights, path, metadata={"format": "pt"})


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ("missing", r"lacks encoder.layer.1.attention.key.bias.* and 13 more"),
        ("unexpected", r"has also encoder.layer.3.attention.key.bias.* and 13 more"),
        ("shape", r"in another shape encoder.layer.0.mlp.fc1.weight \(40×24 for 48×24\)"),
    ],
)
def test_a_checkpoint_that_does_not_match_is_refused_and_says_how(
    tmp_path: Path, how: str, message: str, capfd
) -> None:
    save_vjepa2(tmp_path)
    broken_weights(tmp_path, how)
    with pytest.raises(WorkbenchError, match=message):
        open_encoder(f"hf:{tmp_path}")
    assert "LOAD REPORT" not in "".join(capfd.readouterr())


def test_a_predictor_that_is_not_there_is_not_needed(tmp_path: Path) -> None:
    save_vjepa2(tmp_path)
    clips, want = pixels(8, 32), open_encoder(f"hf:{tmp_path}").tokens(pixels(8, 32))
    path = tmp_path / "model.safetensors"
    encoder_only = {name: value for name, value in load_file(path).items() if name.startswith("encoder.")}
    save_file(encoder_only, path, metadata={"format": "pt"})
    assert torch.equal(open_encoder(f"hf:{tmp_path}").tokens(clips), want)


def test_a_name_that_is_not_in_the_cache_says_how_to_get_it() -> None:
    with pytest.raises(WorkbenchError, match="hf download facebook/vjepa2-vitl-fpc64-256 --local-dir"):
        open_encoder("hf:facebook/vjepa2-vitl-fpc64-256")
    with pytest.raises(WorkbenchError, match="neither a folder nor a model"):
        open_encoder("hf:/no/such/folder")


def test_a_name_in_the_cache_is_opened_without_a_network(tmp_path: Path, monkeypatch) -> None:
    snapshot = tmp_path / "models--me--tiny" / "snapshots" / "0123456789abcdef0123456789abcdef01234567"
    save_vjepa2(snapshot)
    refs = tmp_path / "models--me--tiny" / "refs"
    refs.mkdir()
    (refs / "main").write_text(snapshot.name)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    assert open_encoder("hf:me/tiny").name == "hf:me/tiny"


@pytest.mark.parametrize(
    ("file", "content", "message"),
    [
        ("config.json", None, "no config.json"),
        ("config.json", "{", "config.json cannot be read"),
        ("config.json", '{"model_type": "vit"}', "Unknown kind of model .*'vit'. Known: videomae, vjepa2"),
        ("config.json", '{"model_type": "vjepa2", "hidden_size": "wide"}', "cannot be read"),
        ("video_preprocessor_config.json", None, "no video_preprocessor_config.json or preprocessor_config.json"),
        ("video_preprocessor_config.json", "{}", "no image_mean and no image_std"),
        ("video_preprocessor_config.json", '{"crop_size": 64}', "64×64, config.json beside it says crop_size=32"),
        ("video_preprocessor_config.json", '{"image_mean": [0, 0, 0], "image_std": [1, 1, 0]}', "image_std is"),
        ("model.safetensors", None, "no \\*.safetensors"),
        ("model.safetensors", "abc", "cannot be read"),
    ],
)
def test_a_folder_that_is_not_whole_is_refused_in_words(tmp_path: Path, file: str, content, message: str) -> None:
    save_vjepa2(tmp_path)
    (tmp_path / file).unlink()
    if content is not None:
        (tmp_path / file).write_text(content)
    with pytest.raises(WorkbenchError, match=message):
        open_encoder(f"hf:{tmp_path}")


def test_a_model_whose_pixels_do_not_tile_is_refused(tmp_path: Path) -> None:
    save_vjepa2(tmp_path)
    change(tmp_path, "config.json", frames_per_clip=7)
    with pytest.raises(WorkbenchError, match=r"\(7, 32, 32\) do not divide into tubelets of \(2, 8, 8\)"):
        open_encoder(f"hf:{tmp_path}")


def test_features_of_a_model_lie_in_the_cache(tmp_path: Path, home: Path) -> None:
    save_vjepa2(tmp_path / "tiny")
    encoder, clips = open_encoder(f"hf:{tmp_path / 'tiny'}"), clips_of(shape=(8, 32, 32, 3))
    features = features_of(encoder, clips)
    assert len(list((home / "cache" / "features").glob(f"*tiny-{features.key}/tokens.npy"))) == 1
    np.testing.assert_allclose(features.tokens, encoder.tokens(torch.from_numpy(clips.clips)).half().numpy(), atol=2e-3)


def test_an_open_encoder_is_given_back_and_unknown_ones_list_the_forms() -> None:
    with pytest.raises(WorkbenchError, match=r"Unknown run 'nothing'.*Forms of an encoder: RUN, RUN@teacher"):
        open_encoder("nothing")
    random = open_encoder("random")
    assert open_encoder(random) is random


def test_the_model_that_the_page_makes_opens(tmp_path: Path, monkeypatch) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "encoders.md").read_text(encoding="utf-8")
    (code,) = [part.split("```")[0] for part in page.split("```python\n")[1:] if "save_pretrained" in part]
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    assert open_encoder("hf:models/tiny-vjepa2").grid == (4, 4, 4)

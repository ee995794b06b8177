"""V-JEPA 2 and VideoMAE as frozen encoders, from a folder in the format of transformers or from the cache of the hub."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from workbench.encoders.base import FrozenEncoder, device_of
from workbench.encoders.fitting import checked_weights, quiet_loading
from workbench.encoders.of_run import outputs_of, weights_key
from workbench.encoders.pixels import Pixels, colours
from workbench.encoders.usual import usual_config
from workbench.errors import UnknownName, WorkbenchError
from workbench.files import content_key, file_key, read_object

if TYPE_CHECKING:
    from workbench.config import Config
    from workbench.data.clips import ClipSet

PROCESSORS = ("processor_config.json", "video_preprocessor_config.json", "preprocessor_config.json")
FILES = ["*.json", "*.safetensors"]
AGAIN = "Get the file again from where the model came from."


@dataclass(frozen=True)
class Kind:
    """How transformers names a kind of model; `heads` begin the names of weights that its encoder does not use."""

    model: str
    settings: str
    frames: str
    size: str
    heads: tuple[str, ...]


KINDS = {
    "vjepa2": Kind(
        "VJEPA2Model", "VJEPA2Config", "frames_per_clip", "crop_size", ("predictor.", "pooler.", "classifier.")
    ),
    "videomae": Kind(
        "VideoMAEModel",
        "VideoMAEConfig",
        "num_frames",
        "image_size",
        ("decoder.", "encoder_to_decoder.", "mask_token", "position_embeddings", "fc_norm.", "classifier."),
    ),
}


class HubEncoder(FrozenEncoder):
    """The encoder of a `VJEPA2Model` or `VideoMAEModel`: all tokens, nothing masked, without the predictor."""

    def __init__(
        self, model: nn.Module, pixels: Pixels, name: str, key: str, config: Config, *, is_random: bool = False
    ) -> None:
        self.device = device_of(config)
        self.model = model.eval().requires_grad_(False).to(self.device)
        self.pixels, self.name, self.key, self.config, self.is_random = pixels, name, key, config, is_random
        settings: Any = model.config
        self.settings, self.takes, self.blocks = settings, pixels.takes, {}
        self.width, self.depth = settings.hidden_size, settings.num_hidden_layers
        self.grid = grid_of(settings, pixels, name)

    @classmethod
    def open(cls, source: str, preset: str | None = None, changes: dict[str, Any] | None = None) -> HubEncoder:
        """From a folder, or a name that is in the hub's cache; nothing is downloaded.

        Raises where it is not there, of another kind, without a processor's configuration, or its weights do not fit.
        """
        folder = find_folder(source)
        kind = KINDS[_kind_of(folder)]
        model = _load(folder, kind)
        pixels = read_pixels(folder, model.config, kind)
        weights = [file_key(path) for path in sorted(folder.glob("*.safetensors"))]
        settings: Any = model.config
        key = content_key(weights, settings.to_dict(), pixels.key, length=32)
        return cls(model, pixels, f"hf:{source}", key, usual_config(pixels.takes, preset, changes))

    def check(self, clips: ClipSet) -> None:
        """Raise where the clips cannot be made to fit: see `Pixels`."""
        self.pixels.check(self.name, clips)

    @torch.no_grad()
    def tokens(self, clips: Tensor) -> Tensor:
        """Tokens (B, t·h·w, D) after the model's last layer norm, where it has one."""
        return self._forward(clips).last_hidden_state.float().cpu()

    @torch.no_grad()
    def layer_tokens(self, clips: Tensor) -> list[Tensor]:
        """What each layer adds up to, before any last layer norm: each (B, t·h·w, D)."""
        layers: Any = self.model.encoder
        return [out.float().cpu() for out in outputs_of(layers.layer, lambda: self._forward(clips))]

    def untrained(self, seed: int = 0) -> FrozenEncoder:
        """The same settings with weights that transformers draws by `seed`."""
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            model = type(self.model)(self.settings)
        key = content_key(weights_key(model), self.pixels.key, length=32)
        return HubEncoder(model, self.pixels, f"{self.name}~untrained-s{seed}", key, self.config, is_random=True)

    def _forward(self, clips: Tensor) -> Any:
        pixels = self.pixels(clips.to(self.device))
        if self.settings.model_type == "vjepa2":
            return self.model(pixel_values_videos=pixels, skip_predictor=True)
        return self.model(pixel_values=pixels)


def find_folder(source: str) -> Path:
    """The folder of a model: as given, or where the hub's cache has it."""
    if Path(source).is_dir():
        return Path(source)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(source, local_files_only=True, allow_patterns=FILES))
    except (LocalEntryNotFoundError, HFValidationError):
        raise WorkbenchError(
            f"'{source}' is neither a folder nor a model in the hub's cache, and nothing is downloaded unasked. With a network: "
            f"`hf download {source} --local-dir models/{Path(source).name}` (`huggingface-cli download` in older versions), "
            f"then open 'hf:models/{Path(source).name}'; without one, copy that folder here."
        ) from None


def read_pixels(folder: Path, settings: Any, kind: Kind) -> Pixels:
    """What the model's own processor does to pixels, at the size that it crops to and the frames of the model."""
    path = next((folder / name for name in PROCESSORS if (folder / name).is_file()), None)
    if path is None:
        raise WorkbenchError(
            f"{folder} has no {' or '.join(PROCESSORS[1:])}: how its pixels are normalised is not known. Get the file from "
            "where the model came from."
        )
    values = read_object(path, AGAIN)
    values = values.get("video_processor", values.get("image_processor", values))
    height, width = _pair(getattr(settings, kind.size))
    told = _size(values)
    if told is not None and told != (height, width):
        raise WorkbenchError(
            f"{path} gives frames of {told[0]}×{told[1]}, config.json beside it says {kind.size}={getattr(settings, kind.size)}. "
            "The two belong to different models."
        )
    if not values.get("do_rescale", True):
        raise WorkbenchError(f"{path}: do_rescale is off; only models of colours in [0, 1] are known here.")
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    scale = 255 * float(values.get("rescale_factor", 1 / 255))
    if values.get("do_normalize", True):
        if lacking := [name for name in ("image_mean", "image_std") if values.get(name) is None]:
            raise WorkbenchError(f"{path} has no {' and no '.join(lacking)}. Get the file that belongs to the model.")
        mean, std = (colours(values[name], name, path) for name in ("image_mean", "image_std"))
    if abs(scale - 1) > 1e-6:  # (s·x − m)/d = (x − m/s)/(d/s)
        mean, std = (tuple(value / scale for value in values) for values in (mean, std))
    return Pixels(getattr(settings, kind.frames), height, width, mean, std)


def grid_of(settings: Any, pixels: Pixels, name: str) -> tuple[int, int, int]:
    """(t, h, w) of the tokens; pixels that tubelets do not tile raise."""
    steps = (settings.tubelet_size, *_pair(settings.patch_size))
    if any(size % step for size, step in zip(pixels.takes, steps, strict=True)):
        raise WorkbenchError(
            f"{name}: clips of {pixels.takes} do not divide into tubelets of {steps}. See its config.json."
        )
    t, h, w = (size // step for size, step in zip(pixels.takes, steps, strict=True))
    return t, h, w


def _load(folder: Path, kind: Kind) -> nn.Module:
    import transformers

    model_class = getattr(transformers, kind.model)
    if not any(folder.glob("*.safetensors")):
        raise WorkbenchError(
            f"{folder} has no *.safetensors (pickled weights are not read). Download the model's safetensors, or convert it."
        )
    with quiet_loading(folder):
        settings = getattr(transformers, kind.settings).from_pretrained(folder, local_files_only=True)
        model, found = model_class.from_pretrained(
            folder,
            config=settings,
            local_files_only=True,
            use_safetensors=True,
            dtype=torch.float32,
            output_loading_info=True,
            ignore_mismatched_sizes=True,  # they are told apart below, with all that does not fit
        )
    wrong = [f"{name} ({_shape(theirs)} for {_shape(ours)})" for name, theirs, ours in found["mismatched_keys"]]
    checked_weights(folder, found["missing_keys"], found["unexpected_keys"], wrong, kind.heads)
    return model


def _shape(shape: Any) -> str:
    return "×".join(map(str, shape))


def _kind_of(folder: Path) -> str:
    if not (path := folder / "config.json").is_file():
        raise WorkbenchError(f"{folder} has no config.json; it is no folder of a model in the format of transformers.")
    kind = read_object(path, AGAIN).get("model_type")
    if kind not in KINDS:
        raise UnknownName(f"kind of model in {path}", kind, KINDS)
    return str(kind)


def _pair(value: Any) -> tuple[int, int]:
    return (int(value[0]), int(value[1])) if isinstance(value, list | tuple) else (int(value), int(value))


def _size(values: dict[str, Any]) -> tuple[int, int] | None:
    """What the processor makes of a frame: its crop, or its size where it does not crop."""
    crop = values.get("crop_size") if values.get("do_center_crop", True) else None
    size = crop or values.get("size")
    if isinstance(size, dict):
        size = (size["height"], size["width"]) if "height" in size else size.get("shortest_edge")
    return None if size is None else _pair(size)

"""An encoder in one file: a `torch.export` program, or safetensors of a ViT, with a JSON file beside it that says how to read it.

docs/encoders.md describes that file key by key.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from workbench.config import merge, validate
from workbench.encoders.base import FrozenEncoder
from workbench.encoders.fitting import checked_weights, quiet_loading
from workbench.encoders.hub import KINDS, HubEncoder
from workbench.encoders.of_run import OwnEncoder
from workbench.encoders.pixels import Pixels, colours
from workbench.encoders.sidecar import Sidecar
from workbench.encoders.usual import usual_config
from workbench.errors import WorkbenchError
from workbench.files import content_key, file_key

if TYPE_CHECKING:
    from workbench.config import Config

SUFFIXES = (".pt2", ".safetensors")


def open_file(source: str, preset: str | None = None, changes: dict[str, Any] | None = None) -> FrozenEncoder:
    """The encoder in a file `.pt2` or `.safetensors`; raises where the file or the one beside it is absent or does not fit."""
    path = Path(source)
    if path.suffix not in SUFFIXES:
        raise WorkbenchError(
            f"'{source}' is no {' or '.join(SUFFIXES)} file. Other forms of an encoder: docs/encoders.md."
        )
    if not path.is_file():
        raise WorkbenchError(f"There is no file {path}. Give a {' or '.join(SUFFIXES)} file: docs/encoders.md.")
    beside = path.with_suffix(".json")
    if not beside.is_file():
        raise WorkbenchError(f"{path} needs {beside.name} beside it, which says how to read it: docs/encoders.md.")
    try:
        said: Sidecar = validate(Sidecar, _json(beside))
    except WorkbenchError as error:
        raise WorkbenchError(f"{beside}: {error}") from None
    pixels = Pixels(said.frames, said.size, said.size, said.mean, colours(said.std, "std", beside))
    name = f"file:{source}"
    key = content_key(file_key(path), said.model_dump(mode="json"), pixels.key, length=32)
    config = usual_config(pixels.takes, preset, changes)
    encoder: FrozenEncoder
    if path.suffix == ".pt2":
        from workbench.encoders.program import ProgramEncoder

        encoder = ProgramEncoder.open(path, said, pixels, name, key, config)
    elif said.architecture is None:
        raise WorkbenchError(f"{beside} needs 'architecture': workbench, vjepa2 or videomae. See docs/encoders.md.")
    elif said.architecture == "workbench":
        encoder = _of_workbench(path, said, pixels, name, key, config)
    else:
        encoder = _of_transformers(path, said, pixels, name, key, config)
    return _with_blocks(encoder, said, beside)


def _of_workbench(path: Path, said: Sidecar, pixels: Pixels, name: str, key: str, config: Config) -> FrozenEncoder:
    """An `Encoder` of this package; `settings` are those of the section `model`."""
    from workbench.config import Config
    from workbench.models.jepa import build_encoder

    values = config.model_dump(mode="json")
    values = merge(values, {"data": {"frames": said.frames, "size": said.size}})
    built: Config = validate(Config, values | {"model": said.settings})
    module = build_encoder(built)
    _fill(module, path, said)
    return OwnEncoder(module, built, name, key, pixels=lambda clips: pixels(clips).permute(0, 1, 3, 4, 2))


def _of_transformers(path: Path, said: Sidecar, pixels: Pixels, name: str, key: str, config: Config) -> FrozenEncoder:
    """A `VJEPA2Model` or `VideoMAEModel`; `settings` are those of its configuration."""
    import transformers

    kind = KINDS[str(said.architecture)]
    with quiet_loading(path):
        settings = getattr(transformers, kind.settings)(
            **{**said.settings, kind.frames: said.frames, kind.size: said.size}
        )
        module = getattr(transformers, kind.model)(settings)
    _fill(module, path, said, kind.heads)
    return HubEncoder(module, pixels, name, key, config)


def _fill(module: torch.nn.Module, path: Path, said: Sidecar, heads: tuple[str, ...] = ()) -> None:
    """Load the file's weights under their names here; what does not fit raises."""
    from safetensors.torch import load_file

    with quiet_loading(path):
        given = renamed(load_file(path), said.keys, said.leave)
    ours = module.state_dict()
    both = ours.keys() & given.keys()
    wrong = [
        f"{name} ({_shape(given[name])} for {_shape(ours[name])})"
        for name in both
        if given[name].shape != ours[name].shape
    ]
    # What no file has to hold: parts that the encoder does not use, of which ours are left as they were drawn.
    checked_weights(path, ours.keys() - given.keys(), given.keys() - ours.keys(), wrong, heads)
    module.load_state_dict({name: given[name] for name in both if given[name].shape == ours[name].shape}, strict=False)


def renamed(weights: dict[str, Tensor], keys: list[tuple[str, str | list[str]]], leave: list[str]) -> dict[str, Tensor]:
    """Weights by their names here: the first rule of `keys` whose expression is found in a name rewrites it.

    A rule with several names cuts the tensor in as many equal parts along its first axis, as for a joint query, key, value.
    """
    result: dict[str, Tensor] = {}
    for name, tensor in weights.items():
        if any(re.search(pattern, name) for pattern in leave):
            continue
        for pattern, to in keys:
            if re.search(pattern, name):
                names = [to] if isinstance(to, str) else to
                if len(tensor) % len(names):
                    raise WorkbenchError(
                        f"'{name}' of {len(tensor)} rows does not divide into {len(names)}: rule '{pattern}'."
                    )
                for part, target in zip(tensor.chunk(len(names)), names, strict=True):
                    result[re.sub(pattern, target, name)] = part
                break
        else:
            result[name] = tensor
    return result


def _with_blocks(encoder: FrozenEncoder, said: Sidecar, beside: Path) -> FrozenEncoder:
    for name, (start, end) in said.blocks.items():
        if not 0 <= start < end <= encoder.width:
            raise WorkbenchError(f"{beside}: block '{name}' from {start} to {end} is none of {encoder.width} channels.")
    encoder.blocks = {name: slice(*ends) for name, ends in said.blocks.items()}
    return encoder


def _shape(tensor: Tensor) -> str:
    return "×".join(map(str, tensor.shape))


def _json(path: Path) -> dict[str, Any]:
    import json

    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:  # no JSON, or no text
        raise WorkbenchError(f"It cannot be read ({error}). Its form is in docs/encoders.md.") from None
    if not isinstance(values, dict):
        raise WorkbenchError("It must hold an object: docs/encoders.md.")
    return values

"""A `torch.export` program as a frozen encoder: what it computes is in the file, so any model can be one."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from workbench.encoders.base import FrozenEncoder, device_of
from workbench.encoders.of_run import weights_key
from workbench.encoders.pixels import Pixels
from workbench.errors import WorkbenchError
from workbench.files import content_key

if TYPE_CHECKING:
    from workbench.config import Config
    from workbench.data.clips import ClipSet
    from workbench.encoders.sidecar import Sidecar


class ProgramEncoder(FrozenEncoder):
    """One layer as seen from here: float32 clips in, tokens (B, t·h·w, D) out."""

    def __init__(
        self, module: nn.Module, said: Sidecar, pixels: Pixels, name: str, key: str, config: Config, width: int,
        *, is_random: bool = False,
    ) -> None:  # fmt: skip
        assert said.grid is not None
        self.device = device_of(config)
        self.module = module.requires_grad_(False).to(self.device)
        self.said, self.pixels, self.name, self.key, self.config = said, pixels, name, key, config
        self.grid, self.width, self.takes, self.depth, self.blocks = said.grid, width, pixels.takes, 1, {}
        self.is_random = is_random

    @classmethod
    def open(cls, path: Path, said: Sidecar, pixels: Pixels, name: str, key: str, config: Config) -> ProgramEncoder:
        """Read the program and try it on one black clip; what it gives must fit the grid of the file beside it."""
        if said.grid is None:
            raise WorkbenchError(f"{path.with_suffix('.json')} needs 'grid': (t, h, w) of the program's tokens.")
        try:
            module = torch.export.load(path).module()
        except Exception as error:  # torch raises all sorts for a file that is no program
            raise WorkbenchError(f"{path} is no program of torch.export ({str(error).splitlines()[0]}).") from None
        encoder = cls(module, said, pixels, name, key, config, 0)
        frames, height, width = pixels.takes
        try:
            found = encoder.tokens(torch.zeros(1, frames, height, width, 3, dtype=torch.uint8))
        except Exception as error:
            raise WorkbenchError(
                f"{path} does not take clips as {path.with_suffix('.json').name} says (layout {said.layout}, {pixels.takes}): "
                f"{str(error).splitlines()[0]}"
            ) from None
        t, h, w = said.grid
        if found.ndim != 3 or found.shape[:2] != (1, t * h * w):
            raise WorkbenchError(
                f"{path} gives {tuple(found.shape)} for one clip; a grid of {said.grid} asks for (1, {t * h * w}, channels)."
            )
        encoder.width = found.shape[2]
        return encoder

    def check(self, clips: ClipSet) -> None:
        """Raise where the clips cannot be made to fit: see `Pixels`."""
        self.pixels.check(self.name, clips)

    @torch.no_grad()
    def tokens(self, clips: Tensor) -> Tensor:
        """Tokens (B, t·h·w, D). A program of a fixed batch is given full ones: the last is filled up with its first clip."""
        x = self.pixels(clips.to(self.device))
        if self.said.layout == "BCTHW":
            x = x.transpose(1, 2)
        if self.said.batch is None:
            return self.module(x).float().cpu()
        full = -len(x) % self.said.batch
        parts = torch.cat([x, x[:1].expand(full, *x.shape[1:])]).split(self.said.batch)
        return torch.cat([self.module(part).float().cpu() for part in parts])[: len(x)]

    def layer_tokens(self, clips: Tensor) -> list[Tensor]:
        """Its tokens: what happens inside the program is not seen."""
        return [self.tokens(clips)]

    def untrained(self, seed: int = 0) -> FrozenEncoder:
        """The same program, the numbers within each of its parameters in random order: how it draws its weights is not known."""
        module, draw = copy.deepcopy(self.module).cpu(), torch.Generator().manual_seed(seed)
        for parameter in module.parameters():
            order = torch.randperm(parameter.numel(), generator=draw)
            parameter.data = parameter.data.flatten()[order].view_as(parameter)
        name, key = f"{self.name}~untrained-s{seed}", content_key(weights_key(module), self.key, length=32)
        made = ProgramEncoder(module, self.said, self.pixels, name, key, self.config, self.width, is_random=True)
        made.blocks = self.blocks
        return made

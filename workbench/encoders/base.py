"""What every frozen encoder gives, whoever trained it: tokens of clips on a grid, and which channels form which block."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from workbench.errors import WorkbenchError
from workbench.paths import cache_root

if TYPE_CHECKING:
    from workbench.config import Config
    from workbench.data.clips import ClipSet

VALUES = 2**24  # pixel values that go through an encoder at a time, at most
BATCH = 128  # clips, at most: of small ones 256 take a fifth longer a clip on two cores, as their activations leave the caches


class FrozenEncoder(ABC):
    """A frozen encoder of clips.

    name        as a person writes it: 'ld-standard-s0', 'ld-standard-s0@teacher', 'hf:models/tiny', 'file:vit.pt2'
    key         content key of weights and preprocessing: features are stored under it
    grid        (t, h, w) of its tokens
    width       channels D of a token
    blocks      channel blocks by name, e.g. {"appearance": slice(0, 48), "dynamics": slice(48, 96)}; empty without blocks
    takes       (T, H, W) of the clips that it takes
    depth       number of its layers
    config      settings of the run, or the usual ones of its clip size for an encoder from elsewhere
    is_random   whether its weights were drawn and never trained
    """

    name: str
    key: str
    grid: tuple[int, int, int]
    width: int
    blocks: dict[str, slice]
    takes: tuple[int, int, int]
    depth: int
    config: Config
    is_random: bool = False

    @abstractmethod
    def tokens(self, clips: Tensor) -> Tensor:
        """Tokens (B, t·h·w, D), float32, without gradient, of uint8 clips (B, T, H, W, 3)."""

    @abstractmethod
    def layer_tokens(self, clips: Tensor) -> list[Tensor]:
        """Tokens after each of its `depth` layers, first to last: each (B, t·h·w, width of the layer)."""

    @abstractmethod
    def untrained(self, seed: int = 0) -> FrozenEncoder:
        """The same architecture with weights drawn anew, the null that every table holds it against."""

    def check(self, clips: ClipSet) -> None:
        """Raise where the clips do not fit what the encoder takes."""
        given = tuple(clips.clips.shape[1:4])
        if given != self.takes:
            raise WorkbenchError(
                f"Clips of {clips.name} have (frames, height, width) {given}; the encoder {self.name} takes {self.takes}. "
                f"Render them so: --set data.frames={self.takes[0]} --set data.size={self.takes[1]}."
            )

    @property
    def batch(self) -> int:
        """Clips that go through it at a time: as many as keep memory flat, at most 128."""
        frames, height, width = self.takes
        return max(1, min(BATCH, VALUES // (frames * height * width * 3)))

    def store(self) -> tuple[Path, str]:
        """Folder that its features are kept in, and its word in the names of what lies there."""
        return cache_root() / "features", re.sub(r"[^\w.-]+", "-", self.name).strip("-.")[-60:]


def device_of(config: Config) -> torch.device:
    """Where an encoder runs: a GPU where there is one and `runtime.device` does not say otherwise."""
    cpu = config.runtime.device == "cpu" or not torch.cuda.is_available()
    return torch.device("cpu" if cpu else "cuda")

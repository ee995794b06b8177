"""How uint8 clips become what an encoder from elsewhere was trained on: frames, size, mean and deviation of its pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from workbench.errors import WorkbenchError

if TYPE_CHECKING:
    from workbench.data.clips import ClipSet

VERSION = 1  # of what happens to a clip: raise it when the same settings would give other numbers


@dataclass(frozen=True)
class Pixels:
    """What an encoder takes: `frames` of `height` × `width`, each colour in [0, 1] less `mean`, over `std`.

    Clips of another size are resized, bilinearly and whole: a centre crop, as for photographs, would cut off where a rendered
    sprite moves. Clips of fewer frames show each of them equally long: 8 frames for an encoder of 16 are shown twice each.
    """

    frames: int
    height: int
    width: int
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def takes(self) -> tuple[int, int, int]:
        """(T, H, W)."""
        return self.frames, self.height, self.width

    @property
    def key(self) -> dict[str, Any]:
        """What decides its numbers, for a content key."""
        return {"pixels": VERSION, **asdict(self)}

    def check(self, name: str, clips: ClipSet) -> None:
        """Raise where the clips cannot be made to fit the encoder `name`."""
        frames, height, width = clips.clips.shape[1:4]
        if self.frames % frames:
            fitting = [n for n in range(2, self.frames + 1) if self.frames % n == 0]
            raise WorkbenchError(
                f"Clips of {clips.name} have {frames} frames; the encoder {name} takes {self.frames}, or a number that these "
                f"are a multiple of ({', '.join(map(str, fitting))}). Render them so: --set data.frames={fitting[-1]}."
            )
        if height * self.width != width * self.height:
            raise WorkbenchError(
                f"Clips of {clips.name} are {height}×{width} pixels; the encoder {name} takes {self.height}×{self.width}, "
                "and another shape would be squeezed. Import them at its shape."
            )

    def __call__(self, clips: Tensor) -> Tensor:
        """uint8 (B, T, H, W, 3) -> float32 (B, frames, 3, height, width)."""
        batch, frames = clips.shape[:2]
        x = clips.permute(0, 1, 4, 2, 3).float() / 255
        if x.shape[-2:] != (self.height, self.width):
            resized = F.interpolate(
                x.flatten(0, 1), (self.height, self.width), mode="bilinear", align_corners=False, antialias=True
            )
            x = resized.unflatten(0, (batch, frames))
        mean, std = (torch.tensor(values, device=x.device).view(-1, 1, 1) for values in (self.mean, self.std))
        return ((x - mean) / std).repeat_interleave(self.frames // frames, 1)


def colours(values: Sequence[float] | float, what: str, where: object) -> tuple[float, ...]:
    """Three finite numbers, of `std` above 0; anything else raises and names the file."""
    numbers = tuple(float(v) for v in (values if isinstance(values, Sequence) else [values] * 3))
    if len(numbers) != 3 or not all(abs(v) < float("inf") for v in numbers) or ("std" in what and min(numbers) <= 0):
        raise WorkbenchError(f"{where}: {what} is {values}; it must be three numbers, a deviation above 0.")
    return numbers

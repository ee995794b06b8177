"""Changes of a clip in time only: which of its frames is shown when. No pixel is altered.

- `shuffle`: whole tubelets change places, none staying where it was; motion within a tubelet stays as it was.
- `reverse`: the clip is played backwards, frame by frame: on `temporal16` and `motion48` a clip of another class.
- `freeze`: the middle frame throughout. Nothing moves, and every clip shows the same moment.
- `single_frame`: one frame throughout, drawn for each clip. Nothing moves, and the moment is unknown: where this costs more
  than `freeze`, the probe reads the place at a known moment, which is not motion.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from workbench.data.draws import Draws
from workbench.errors import WorkbenchError
from workbench.registry import Registry

Frames = Callable[[int, int, Draws], Tensor]


@dataclass(frozen=True)
class Transform:
    """`shown(frames, tubelet, draws)` gives the frame of the clip that is shown at each moment: int64 (clips, frames)."""

    title: str
    shown: Frames


TRANSFORMS: Registry[Transform] = Registry("change in time")


def transform(clips: Tensor, name: str, ids: Tensor, *, tubelet: int, seed: int = 0) -> Tensor:
    """Clips (B, T, H, W, 3) changed in time, same shape and type.

    `ids` (B,) int64 are the numbers of the clips in their data set: a clip's draw is its own, whatever batch it is in.
    `tubelet` is the number of frames of one time step of the encoder; one that does not divide T raises.
    """
    frames = clips.shape[1]
    if tubelet < 1 or frames % tubelet:
        raise WorkbenchError(
            f"Clips of {frames} frames cannot be cut into tubelets of {tubelet}; T must be a multiple."
        )
    shown = TRANSFORMS[name].shown(frames, tubelet, Draws(f"time/{name}", seed, ids))
    return clips[torch.arange(len(clips))[:, None], shown]


def impossible(name: str, frames: int, steps: int) -> str:
    """Why `name` changes nothing on clips of so many frames and encoder time steps, in words; empty where it does."""
    TRANSFORMS[name]
    if frames < 2:
        return "clips of one frame have no time to change"
    if name == "shuffle" and steps < 2:
        return "the encoder has one time step: no tubelets to change places"
    return ""


def _shuffle(frames: int, tubelet: int, draws: Draws) -> Tensor:
    """One cycle through all tubelets in random order, so that each moves; with one tubelet nothing can."""
    order = draws.uniform(frames // tubelet).argsort(1)
    cycle = torch.empty_like(order).scatter_(1, order, order.roll(1, 1))
    return (cycle[..., None] * tubelet + torch.arange(tubelet)).flatten(1)


def _reverse(frames: int, tubelet: int, draws: Draws) -> Tensor:
    return torch.arange(frames - 1, -1, -1).expand(len(draws), frames)


def _freeze(frames: int, tubelet: int, draws: Draws) -> Tensor:
    return torch.full((len(draws), frames), frames // 2)


def _single_frame(frames: int, tubelet: int, draws: Draws) -> Tensor:
    return (draws.uniform(1) * frames).long().expand(len(draws), frames)


TRANSFORMS.add("shuffle", Transform("tubelets out of order", _shuffle))
TRANSFORMS.add("reverse", Transform("played backwards", _reverse))
TRANSFORMS.add("freeze", Transform("the middle frame throughout", _freeze))
TRANSFORMS.add("single_frame", Transform("one frame, drawn for each clip, throughout", _single_frame))

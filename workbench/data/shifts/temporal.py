"""Shifts of time: which frame is shown when. Every pixel shown is one of the clip, at its place."""

from __future__ import annotations

import torch
from torch import Tensor

from workbench.data.draws import Draws
from workbench.data.shifts.base import SHIFTS, Shift, part_of

LEAST_FRAMES = 4  # two tubelets
TUBELET = 2  # frames
CELLS = 4  # a side: tubelets are a quarter of the frame wide and high


def _frame_drop(clips: Tensor, share: float, draws: Draws) -> Tensor:
    """Frames, never the first, are lost one by one in an order of the clip's own; the one before stays on."""
    frames = clips.shape[1]
    order = draws.uniform(frames - 1).argsort(1).argsort(1)
    kept = torch.nn.functional.pad(order >= part_of(share, frames - 1), (1, 0), value=True)
    return _shown(clips, (kept * _time(clips)).cummax(1).values)


def _freeze(clips: Tensor, share: float, draws: Draws) -> Tensor:
    """The picture stands still for some frames at a place of the clip's own, then goes on as if it had not."""
    count = part_of(share, clips.shape[1] - 1)
    start = (draws.uniform(1) * (clips.shape[1] - count)).long()
    time = _time(clips)
    return _shown(clips, torch.where((time > start) & (time <= start + count), start, time))


def _tubelet_shuffle(clips: Tensor, share: float, draws: Draws) -> Tensor:
    """In a share of the cells of the frame, tubelets change places in time, none staying where it was."""
    n, frames, height, width, _ = clips.shape
    cells, tubelets = CELLS * CELLS, frames // TUBELET
    chosen = draws.uniform(cells).argsort(1).argsort(1) < part_of(share, cells)
    order = draws.uniform(cells, tubelets).argsort(-1)
    cycle = torch.empty_like(order).scatter_(-1, order, order.roll(1, -1))
    time = _time(clips)
    moved = time.clone().expand(n, cells, frames).clone()
    whole = tubelets * TUBELET  # of an odd number of frames the last stays
    moved[..., :whole] = (cycle[..., None] * TUBELET + torch.arange(TUBELET, device=clips.device)).flatten(-2)
    source = torch.where(chosen[..., None], moved, time).mT.reshape(n, frames, CELLS, CELLS)
    row, column = (torch.arange(size, device=clips.device) * CELLS // size for size in (height, width))
    source = source[:, :, row[:, None], column, None]
    return clips.gather(1, source.expand(clips.shape))


def _reverse(clips: Tensor, share: float, draws: Draws) -> Tensor:
    """The last frames of the clip are played backwards."""
    frames = clips.shape[1]
    begin = frames - max(round(share * frames), 2)
    time = _time(clips)
    return clips[:, torch.where(time < begin, time, begin + frames - 1 - time)]


def _frame_rate(clips: Tensor, factor: float, draws: Draws) -> Tensor:
    """Played slower, as filmed at a higher rate: the middle of the clip fills its time, by the nearest frame."""
    middle = (clips.shape[1] - 1) / 2
    return clips[:, ((_time(clips) - middle) * factor + middle).round().long()]


def _time(clips: Tensor) -> Tensor:
    return torch.arange(clips.shape[1], device=clips.device)


def _shown(clips: Tensor, source: Tensor) -> Tensor:
    """Show frame `source` (clips, frames) in the place of each."""
    return clips[torch.arange(len(clips), device=clips.device)[:, None], source]


SHIFTS.add(
    "frame_drop",
    Shift(
        "temporal",
        "frames lost, the one before stays on; their share",
        "displaced",
        (0.15, 0.3, 0.45, 0.65, 0.85),
        _frame_drop,
    ),
)
SHIFTS.add(
    "freeze",
    Shift(
        "temporal",
        "one standstill, then on in time; its share of the clip",
        "displaced",
        (0.15, 0.3, 0.5, 0.7, 0.85),
        _freeze,
    ),
)
SHIFTS.add(
    "tubelet_shuffle",
    Shift(
        "temporal",
        "tubelets (2 frames, a quarter of the sides) out of order in time; share of the frame",
        "displaced",
        (0.1, 0.25, 0.5, 0.75, 1),
        _tubelet_shuffle,
    ),
)
SHIFTS.add(
    "reverse",
    Shift(
        "temporal",
        "the end of the clip played backwards; its share, 1: the whole clip",
        "displaced",
        (0.25, 0.4, 0.6, 0.8, 1),
        _reverse,
    ),
)
SHIFTS.add(
    "frame_rate",
    Shift(
        "temporal",
        "slower about the clip's middle, by the nearest frame; the speed",
        "displaced",
        (0.85, 0.7, 0.55, 0.4, 0.25),
        _frame_rate,
    ),
)

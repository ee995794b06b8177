"""The motions of the rendered benchmarks: where the sprite is and how it is turned in every frame.

Directions are numbered anticlockwise in steps of 45° from east. A motion of `motion48` is an ordered pair of directions
with a turn of ±45°, ±90° or ±135° between them. An event of `temporal16` is one of eight pairs that are each other's time
reversal. Both are closed under time reversal: a clip played backwards is a clip of another class (`reversed_table`), so
no set of frames without its order tells the two apart. The frame is a torus and the orientation of a sprite of
`temporal16` is uniform, so that the state in any one frame is uniform whatever the class.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from workbench.config import DataSettings

DIRECTIONS = ("east", "north-east", "north", "north-west", "west", "south-west", "south", "south-east")
TURNS = (45, 90, 135, -45, -90, -135)
EVENTS = (
    "moves right",
    "moves left",
    "moves up",
    "moves down",
    "turns left",
    "turns right",
    "circles anticlockwise",
    "circles clockwise",
    "spins anticlockwise",
    "spins clockwise",
    "speeds up",
    "slows down",
    "sets off",
    "comes to rest",
    "moves, then spins",
    "spins, then moves",
)
PAIRS = tuple(f"{EVENTS[2 * pair]} / {EVENTS[2 * pair + 1]}" for pair in range(8))
CORNER = math.pi / 2  # of a turn, half-way in time
ARC = math.radians(300)  # of a circle, over the whole clip
ARM = 6.0  # pixels from the centre at which a spinning sprite moves at `speed`, at 32 pixels


class States(NamedTuple):
    """`centre` (clips, frames, 2): x, y in pixels before wrapping, y downwards; `angle` (clips, frames): anticlockwise turn."""

    centre: Tensor
    angle: Tensor


def motion_pairs() -> list[tuple[int, int]]:
    """The 48 ordered pairs (first, second) of direction numbers, class 0 to 47."""
    return [(first, (first + turn // 45) % 8) for first in range(8) for turn in TURNS]


def reversed_motion(motion: int) -> int:
    """Class of a `motion48` clip played backwards: (a, b) becomes (-b, -a)."""
    pairs = motion_pairs()
    first, second = pairs[motion]
    return pairs.index(((second + 4) % 8, (first + 4) % 8))


def reversed_event(event: int) -> int:
    """Class of a `temporal16` clip played backwards: the other one of its pair."""
    return event ^ 1


def sprite_states(table: pd.DataFrame, settings: DataSettings) -> States:
    """States of the sprite in every frame of the rows of a factor table of any benchmark."""
    start = column(table, "start_x", "start_y") * settings.size
    speed = column(table, "speed") * settings.size / 32
    path, angle = _parts(table, settings.frames)
    if "event" in table:
        moved, turned = _events(table, settings)
        is_event = (column(table, "event") >= 0)[..., None]
        path, angle = torch.where(is_event, moved, path), torch.where(is_event[..., 0], turned, angle)
    return States(start[:, None] + path * speed[:, None], angle)


def straight_path(table: pd.DataFrame, settings: DataSettings) -> Tensor:
    """Centre in every frame of something that moves straight on: columns start_x, start_y, heading (turns), speed."""
    start = column(table, "start_x", "start_y") * settings.size
    time = torch.arange(settings.frames, dtype=torch.float32)[:, None]
    step = _unit(column(table, "heading") * 2 * math.pi)
    return start[:, None] + time * (step * column(table, "speed")[..., None] * settings.size / 32)


def reversed_table(table: pd.DataFrame, settings: DataSettings) -> pd.DataFrame:
    """Factors of the same clips played backwards, for a background that is not drifting or redrawn."""
    states = sprite_states(table, settings)
    end = (states.centre[:, -1] / settings.size % 1).double()
    back = table.assign(start_x=end[:, 0].numpy(), start_y=end[:, 1].numpy())
    if "first" in table:
        parts = table[["second", "first"]].to_numpy()
        back[["first", "second"]] = np.where(parts >= 0, (parts + 4) % 8, parts)
    if "motion" in table:
        back["motion"] = [reversed_motion(motion) if motion >= 0 else motion for motion in table["motion"]]
    if "event" in table:
        event, sign = table["event"].to_numpy(), np.where(table["event"] % 2 == 0, 1, -1)
        change = np.select([event // 2 == 2, event // 2 == 3], [sign * CORNER, sign * ARC], 0.0) / (2 * math.pi)
        back["event"] = np.where(event >= 0, event ^ 1, event)
        back["heading"] = (table["heading"] + change + 0.5) % 1
        turned = (states.angle[:, -1] - states.angle[:, 0]).double().numpy() / (2 * math.pi)
        back["orientation"] = (table["orientation"] + turned) % 1
        back["spin"] = -table["spin"]
    return back


def _parts(table: pd.DataFrame, frames: int) -> tuple[Tensor, Tensor]:
    """Path at speed 1 of two straight parts; the turn falls half-way in time. The sprite keeps upright."""
    time = torch.arange(frames, dtype=torch.float32)
    half = (frames - 1) / 2
    steps = torch.stack([time.clamp(max=half), (time - half).clamp(min=0)], -1)
    if "first" not in table:
        return torch.zeros(len(table), frames, 2), torch.zeros(len(table), frames)
    direction = _unit(column(table, "first", "second") * (math.pi / 4))  # (clips, 2 parts, 2)
    return torch.einsum("tp,npc->ntc", steps, direction), torch.zeros(len(table), frames)


def _events(table: pd.DataFrame, settings: DataSettings) -> tuple[Tensor, Tensor]:
    """Path at speed 1 and angle of the events of `temporal16`, every event for all clips and then the clip's own."""
    frames, last = settings.frames, settings.frames - 1
    time, half = torch.arange(frames, dtype=torch.float32), last / 2
    early, late = time.clamp(max=half), (time - half).clamp(min=0)
    heading = column(table, "heading") * 2 * math.pi  # (clips, 1)
    ahead = _unit(heading)  # (clips, 1, 2)

    def along(distance: Tensor, direction: Tensor = ahead) -> Tensor:
        return distance[:, None] * direction

    def fixed(turns: float) -> Tensor:
        return along(time, _unit(torch.full_like(heading, turns * 2 * math.pi)))

    def corner(sign: int) -> Tensor:
        return along(early) + along(late, _unit(heading + sign * CORNER))

    def arc(sign: int) -> Tensor:
        rate = sign * ARC / last
        bend = heading + rate * time  # the integral of the direction, exact in continuous time
        return torch.stack([bend.sin() - heading.sin(), bend.cos() - heading.cos()], -1) / rate

    rest = along(time * 0)
    faster, slower = last * (time / last) ** 2, last - last * (1 - time / last) ** 2
    paths = [fixed(0), fixed(0.5), fixed(0.25), fixed(0.75), corner(1), corner(-1), arc(1), arc(-1), rest, rest]
    paths += [along(faster), along(slower), along(2 * late), along(2 * early), along(early), along(late)]
    event = column(table, "event").long().clamp(min=0)[:, 0]
    path = torch.stack(paths, 1)[torch.arange(len(table)), event]
    spun = torch.zeros(16, frames)
    spun[8], spun[9], spun[14], spun[15] = time, -time, late, early
    rate = column(table, "speed") / ARM * torch.where(event[:, None] >= 14, column(table, "spin"), torch.ones(1))
    return path, column(table, "orientation") * 2 * math.pi + spun[event] * rate


def _unit(angle: Tensor) -> Tensor:
    """Unit vectors (..., 2) at `angle`, anticlockwise as seen (y grows downwards)."""
    return torch.stack([angle.cos(), -angle.sin()], -1)


def column(table: pd.DataFrame, *names: str) -> Tensor:
    """Columns as float32: (clips, number of names)."""
    # Column by column: choosing several of a table at once costs pandas more than a batch's path costs to compute.
    return torch.from_numpy(np.stack([table[name].to_numpy(np.float32) for name in names], -1))

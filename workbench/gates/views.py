"""What an oracle is shown of a clip: a part of its true states, or of its pixels.

True states are where the sprite is and how it is turned, without noise; an oracle on states bounds what any model could
learn from that part of a clip. Oracles on pixels see the decoded clips that models are trained on, so that a trace that
rendering or the codec leaves would show.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from workbench.config import DataSettings
from workbench.data.motions import sprite_states
from workbench.registry import Registry

WAVES = (1, 2, 3)  # of a position around the torus


@dataclass(frozen=True)
class States:
    """True states of clips: `place` (clips, frames, 2) in shares of the frame, `angle` (clips, frames), and one coin a clip."""

    place: np.ndarray
    angle: np.ndarray
    table: pd.DataFrame
    frame: np.ndarray
    coin: np.ndarray


@dataclass(frozen=True)
class View:
    """`title`: what is seen. `states` gives features (clips, d) of true states; `pixels` the frames (clips, m, H, W, 3) seen.

    `order_free`: the frames come as a set, and the oracle must not depend on their order.
    """

    title: str
    states: Callable[[States], np.ndarray] | None = None
    pixels: Callable[[np.ndarray, np.ndarray], np.ndarray] | None = None
    order_free: bool = False


def true_states(table: pd.DataFrame, settings: DataSettings) -> States:
    """States of the rows of a factor table; the random frame and the coin of a clip follow from its background seed."""
    found = sprite_states(table, settings)
    draws = [np.random.default_rng([int(seed), 11]).random(2) for seed in table["background_seed"]]
    draw = np.array(draws).reshape(-1, 2)
    frame = (draw[:, 0] * settings.frames).astype(int)
    return States((found.centre / settings.size % 1).numpy(), found.angle.numpy(), table, frame, draw[:, 1] < 0.5)


def _state(seen: States, frame: np.ndarray | int) -> np.ndarray:
    """Position and orientation in one frame a clip, as waves: (clips, 16)."""
    rows = np.arange(len(seen.table))
    place, angle = seen.place[rows, frame] * 2 * math.pi, seen.angle[rows, frame][:, None]
    parts = [wave(k * place) for k in WAVES for wave in (np.sin, np.cos)]
    return np.concatenate([*parts, *(wave(k * angle) for k in (1, 2) for wave in (np.sin, np.cos))], 1)


def _moves(place: np.ndarray, angle: np.ndarray) -> np.ndarray:
    """Steps between the frames that follow each other, the short way round: size, direction and turn, (clips, 6 (frames-1)).

    Rounded to a ten-thousandth of the frame: the float32 rounding of cos and sin differs between a direction and its opposite,
    and a forest told a path from its reversal by that (65 % of pairs) where no pixel could show it.
    """
    step = ((np.diff(place, axis=1) + 0.5) % 1 - 0.5).round(4)
    length = np.linalg.norm(step, axis=-1, keepdims=True)
    turn = np.diff(angle, axis=1)[..., None]
    parts = [step, step / np.maximum(length, 1e-6), length, np.arctan2(np.sin(turn), np.cos(turn))]
    return np.concatenate(parts, -1).round(3).reshape(len(place), -1)


def _appearance(seen: States) -> np.ndarray:
    names = ("sprite", "colour", "size", "texture")
    whole = [np.eye(int(seen.table[name].max()) + 1)[seen.table[name].to_numpy()] for name in names]
    return np.concatenate([*whole, seen.table[["writer", "tile", "crop_x", "crop_y"]].to_numpy()], 1)


def _one_frame(seen: States) -> np.ndarray:
    return np.concatenate([_state(seen, seen.frame), np.eye(seen.place.shape[1])[seen.frame]], 1)


def _ends(seen: States) -> np.ndarray:
    last = seen.place.shape[1] - 1
    both = [_state(seen, 0), _state(seen, last), _moves(seen.place[:, [0, last]], seen.angle[:, [0, last]])]
    return np.concatenate(both, 1)


def _ordered(seen: States) -> np.ndarray:
    return np.concatenate([_state(seen, 0), _moves(seen.place, seen.angle)], 1)


def _either_way(seen: States) -> np.ndarray:
    place = np.where(seen.coin[:, None, None], seen.place[:, ::-1], seen.place)
    angle = np.where(seen.coin[:, None], seen.angle[:, ::-1], seen.angle)
    return _ordered(States(place, angle, seen.table, seen.frame, seen.coin))


VIEWS: Registry[View] = Registry("view")
VIEWS.add("appearance", View("sprite, writer, colour, size and texture", states=_appearance))
VIEWS.add(
    "start", View("the first frame", states=lambda seen: _state(seen, 0), pixels=lambda clips, frame: clips[:, :1])
)
VIEWS.add(
    "frame",
    View(
        "one frame, drawn at random",
        states=_one_frame,
        pixels=lambda clips, frame: clips[np.arange(len(clips)), frame][:, None],
    ),
)
VIEWS.add("ends", View("the first and the last frame", states=_ends, pixels=lambda clips, frame: clips[:, [0, -1]]))
VIEWS.add(
    "mean",
    View(
        "the mean image",
        pixels=lambda clips, frame: clips.mean(1, keepdims=True, dtype=np.float32).round().astype(np.uint8),
    ),
)
# Of true states more than the set is shown: the whole path, forwards or backwards as a coin falls.
VIEWS.add(
    "set",
    View("all frames without their order", states=_either_way, pixels=lambda clips, frame: clips, order_free=True),
)
VIEWS.add("ordered", View("all frames in their order", states=_ordered, pixels=lambda clips, frame: clips))

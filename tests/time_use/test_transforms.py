"""What a change in time keeps and what it moves."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from workbench.errors import UnknownName, WorkbenchError
from workbench.time_use.transforms import TRANSFORMS, impossible, transform


def numbered(clips: int, frames: int) -> Tensor:
    """Clips of one pixel whose value is the number of the frame."""
    return torch.arange(frames, dtype=torch.uint8).reshape(1, frames, 1, 1, 1).expand(clips, frames, 1, 1, 3)


def shown(name: str, frames: int = 8, clips: int = 200, tubelet: int = 2, seed: int = 0) -> Tensor:
    """The frames (clips, frames) that each clip shows after the change."""
    return transform(numbered(clips, frames), name, torch.arange(clips), tubelet=tubelet, seed=seed)[
        ..., 0, 0, 0
    ].long()


@pytest.mark.parametrize(("frames", "tubelet"), [(8, 2), (4, 2), (16, 4), (6, 1)])
def test_shuffle_moves_every_tubelet_and_keeps_it_whole(frames: int, tubelet: int) -> None:
    found = shown("shuffle", frames, tubelet=tubelet).reshape(200, -1, tubelet)
    place = found[..., 0] // tubelet
    assert (found == place[..., None] * tubelet + torch.arange(tubelet)).all()
    assert (place.sort(1).values == torch.arange(frames // tubelet)).all()
    assert (place != torch.arange(frames // tubelet)).all()


def test_shuffle_differs_from_clip_to_clip_and_reaches_every_cycle_about_as_often() -> None:
    orders, counts = shown("shuffle", clips=3000)[:, ::2].unique(dim=0, return_counts=True)
    assert len(orders) == 6 and counts.min() > 400  # (4 − 1)! cycles of four tubelets


def test_reverse_is_its_own_inverse_and_freeze_shows_the_middle_frame() -> None:
    clips = torch.randint(0, 256, (3, 8, 4, 4, 3), dtype=torch.uint8)
    ids = torch.arange(3)
    back = transform(clips, "reverse", ids, tubelet=2)
    assert (back == clips.flip(1)).all() and (transform(back, "reverse", ids, tubelet=2) == clips).all()
    assert (shown("freeze") == 4).all()


def test_single_frame_repeats_a_frame_of_the_clips_own() -> None:
    found = shown("single_frame", clips=2000)
    assert (found == found[:, :1]).all()
    counts = found[:, 0].bincount(minlength=8)
    assert len(counts) == 8 and counts.min() > 180  # 250 each


@pytest.mark.parametrize("name", list(TRANSFORMS))
def test_a_clips_change_does_not_depend_on_its_batch(name: str) -> None:
    clips, ids = torch.randint(0, 256, (9, 8, 2, 2, 3), dtype=torch.uint8), torch.arange(9) * 7
    whole = transform(clips, name, ids, tubelet=2, seed=3)
    parts = [transform(clips[i : i + 2], name, ids[i : i + 2], tubelet=2, seed=3) for i in range(0, 9, 2)]
    assert (torch.cat(parts) == whole).all() and whole.dtype == torch.uint8 and whole.shape == clips.shape


def test_seeds_draw_other_orders() -> None:
    assert (shown("shuffle") != shown("shuffle", seed=1)).any()


def test_what_cannot_be_changed_says_so() -> None:
    assert "one time step" in impossible("shuffle", 8, 1) and not impossible("reverse", 8, 1)
    assert "one frame" in impossible("freeze", 1, 1)
    with pytest.raises(UnknownName, match="shuffle"):
        impossible("shufle", 8, 4)
    with pytest.raises(WorkbenchError, match="multiple"):
        transform(numbered(1, 7), "shuffle", torch.arange(1), tubelet=2)

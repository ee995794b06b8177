"""The renderer: known positions, time reversal, nothing shared between splits, nothing told by a single frame."""

import numpy as np
import pytest
import torch
from scipy import stats
from sklearn.linear_model import LogisticRegression

from workbench.config import Background, DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.factors import SPLITS, appearance100_factors, motion48_factors
from workbench.data.motions import reversed_table, sprite_states
from workbench.data.render import render_clips, sprite_alpha
from workbench.data.textures import TILE_SPLITS, photographs, texture_tiles

SETTINGS = DataSettings(train_clips=96, val_clips=48, test_clips=48)
MANY = DataSettings(train_clips=4800)


def test_clips_have_their_shape_and_type():
    clips = render_clips(motion48_factors(SETTINGS, "val"), SETTINGS)
    assert clips.shape == (48, 8, 32, 32, 3) and clips.dtype == torch.uint8


@pytest.mark.parametrize("motion", ["fixed", "drift", "redrawn"])
def test_a_clip_does_not_depend_on_its_batch(motion):
    settings = SETTINGS.model_copy(update={"background": Background(motion=motion)})
    table = motion48_factors(settings, "train")
    together = render_clips(table, settings)
    assert torch.equal(together[40:44], render_clips(table.iloc[40:44], settings))
    assert torch.equal(together, render_clips(motion48_factors(settings, "train"), settings))


@pytest.mark.parametrize("benchmark", list(BENCHMARKS))
@pytest.mark.parametrize(
    "settings", [SETTINGS, SETTINGS.model_copy(update={"sprites": "shapes"})], ids=["digits", "shapes"]
)
def test_a_clip_played_backwards_is_the_clip_of_the_reversed_factors(benchmark, settings):
    table = BENCHMARKS[benchmark].table(settings, "train")
    forward = render_clips(table, settings).int()
    backward = render_clips(reversed_table(table, settings), settings).int()
    assert (forward.flip(1) - backward).abs().max() <= 1  # rounding of positions


def test_a_drifting_background_shows_no_arrow_of_time():
    """The way of the drift lies within the tile, so it never stands still at an edge; start and end are alike."""
    settings = MANY.model_copy(update={"background": Background(contrast=1.0, motion="drift"), "train_clips": 300})
    table = motion48_factors(settings, "train").assign(speed=0.0)
    clips = render_clips(table, settings).int()
    steps = (clips[:, 1:] - clips[:, :-1]).abs().float().mean((2, 3, 4))
    still = steps == 0  # where a step of 0.7 pixels along both axes rounds to none, the next one does not
    assert not (still[:, 1:] & still[:, :-1]).any()
    assert stats.wilcoxon(steps[:, 0], steps[:, -1]).pvalue > 1e-3


def test_distractors_are_white_behind_the_sprite_and_change_nothing_else():
    settings = SETTINGS.model_copy(update={"distractors": 2})
    plain, crowded = motion48_factors(SETTINGS, "train"), motion48_factors(settings, "train")
    assert crowded[list(plain)].equals(plain)
    before, after = render_clips(plain, SETTINGS).float(), render_clips(crowded, settings).float()
    alpha = sprite_alpha(plain, SETTINGS, "train")
    changed = (before != after).any(-1)
    assert 0.05 < changed.float().mean() < 0.8
    assert (after - before).abs()[alpha > 0.999].max() <= 1  # rounding
    assert ((after >= before - 1) | (alpha[..., None] > 0.01)).all()  # white covers grey: nothing gets darker
    moved = after[:, 1:] - after[:, :-1]
    assert (moved.abs().amax(-1)[alpha[:, 1:] + alpha[:, :-1] == 0] > 0).any()


def test_the_frame_is_a_torus():
    """A start that is 5 pixels further right gives the same picture rolled by 5 pixels."""
    plain = SETTINGS.model_copy(update={"background": Background(contrast=0.0)})
    table = appearance100_factors(plain, "val")
    moved = table.assign(start_x=(table["start_x"] + 5 / 32) % 1)
    difference = render_clips(moved, plain).int() - render_clips(table, plain).int().roll(5, dims=3)
    assert difference.abs().max() <= 1


def test_positions_are_uniform_in_every_frame_whatever_the_motion():
    table = motion48_factors(MANY, "train")
    path = (sprite_states(table, MANY).centre / MANY.size % 1).numpy()
    for frame in range(MANY.frames):
        for axis in range(2):
            assert stats.kstest(path[:, frame, axis], "uniform").pvalue > 1e-3
            groups = [path[table["first"] == direction, frame, axis] for direction in range(8)]
            assert stats.kruskal(*groups).pvalue > 1e-3


def test_a_single_position_does_not_tell_the_motion():
    """Logistic regression on the exact position in one frame stays at chance (1/8 for the first direction)."""
    table = motion48_factors(MANY, "train")
    path = (sprite_states(table, MANY).centre / MANY.size % 1 * 2 * np.pi).numpy()
    for frame in (0, 3, 7):
        waves = [f(k * path[:, frame]) for k in (1, 2) for f in (np.sin, np.cos)]
        seen, half = np.concatenate(waves, 1), len(table) // 2
        model = LogisticRegression(max_iter=200).fit(seen[:half], table["first"][:half])
        right = int((model.predict(seen[half:]) == table["first"][half:]).sum())
        assert stats.binomtest(right, half, 1 / 8, alternative="greater").pvalue > 1e-3


def test_splits_share_no_pixel_of_a_photograph():
    frame, side = 32, 48
    images = photographs(192)
    seen = torch.zeros(images.shape[-2:], dtype=torch.int)
    for split in SPLITS:
        tiles = texture_tiles(split, frame)
        assert tiles.shape[-2:] == (side, side)
        corners = [(r, c) for r in range(4) for c in range(4) if TILE_SPLITS[r][c] == split]
        for index, (row, column) in enumerate(corners):
            area = (slice(row * side, (row + 1) * side), slice(column * side, (column + 1) * side))
            assert torch.equal(tiles[:, index], images[:, area[0], area[1]])
            seen[area] += 1
    assert (seen == 1).all()


def test_backgrounds_come_from_the_tiles_of_their_split():
    """Without a sprite in sight, each background is an exact crop of a tile of its split and its texture."""
    settings = SETTINGS.model_copy(update={"background": Background(contrast=1.0)})
    table = motion48_factors(settings, "test").iloc[:6]
    clips = render_clips(table, settings)
    for row, clip in zip(table.itertuples(), clips, strict=True):
        tiles = (texture_tiles("test", 32)[row.texture] * 255).round()
        crops = tiles.unfold(1, 32, 1).unfold(2, 32, 1).reshape(-1, 32, 32)
        frame = clip[0].float()
        grey = (frame[..., 0] == frame[..., 1]) & (frame[..., 1] == frame[..., 2])  # where no coloured sprite is
        assert grey.float().mean() > 0.3
        wrong = ((crops - frame[..., 0]).abs() > 1) & grey
        assert wrong.flatten(1).sum(1).min() == 0


@pytest.mark.parametrize(("motion", "changes"), [("fixed", False), ("drift", True), ("redrawn", True)])
def test_the_background_changes_as_its_setting_says(motion, changes):
    settings = SETTINGS.model_copy(update={"background": Background(contrast=1.0, motion=motion)})
    table = motion48_factors(settings, "val").assign(speed=0.0)  # the sprite stands still
    clips = render_clips(table, settings).int()
    moved = (clips[:, 1:] - clips[:, :-1]).abs().float().mean((1, 2, 3, 4))
    assert (moved > 0).float().mean() > 0.9 if changes else (moved == 0).all()

"""Colours by the standard library's own conversion, negatives pixel by pixel, backgrounds that hold nothing of training."""

import colorsys

import numpy as np
import pytest
import torch

from tests.data.shifts.conftest import CLIPS, rendered
from workbench.config import DataSettings
from workbench.data.backgrounds import photo_backgrounds
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.draws import Draws
from workbench.data.render import render_clips, sprite_alpha
from workbench.data.shifts import SEVERITIES, SHIFTS, apply_shift, replace_background


def noise(*shape):
    return torch.randint(0, 256, shape, dtype=torch.uint8)


@pytest.mark.parametrize("severity", SEVERITIES)
def test_hues_turn_as_colorsys_turns_them(severity):
    clips = noise(6, 4, 8, 8, 3)
    done = apply_shift(clips, "palette_swap", severity)
    degrees, signs = SHIFTS["palette_swap"].levels[severity - 1], set()
    for clip, found in zip(clips.reshape(6, -1, 3), done.reshape(6, -1, 3), strict=True):
        turned = {}
        for sign in (-1, 1):
            hsv = [colorsys.rgb_to_hsv(*(pixel / 255)) for pixel in clip.numpy()]
            wanted = [colorsys.hsv_to_rgb((h + sign * degrees / 360) % 1, s, v) for h, s, v in hsv]
            turned[sign] = np.abs(np.array(wanted) * 255 - found.numpy()).max()
        assert min(turned.values()) < 0.51
        signs.add(min(turned, key=turned.get))
    assert signs == {-1, 1} or degrees == 180


def test_grey_has_no_hue_to_turn():
    grey = noise(3, 4, 8, 8, 1).expand(-1, -1, -1, -1, 3)
    assert torch.equal(apply_shift(grey, "palette_swap", 5), grey)


def test_the_negative_takes_the_brightest_pixels_first_and_in_the_end_all():
    clips = noise(3, 8, 16, 16, 3)
    value = clips.amax(-1)
    before = torch.zeros_like(value, dtype=torch.bool)
    for severity in SEVERITIES:
        done = apply_shift(clips, "inverted_contrast", severity)
        inverted = (done == 255 - clips).all(-1)
        assert ((done == clips).all(-1) ^ inverted).all() and (inverted | ~before).all()
        share = SHIFTS["inverted_contrast"].levels[severity - 1]
        assert inverted.float().mean((1, 2, 3)) == pytest.approx(torch.full((3,), share), abs=0.02)
        for clip in range(3):
            if not inverted[clip].all():
                assert value[clip][inverted[clip]].min() > value[clip][~inverted[clip]].max()
        before = inverted
    assert torch.equal(done, 255 - clips)


@pytest.mark.parametrize("name", ["photo_background", "video_background"])
def test_a_background_is_mixed_in_by_its_share(name):
    black, white = (torch.full((6, 8, 16, 16, 3), value, dtype=torch.uint8) for value in (0, 255))
    for severity in SEVERITIES:
        share = SHIFTS[name].levels[severity - 1]
        low, high = (apply_shift(clips, name, severity).float() for clips in (black, white))
        assert (high - low - (1 - share) * 255).abs().max() <= 1
        moves = (low[:, 1:] != low[:, :-1]).any()
        assert moves == (name == "video_background")
    assert low.std() > 20  # there is something to see


def test_a_photograph_is_the_one_of_the_clips_numbers():
    black = torch.zeros(CLIPS, 4, 16, 16, 3, dtype=torch.uint8)
    drawn = Draws("photo_background", 5, torch.arange(CLIPS)).uniform(4)
    wanted = photo_backgrounds(drawn, 16, 16)[:, None] * SHIFTS["photo_background"].levels[2]
    assert (apply_shift(black, "photo_background", 3, seed=5).float() - wanted).abs().max() <= 0.51


def test_behind_a_sprite_of_known_opacity_the_background_is_replaced():
    settings = DataSettings(train_clips=CLIPS, size=24)
    table = BENCHMARKS["mixed"].table(settings, "train")
    clips, alpha = render_clips(table, settings), sprite_alpha(table, settings, "train")
    assert torch.equal(clips, rendered(24))
    free = alpha == 0
    assert alpha.max() > 0.99 and free.float().mean() > 0.3
    for name in ("photo_background", "video_background"):
        done = [replace_background(clips, alpha, name, severity) for severity in SEVERITIES]
        new = apply_shift(torch.zeros_like(clips), name, 5).float() / SHIFTS[name].levels[-1]
        assert (done[-1].float() - new)[free].abs().max() <= 1.5
        errors = [(changed.float() - clips.float())[free].square().mean() for changed in done]
        assert (torch.stack(errors).diff() > 0).all()
        room = 255 * (1 - alpha)[..., None] + 0.51  # none where the sprite is solid
        assert all(((changed.int() - clips.int()).abs() <= room).all() for changed in done)


def test_another_folder_gives_other_backgrounds(tmp_path, videos):
    from tests.data.videos import pattern, write_video

    write_video(tmp_path / "other.mp4", pattern(20, 64, 64, seed=9))
    clips, alpha = noise(2, 8, 16, 16, 3), torch.zeros(2, 8, 16, 16)
    usual = replace_background(clips, alpha, "video_background", 5)
    assert torch.equal(replace_background(clips, alpha, "video_background", 5, folder=str(videos)), usual)
    assert not torch.equal(replace_background(clips, alpha, "video_background", 5, folder=str(tmp_path)), usual)

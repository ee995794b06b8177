"""Codecs: real H.264 and JPEG, each frame and clip by itself, any size."""

import io

import numpy as np
import torch
from PIL import Image

from tests.data.videos import pattern
from workbench.data.shifts import SHIFTS, apply_shift


def clips(*sizes):
    return torch.from_numpy(np.stack([pattern(6, *sizes, seed=seed) for seed in range(2)]))


def test_jpeg_is_what_pillow_makes_of_each_frame_alone():
    given = clips(24, 40)
    done = apply_shift(given, "jpeg", 4)
    for clip, found in zip(given, done, strict=True):
        for frame, seen in zip(clip, found, strict=True):
            coded = io.BytesIO()
            Image.fromarray(frame.numpy()).save(coded, "jpeg", quality=SHIFTS["jpeg"].levels[3], subsampling=0)
            assert np.array_equal(np.asarray(Image.open(coded)), seen)


def test_h264_keeps_the_order_of_frames_and_is_the_same_twice():
    given = clips(32, 32)
    done = apply_shift(given, "h264", 1)
    assert torch.equal(done, apply_shift(given, "h264", 1))
    for clip, found in zip(given.float(), done.float(), strict=True):
        error = (clip[:, None] - found[None]).square().mean((2, 3, 4))
        assert torch.equal(error.argmin(1), torch.arange(6))


def test_odd_sizes_are_padded_and_cut_again():
    for name in ("h264", "jpeg"):
        given = clips(25, 31)
        done = apply_shift(given, name, 1)
        assert done.shape == given.shape
        assert (done.float() - given.float()).abs().mean() < 8

"""Sprites: nothing shared between splits, and shapes that are told apart at every turn."""

from itertools import combinations, pairwise

import numpy as np
import pytest
import torch
from scipy import ndimage

from workbench.data.sprites import DIGITS, SHAPES, SPLIT_ROWS, digits, shapes, sprite_samples


def test_splits_share_no_handwriting():
    shares = sorted(SPLIT_ROWS.values())
    assert shares[0][0] == 0 and shares[-1][1] == 1
    assert all(before[1] == after[0] for before, after in pairwise(shares))
    counts = [sum(len(samples) for samples in digits(split)) for split in SPLIT_ROWS]
    assert sum(counts) == 1797  # all of scikit-learn's digits, each in one split
    assert min(len(samples) for split in SPLIT_ROWS for samples in digits(split)) >= 20


def test_splits_share_no_variant_of_a_shape():
    drawn = {split: shapes(split) for split in SPLIT_ROWS}
    for kind in range(len(SHAPES)):
        for a, b in combinations(SPLIT_ROWS, 2):
            difference = (drawn[a][kind][:, None] - drawn[b][kind][None]).abs().amax((2, 3))
            assert difference.min() > 0.05, (SHAPES[kind], a, b)


@pytest.mark.parametrize("kind", ["digits", "shapes"])
def test_samples_are_found_by_sprite(kind):
    samples, first, count = sprite_samples(kind, "val")
    by_sprite = digits("val") if kind == "digits" else shapes("val")
    assert len(DIGITS) == len(SHAPES) == len(count) == 10
    for sprite in range(10):
        assert torch.equal(samples[first[sprite] : first[sprite] + count[sprite]], by_sprite[sprite])


def test_every_shape_is_seen_to_spin_and_none_is_another_one_turned():
    upright = [variants[variants.flatten(1).sum(1).argmax()].numpy() for variants in shapes("train")]
    turned = [
        [ndimage.rotate(shape, angle, reshape=False, order=1) for angle in range(0, 360, 10)] for shape in upright
    ]
    for number, shape in enumerate(upright):
        own = [np.abs(shape - other).mean() for other in turned[number]]
        assert max(own[2:5]) > 0.03, SHAPES[number]  # 20 to 40 degrees, what a spin turns in a frame
        for other in range(number):
            assert min(np.abs(shape - view).mean() for view in turned[other]) > 0.02, (SHAPES[number], SHAPES[other])

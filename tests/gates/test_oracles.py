"""The oracles can solve what can be solved, and those without order cannot use it."""

import numpy as np
import torch

from workbench.gates.oracles import ORACLES, FrameNet, cnn, pixel_features


def test_scores_are_per_class_and_right_where_features_tell():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 400)
    x = np.eye(3)[y] + 0.1 * rng.standard_normal((400, 3))
    for name, oracle in ORACLES.items():
        scores = oracle(x[:300], y[:300], x[300:], 5)  # two classes are never seen
        assert scores.shape == (100, 5)
        assert (scores.argmax(1) == y[300:]).mean() > 0.95, name


def test_an_order_free_network_gives_the_same_scores_in_any_order_and_the_other_does_not():
    frames = torch.rand(3, 4, 3, 16, 16)
    for order_free in (True, False):
        torch.manual_seed(0)
        model = FrameNet(4, 5, order_free).eval()
        same = torch.allclose(model(frames), model(frames.flip(1)), atol=1e-5)
        assert same == order_free


def test_order_free_pixel_features_do_not_see_the_order():
    clips = np.random.default_rng(0).integers(0, 256, (40, 4, 8, 8, 3), dtype=np.uint8)
    a, b = pixel_features(clips, clips[:, ::-1], order_free=True)
    assert np.abs(a - b).max() < 1e-2
    a, b = pixel_features(clips, clips[:, ::-1], order_free=False)
    assert np.abs(a - b).max() > 1


def test_the_cnn_tells_the_way_of_a_moving_square_only_from_ordered_frames():
    rng = np.random.default_rng(0)
    label, start = rng.integers(0, 2, 300), rng.integers(0, 16, 300)
    clips = np.zeros((300, 4, 16, 16, 3), np.uint8)
    for clip, way, at in zip(clips, label, start, strict=True):
        for frame in range(4):
            clip[frame, 4:10, (at + np.arange(5) + (2 * frame if way else -2 * frame)) % 16] = 255
    accuracy = {
        free: (cnn(clips[:200], label[:200], clips[200:], 2, free, 8).argmax(1) == label[200:]).mean()
        for free in (True, False)
    }
    assert accuracy[False] > 0.95
    assert accuracy[True] < 0.7

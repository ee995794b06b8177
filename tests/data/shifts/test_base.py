"""Frames as planes for filters, and back."""

import torch

from workbench.data.shifts.base import from_planes, planes


def test_planes_and_back():
    clips = torch.randint(0, 256, (2, 4, 5, 6, 3), dtype=torch.uint8)
    values = planes(clips)
    assert values.shape == (2, 12, 5, 6) and torch.equal(values[1, 3 * 2 + 1], clips[1, 2, :, :, 1].float())
    assert torch.equal(from_planes(values), clips.float())

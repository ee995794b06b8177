"""Clips as animated WebP: every frame, moving, bounded in size and in memory."""

from __future__ import annotations

import base64
import io
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from tests.widgets.planted import FRAMES, planted_source
from workbench.errors import WorkbenchError
from workbench.widgets.player import ClipCache, clip_html, clip_webp, data_uri


def decoded(webp: bytes) -> tuple[list[np.ndarray], Image.Image]:
    image = Image.open(io.BytesIO(webp))
    frames = []
    for index in range(image.n_frames):
        image.seek(index)
        frames.append(np.asarray(image.convert("RGB")))
    return frames, image


def test_a_small_clip_keeps_every_frame_and_every_pixel() -> None:
    clip = planted_source().clips[0]
    frames, image = decoded(clip_webp(clip, fps=10, hold=3))
    assert image.format == "WEBP" and image.is_animated and len(frames) == FRAMES
    np.testing.assert_array_equal(np.stack(frames), clip)
    assert all((a != b).any() for a, b in pairwise(frames))


def test_time_of_the_frames_and_the_loop() -> None:
    clip = planted_source().clips[0]
    image = Image.open(io.BytesIO(clip_webp(clip, fps=10, hold=3)))
    durations = []
    for index in range(image.n_frames):
        image.seek(index)
        image.load()
        durations.append(image.info["duration"])
    assert durations == [100] * (FRAMES - 1) + [300]
    assert image.info["loop"] == 0  # for ever
    assert Image.open(io.BytesIO(clip_webp(clip, loop=False))).info["loop"] == 1


def test_a_large_clip_is_reduced_and_stays_like_itself() -> None:
    y, x = np.mgrid[:200, :320]
    clip = np.stack([np.stack([(x + 10 * t) % 256, y, 0 * x + 90], -1) for t in range(4)]).astype(np.uint8)
    frames, image = decoded(clip_webp(clip, pixels=160))
    assert image.size == (160, 100) and len(frames) == 4
    smooth = np.asarray(Image.fromarray(clip[2]).resize((160, 100), Image.Resampling.LANCZOS), float)
    assert np.abs(frames[2] - smooth).mean() < 6


def test_one_frame_is_a_still_picture() -> None:
    frames, _ = decoded(clip_webp(planted_source().clips[0][:1]))
    assert len(frames) == 1


@pytest.mark.parametrize(
    "clip",
    [np.zeros((4, 8, 8, 3), np.float32), np.zeros((4, 8, 8), np.uint8), np.zeros((0, 8, 8, 3), np.uint8)],
)
def test_what_is_no_clip_is_refused(clip: np.ndarray) -> None:
    with pytest.raises(WorkbenchError, match="uint8 of shape"):
        clip_webp(clip)


def test_html_holds_the_clip_and_escapes_the_caption() -> None:
    clip = planted_source().clips[0]
    page = clip_html(clip, caption='<script>"x"</script>', pixels=96)
    assert "<script>" not in page and "&lt;script&gt;" in page and 'width="96"' in page
    address = page.split('src="')[1].split('"')[0]
    assert address == data_uri(clip_webp(clip))
    assert base64.b64decode(address.split(",")[1])[8:12] == b"WEBP"


def test_the_cache_makes_once_and_is_bounded() -> None:
    cache, made = ClipCache(max_bytes=100), []

    def make(name: str) -> str:
        made.append(name)
        return name * 30

    for name in ("a", "b", "c"):
        cache.get(name, lambda name=name: make(name))
    cache.get("a", lambda: make("a"))  # used again: now the youngest
    assert made == ["a", "b", "c"] and cache.bytes == 90
    cache.get("d", lambda: make("d"))
    assert cache.bytes == 90 and len(cache) == 3
    cache.get("a", lambda: make("a"))
    assert made == ["a", "b", "c", "d"]  # b went, not a
    cache.get("huge", lambda: "x" * 1000)
    assert len(cache) == 3  # what does not fit is not kept

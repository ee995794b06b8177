"""A clip as something that moves in a notebook: an animated WebP, and the bounded cache that keeps recent ones."""

from __future__ import annotations

import base64
import html
import io
from collections import OrderedDict
from collections.abc import Callable, Hashable

import numpy as np

from workbench.errors import WorkbenchError

PIXELS = 160
FPS = 8.0
HOLD = 3  # times as long as the others the last frame stands, so that one sees where a clip ends
CACHE_BYTES = 32 * 2**20


def clip_webp(clip: np.ndarray, pixels: int = PIXELS, fps: float = FPS, loop: bool = True, hold: int = HOLD) -> bytes:
    """A clip uint8 (T, H, W, 3) as an animated WebP of at most `pixels` a side.

    A smaller clip keeps its own pixels, without loss: the page enlarges them, and making it takes a tenth of the time.
    A larger one is reduced and compressed.
    """
    from PIL import Image

    clip = np.asarray(clip)
    if clip.dtype != np.uint8 or clip.ndim != 4 or clip.shape[-1] != 3 or len(clip) == 0:
        raise WorkbenchError(
            f"A clip to show is uint8 of shape (frames, height, width, 3), not {clip.dtype} {clip.shape}."
        )
    if not fps > 0:
        raise WorkbenchError(f"fps={fps} must be above 0.")
    frames = [Image.fromarray(frame) for frame in clip]
    height, width = clip.shape[1:3]
    reduced = max(height, width) > pixels
    if reduced:
        scale = pixels / max(height, width)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        frames = [frame.resize(size, Image.Resampling.LANCZOS) for frame in frames]
    each = max(1, round(1000 / fps))
    stream = io.BytesIO()
    frames[0].save(
        stream,
        format="WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=[each] * (len(frames) - 1) + [each * max(1, hold)],
        loop=0 if loop else 1,
        lossless=not reduced,
        quality=85 if reduced else 0,
        method=0,
    )
    return stream.getvalue()


def data_uri(webp: bytes) -> str:
    """The bytes of a WebP as an address that an <img> takes."""
    return "data:image/webp;base64," + base64.b64encode(webp).decode("ascii")


def clip_html(clip: np.ndarray, caption: str = "", pixels: int = PIXELS, fps: float = FPS) -> str:
    """An HTML figure of the moving clip, `pixels` wide, with an escaped caption."""
    words = html.escape(caption, quote=True)
    image = (
        f'<img src="{data_uri(clip_webp(clip, pixels, fps))}" alt="{words or "moving clip"}" width="{pixels}" '
        'style="image-rendering:pixelated;border-radius:4px">'
    )
    return f'<figure style="display:inline-block;margin:0 8px 8px 0">{image}<figcaption>{words}</figcaption></figure>'


class ClipCache:
    """Least recently used first out; bounded by the bytes that it holds."""

    def __init__(self, max_bytes: int = CACHE_BYTES) -> None:
        self.max_bytes, self.bytes = max_bytes, 0
        self._entries: OrderedDict[Hashable, str] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], str]) -> str:
        """The entry of `key`, made by `make` where it is not there."""
        if key in self._entries:
            self._entries.move_to_end(key)
            return self._entries[key]
        value = make()
        if len(value) <= self.max_bytes:
            self._entries[key] = value
            self.bytes += len(value)
            while self.bytes > self.max_bytes:
                self.bytes -= len(self._entries.popitem(last=False)[1])
        return value

    def __len__(self) -> int:
        return len(self._entries)

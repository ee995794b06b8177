"""Still images, read as videos of one frame. Suffix and content must both be those of an image.

Colours come out as in the usual training pipelines: grey, palette and CMYK images become RGB, transparency is dropped, and
what the EXIF data say about the camera's orientation is applied.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from workbench.data.probe import IMAGE_SUFFIXES, MAX_PIXELS, VideoInfo, file_size
from workbench.errors import BadClip

FORMATS = ("JPEG", "PNG", "WEBP", "BMP")  # any of them under any of the suffixes: ImageNet has PNG files named .JPEG
BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG", b"BM", b"RIFF")
ORIENTATION, TURNED = 0x0112, (5, 6, 7, 8)  # EXIF tag, and its values that exchange width and height
TAIL = 4096


def probe_image(path: str | Path) -> VideoInfo:
    """Facts of an image; raises `BadClip`. It is decoded only where its last bytes do not show that it is whole."""
    with _opened(path) as (image, size):
        if not _ends(path, size):
            image.load()
        return _facts(path, image, size)


def read_image(path: str | Path) -> tuple[np.ndarray, VideoInfo]:
    """Pixels uint8 RGB (H, W, 3) of an image, upright, and its facts; raises `BadClip`."""
    with _opened(path) as (image, size):
        info = _facts(path, image, size)
        return _rgb(image), info


@contextmanager
def _opened(path: str | Path) -> Iterator[tuple[Any, int]]:
    from PIL import Image

    size = file_size(path)
    try:
        with Image.open(path, formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise BadClip(path, "unreadable", f"it claims {image.width}×{image.height} pixels")
            yield image, size
    except Image.DecompressionBombError:
        raise BadClip(path, "unreadable", f"it claims more than {MAX_PIXELS} pixels") from None
    except PermissionError:
        raise BadClip(path, "unreadable", "no permission") from None
    except (OSError, SyntaxError, ValueError, EOFError) as error:  # Pillow's plugins raise all of them
        raise _damaged(path, size, error) from None


def _damaged(path: str | Path, size: int, error: Exception) -> BadClip:
    try:
        with open(path, "rb") as stream:
            head = stream.read(12)
        whole = _ends(path, size)
    except OSError as failure:
        return BadClip(path, "unreadable", failure.strerror or str(failure))
    if not head.startswith(BEGINNINGS):
        return BadClip(path, "not an image", f"no image, and named {'/'.join(IMAGE_SUFFIXES)}")
    if not whole:
        return BadClip(path, "truncated", "the file begins as an image and ends too early")
    return BadClip(path, "unreadable", str(error)[:160])


def _ends(path: str | Path, size: int) -> bool:
    """Whether the last bytes are those of a whole image; of a bitmap, whether it has the bytes that its header names."""
    with open(path, "rb") as stream:
        head = stream.read(8)
        stream.seek(max(size - TAIL, 0))
        tail = stream.read(TAIL)
    if head.startswith(b"RIFF"):
        return int.from_bytes(head[4:8], "little") + 8 <= size
    if head.startswith(b"BM"):
        return 0 < int.from_bytes(head[2:6], "little") <= size
    return b"IEND" in tail if head.startswith(b"\x89PNG") else b"\xff\xd9" in tail


def _facts(path: str | Path, image: Any, size: int) -> VideoInfo:
    width, height = image.size
    if image.getexif().get(ORIENTATION) in TURNED:
        width, height = height, width
    return VideoInfo(
        path=str(path),
        frames=1,
        fps=0.0,
        width=width,
        height=height,
        codec=str(image.format).lower(),
        pixels=image.mode,
        container="image",
        bytes=size,
    )


def _rgb(image: Any) -> np.ndarray:
    from PIL import ImageOps

    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I"):  # 16-bit grey: Pillow would clip it at 255, so its high byte is taken
        grey = (np.asarray(upright).astype(np.int64) >> 8).clip(0, 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=-1)
    return np.array(upright.convert("RGB"))

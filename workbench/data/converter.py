"""PyAV's converter of pixel formats, one a thread: making one costs more than converting a small clip."""

from __future__ import annotations

import threading
from typing import Any

_local = threading.local()


def converter() -> Any:
    """The converter of this thread, made on its first use."""
    from av.video.reformatter import VideoReformatter

    if not hasattr(_local, "converter"):
        _local.converter = VideoReformatter()
    return _local.converter

"""Does an encoder use time? Clips are changed in time only, and what the change costs is measured (shared/DIAGNOSTICS.md)."""

from __future__ import annotations

from workbench.time_use.measure import time_use

__all__ = ["time_use"]

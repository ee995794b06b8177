"""What the explorer says: of what it shows, of what it cannot show, and of what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Protocol

import numpy as np

from workbench.errors import WorkbenchError
from workbench.paths import runs_root
from workbench.projection import explained
from workbench.widgets.layout import TITLES
from workbench.widgets.source import Source


class Speaker(Protocol):
    """Has a status line."""

    def say(self, text: str, level: str = "info") -> None:
        """Show a message: "info", "busy" or "problem"."""


def guarded(method: Callable[..., None]) -> Callable[..., None]:
    """Say what went wrong in the status line: in a callback of a widget an exception reaches no one."""

    @wraps(method)
    def inner(self: Speaker, *args: Any, **kwargs: Any) -> None:
        try:
            method(self, *args, **kwargs)
        except WorkbenchError as error:
            self.say(str(error), "problem")
        except Exception as error:
            self.say(
                f"{type(error).__name__}: {error}. This is a mistake in the workbench; the log has the details.",
                "problem",
            )
            raise

    return inner


def axis_titles(
    features: np.ndarray, coordinates: np.ndarray, method: str, channels: Mapping[str, int] | None = None
) -> tuple[str, ...]:
    """Titles of the axes; PCA's with the share of the variance that each shows, channels with their numbers."""
    if method == "pca":
        return tuple(
            f"PC {i} ({share:.0%} of the variance)" for i, share in enumerate(explained(features, coordinates), 1)
        )
    if channels:
        return tuple(f"channel {number}" for number in channels.values())
    return tuple(f"{TITLES.get(method, method)} {i}" for i in range(1, coordinates.shape[1] + 1))


def describe(source: Source) -> str:
    """One line about what is shown."""
    encoder = f", {source.encoder} encoder" if source.encoder else ""
    left_out = f" {source.left_out} files could not be read and are left out." if source.left_out else ""
    space = "" if source.space == "pooled" else f", {source.space}"
    points = f"{len(source.ids):,} {source.split} {source.noun}s"
    return f"{source.run} on {points} of {source.benchmark}{encoder}{space}.{left_out}"


def no_runs_message() -> str:
    """What to do where there is nothing to explore yet."""
    return (
        f"There are no runs yet in {runs_root()}. Run `make demo` for all of them, or "
        "`workbench train baseline --preset quick` for one, then press Refresh."
    )

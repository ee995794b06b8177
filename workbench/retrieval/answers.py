"""Answers clip by clip to one question, as a row of results and as what a shift leaves of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from workbench.stats import wilson


@dataclass(frozen=True)
class Answers:
    """Which clips of a pool are right: `clips` (n,) their rows, `right` (n,) 1, 0 or a tie's share.

    `metric`: "word" or "zero-shot"; `factor`: the kind of word, or the factor classified; `choices`: answers to choose from.
    """

    metric: str
    factor: str
    clips: np.ndarray
    right: np.ndarray
    choices: int

    def row(self) -> dict[str, Any]:
        """Share right in per cent with Wilson's 95 % interval; chance is that of guessing among the choices."""
        low, high = wilson(float(self.right.sum()), len(self.right))
        found = {"value": 100 * float(self.right.mean()), "low": 100 * low, "high": 100 * high}
        return self.about() | found | {"chance": 100 / self.choices}

    def about(self) -> dict[str, Any]:
        """What was asked, of how many clips."""
        asked = {"direction": "video→text", "metric": self.metric, "factor": self.factor, "rerank": ""}
        return asked | {"n": len(self.right), "pool": self.choices}

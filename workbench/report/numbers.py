"""How numbers, counts and lists are written."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from workbench.stats import Interval

MINUS = "−"


def percent(share: float, signed: bool = False) -> str:
    """A share of 1 as percent (or points) with one decimal and a true minus sign."""
    if math.isnan(share):
        return "–"
    text = f"{100 * share:+.1f}" if signed else f"{100 * share:.1f}"
    return "0.0" if float(text) == 0 else text.replace("-", MINUS)


def ends(interval: Interval, signed: bool = False) -> str:
    """The two ends of an interval in percent; nothing where there is none."""
    if math.isnan(interval.low):
        return ""
    return f"{percent(interval.low, signed)} to {percent(interval.high, signed)}"


def p_value(p: float) -> str:
    """A p value with three decimals."""
    if math.isnan(p):
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def listed(items: Iterable[object]) -> str:
    """a, b and c."""
    words = [str(item) for item in items]
    if len(words) < 2:
        return words[0] if words else "none"
    return ", ".join(words[:-1]) + " and " + words[-1]


def counted(n: int, word: str) -> str:
    """1 seed, 3 seeds."""
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def seeds_words(seeds: Sequence[int]) -> str:
    """seed 0; seeds 0, 1 and 2."""
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {listed(seeds)}"

"""Curves of a run over its steps: a bounded number of points, however long the run, and what the page draws of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workbench.widgets.colours import PALETTE, SYMBOLS

POINTS = 120  # of a curve
DASHES = ("", "7 3", "2 3", "9 3 2 3", "5 2 2 2 2 2")  # beside the colour, so that it does not carry the meaning alone
SPREAD = 50  # times the smallest value that the largest may be before an axis is logarithmic
QUALITY = "quality/"
TITLES = {
    "rankme": "RankMe of tokens",
    "std": "std of channels",
    "uniformity": "uniformity",
    "clip": "share of variance: clip",
    "position": "share of variance: position",
    "time": "share of variance: time",
    "rest": "share of variance: rest",
}


class Curves:
    """Means over equal stretches of a run of `steps`, at most `POINTS` of them a column, and the newest value of each."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.width = max(1, -(-steps // POINTS))
        self._sums: dict[str, dict[int, list[float]]] = {}  # column -> stretch -> sum of steps, sum of values, number
        self.last: dict[str, tuple[int, float]] = {}

    def clear(self) -> None:
        """Forget everything, for a run that is read anew."""
        self._sums, self.last = {}, {}

    def add(self, rows: Iterable[Mapping[str, float]]) -> None:
        """Take in rows of a history; values that are missing or not finite are left out."""
        for row in rows:
            step = int(row["step"])
            for name, value in row.items():
                if name == "step" or value is None or not math.isfinite(value):
                    continue
                found = self._sums.setdefault(name, {}).setdefault(step // self.width, [0.0, 0.0, 0])
                found[0] += step
                found[1] += value
                found[2] += 1
                self.last[name] = (step, float(value))

    def points(self, column: str) -> list[list[float]]:
        """[step, mean] of every stretch that has a value, in order."""
        stretches = sorted(self._sums.get(column, {}).items())
        return [[round(at / n, 1), float(f"{total / n:.5g}")] for _, (at, total, n) in stretches]

    @property
    def columns(self) -> list[str]:
        """Names of the columns, in the order in which they came."""
        return list(self._sums)

    def charts(self) -> list[dict[str, Any]]:
        """The terms raw and weighted, then each measure of quality, as static/views.js draws them."""
        raw, weighted = (self._named(prefix) for prefix in ("raw/", "weighted/"))
        charts = [
            self._chart("Terms, raw", raw),
            self._chart("Terms, weighted, and their sum", {**weighted, "loss": "loss"}, look=list(raw)),
        ]
        for measure, title in TITLES.items():
            of = {name: f"{QUALITY}{name}/{measure}" for name in ("context", "teacher")}
            charts.append(self._chart(title, of))
        return [chart for chart in charts if chart["series"]]

    def _named(self, prefix: str) -> dict[str, str]:
        return {name.removeprefix(prefix): name for name in self._sums if name.startswith(prefix)}

    def _chart(self, title: str, columns: Mapping[str, str], look: Sequence[str] = ()) -> dict[str, Any]:
        """`look`: names whose places decide colour and dash, so that a term looks alike in two charts."""
        places = {name: i for i, name in enumerate(dict.fromkeys((*look, *columns)))}
        series: list[dict[str, Any]] = [
            {
                "name": name,
                "colour": PALETTE[places[name] % len(PALETTE)],
                "dash": DASHES[places[name] % len(DASHES)],
                "symbol": SYMBOLS[places[name] % len(SYMBOLS)],
                "points": self.points(column),
                "last": f"{self.last[column][1]:.3g}",
                "step": self.last[column][0],
            }
            for name, column in columns.items()
            if column in self._sums
        ]
        values = [value for one in series for _, value in one["points"]]
        log = bool(values) and min(values) > 0 and max(values) > SPREAD * min(values)
        return {"title": title, "log": log, "steps": self.steps, "series": series}

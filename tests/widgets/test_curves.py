"""Curves: few points for any length, each the mean of its stretch."""

from __future__ import annotations

import json

import numpy as np
import pytest

from workbench.widgets.curves import POINTS, Curves


@pytest.mark.parametrize("steps", [1, 7, 119, 121, 3500, 100_000])
def test_points_are_bounded_and_are_means(steps: int) -> None:
    values = np.random.default_rng(0).normal(size=steps)
    curves = Curves(steps)
    rows = [{"step": float(i), "raw/a": float(v)} for i, v in enumerate(values)]
    for start in range(0, steps, 1000):  # as they come
        curves.add(rows[start : start + 1000])
    points = curves.points("raw/a")
    assert min(steps, POINTS // 2) <= len(points) <= POINTS
    for (step, value), start in zip(points, range(0, steps, curves.width), strict=True):
        part = values[start : start + curves.width]
        assert value == pytest.approx(part.mean(), rel=1e-3, abs=1e-4)
        assert step == pytest.approx(start + (len(part) - 1) / 2)
    assert curves.last["raw/a"] == (steps - 1, pytest.approx(values[-1]))


def test_memory_and_message_do_not_grow_with_the_steps() -> None:
    sizes = []
    for steps in (2_000, 200_000):
        curves = Curves(steps)
        curves.add({"step": i, "raw/a": 1 + i % 3, "weighted/a": 0.5} for i in range(steps))
        sizes.append((sum(len(one) for one in curves._sums.values()), len(json.dumps(curves.charts())) // 4000))
    assert sizes[0] == pytest.approx(sizes[1], rel=0.1)


def test_a_term_looks_alike_raw_and_weighted_and_no_two_of_a_chart_do() -> None:
    curves = Curves(10)
    names = ("predict", "context", "ld", "sigreg", "contrast", "delta")
    curves.add([{"step": 0, **{f"{kind}/{name}": 1.0 for kind in ("raw", "weighted") for name in names}, "loss": 6.0}])
    raw, weighted = curves.charts()
    looks = [
        {one["name"]: (one["colour"], one["dash"], one["symbol"]) for one in chart["series"]}
        for chart in (raw, weighted)
    ]
    assert looks[0].items() <= looks[1].items() and set(looks[1]) == {*names, "loss"}
    for chart in looks:
        assert len(set(chart.values())) == len(chart) and len({look[2] for look in chart.values()}) == len(chart)


def test_an_axis_is_logarithmic_where_values_are_of_many_sizes_and_above_zero() -> None:
    for values, log in (((1, 200), True), ((1, 20), False), ((0, 200), False), ((-1, 200), False)):
        curves = Curves(2)
        curves.add([{"step": i, "raw/a": value} for i, value in enumerate(values)])
        assert curves.charts()[0]["log"] is log

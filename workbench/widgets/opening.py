"""What the explorer's menus offer, and the map that they ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from workbench.data.shifts import SHIFTS
from workbench.data.shifts.base import SEVERITIES
from workbench.errors import WorkbenchError
from workbench.projection import is_cached, project
from workbench.widgets.catalogue import Catalogue
from workbench.widgets.large_plot import MOST_PLOTLY
from workbench.widgets.layout import AS_COLOUR, NO_SHIFT, TITLES, Controls
from workbench.widgets.messages import axis_titles
from workbench.widgets.source import Source


def fill_opening(controls: Controls, catalogue: Catalogue, wanted: dict[str, Any]) -> None:
    """Offer what can be opened of the chosen run, and choose what is `wanted`, which is taken out of it."""
    run = controls.run.value
    known = catalogue.benchmarks(run)
    benchmark = wanted.pop("benchmark", None)
    if benchmark and benchmark not in known:
        known = [*known, benchmark]  # an imported set; an unknown name is refused where it is opened
    controls.fill(controls.benchmark, known, benchmark or controls.benchmark.value)
    controls.fill(controls.space, catalogue.spaces(run), wanted.pop("space", None) or controls.space.value)
    shifts = [(NO_SHIFT, ""), *((name, name) for name in SHIFTS)]
    controls.fill(controls.shift, shifts, wanted.pop("shift", controls.shift.value))
    controls.fill(controls.severity, list(SEVERITIES), wanted.pop("severity", controls.severity.value))


def fill_drawing(controls: Controls, source: Source, wanted: dict[str, Any]) -> None:
    """Offer how a source can be drawn, and choose what is `wanted`, which is taken out of it."""
    columns = list(dict.fromkeys([*source.discrete, *source.continuous, *source.predicted]))
    controls.fill(controls.colour, columns, wanted.pop("colour", controls.colour.value))
    shapes = [AS_COLOUR, *source.discrete, *source.predicted]
    controls.fill(controls.shape, shapes, wanted.pop("shape", controls.shape.value))
    for name in ("projection", "dims"):
        control = getattr(controls, name)
        controls.fill(control, control.options, wanted.pop(name, control.value))
    with controls.silently():
        for channel, value in zip(controls.channels, wanted.pop("channels", ()), strict=False):
            channel.max, channel.value = max(source.features.shape[1] - 1, 0), value


def laid_out(source: Source, controls: Controls, note: Callable[[str], None]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Coordinates (n, 2 or 3) of the points as the menus say, and the titles of the axes. What cannot be drawn raises."""
    method, dims = controls.projection.value, controls.dims.value
    controls.show_channels(source.features.shape[1], method == "channels")
    named = dict(zip(("first", "second", "third"), (field.value for field in controls.channels[:dims]), strict=False))
    params = named if method == "channels" else {}
    if len(source.ids) > MOST_PLOTLY and dims == 3:
        raise WorkbenchError(f"{len(source.ids):,} points are drawn in two dimensions only: choose the axes 2-D.")
    if not is_cached(source.features, method, dims, **params):
        first = " The first time this takes up to a minute; then it is kept." * (method in ("umap", "tsne"))
        note(f"Computing {TITLES.get(method, method)} of {len(source.ids):,} {source.noun}s.{first}")
    coordinates = project(source.features, method, dims, **params)
    return coordinates, axis_titles(source.features, coordinates, method, params)

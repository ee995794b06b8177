"""The explorer's menus, and how its parts are arranged: side by side where there is room, else one below the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ipywidgets as widgets

TITLES = {"pca": "PCA", "umap": "UMAP"}


class Quiet:
    """Tells a person's choice in a menu from a change that the program makes."""

    silent = False

    @contextmanager
    def silently(self) -> Iterator[None]:
        """Change controls without anyone taking it for a person's choice."""
        before, self.silent = self.silent, True
        try:
            yield
        finally:
            self.silent = before

    def observe(self, control: widgets.Widget, changed: Callable[[], object]) -> None:
        """Call `changed` when a person gives `control` another value."""
        control.observe(lambda _: None if self.silent else changed(), "value")

    def fill(self, control: widgets.Dropdown, options: Sequence[Any], value: object) -> None:
        """Give a menu its options and its choice, silently; a `value` that is no option gives the first."""
        with self.silently():
            values = [option[1] if isinstance(option, tuple) else option for option in options]
            control.options = options
            control.value = value if value in values else values[0] if values else None


class Controls(Quiet):
    """Menus for run, benchmark, projection and colour, and a button that looks for runs again."""

    def __init__(self, projections: Sequence[str]) -> None:
        self.run = menu("Run", "which trained encoder", "2 1 215px")
        self.benchmark = menu("Clips", "which benchmark or imported set", "1 1 150px")
        self.projection = menu("Projection", "how the features are laid out on the plane", "1 1 150px")
        self.colour = menu("Colour", "the factor that colours and shapes the points", "1 1 150px")
        self.refresh = widgets.Button(
            description="Refresh", tooltip="Look for new runs and open again", layout=widgets.Layout(width="80px")
        )
        self.all = (self.run, self.benchmark, self.projection, self.colour, self.refresh)
        self.fill(self.projection, [(TITLES.get(name, name), name) for name in projections], None)


def menu(description: str, tooltip: str, flex: str) -> widgets.Dropdown:
    """A drop-down menu whose label is as wide as its words."""
    style = {"description_width": "initial"}
    layout = widgets.Layout(flex=flex, width="auto", max_width="320px", min_width="0", margin="2px 10px 2px 0")
    return widgets.Dropdown(description=description, tooltip=tooltip, style=style, layout=layout)


def arrange(
    controls: Controls,
    status: widgets.Widget,
    plot: widgets.Box,
    legend: widgets.Widget,
    panel: widgets.Widget,
    table: widgets.Widget,
) -> widgets.VBox:
    """Menus and status on top, the map with its legend beside the clip panel, the selection below."""
    bar = widgets.Box(controls.all, layout=widgets.Layout(flex_flow="row wrap", align_items="center"))
    plot.add_class("wbx-plot")
    left = widgets.VBox([plot, legend], layout=widgets.Layout(flex="3 1 380px", min_width="0", grid_gap="8px"))
    right = widgets.VBox([panel], layout=widgets.Layout(flex="2 1 390px", min_width="0"))
    middle = widgets.Box(
        [left, right], layout=widgets.Layout(flex_flow="row wrap", align_items="flex-start", grid_gap="18px")
    )
    whole = widgets.VBox(
        [bar, status, middle, table], layout=widgets.Layout(width="100%", grid_gap="10px", padding="4px 8px 8px 4px")
    )
    whole.add_class("wbx-explorer")
    return whole

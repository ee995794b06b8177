"""The explorer's menus, and how its parts are arranged: side by side where there is room, else one below the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import ipywidgets as widgets

TITLES = {"pca": "PCA", "umap": "UMAP", "tsne": "t-SNE", "channels": "channels"}
DIMS = {2: "2-D", 3: "3-D"}
AS_COLOUR, NO_SHIFT = "(as colour)", "(clean only)"


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
    """Menus for what is opened and how it is drawn, and a button that looks for runs again."""

    def __init__(self, projections: Sequence[str], severities: Sequence[int]) -> None:
        self.run = menu("Run", "which trained encoder", "2 1 215px")
        self.benchmark = menu("Clips", "which benchmark or imported set", "1 1 150px")
        self.space = menu(
            "Space", "which vectors: pooled tokens, a block, a layer, a time step, single tokens", "1 1 150px"
        )
        self.projection = menu("Projection", "how the features are laid out", "1 1 150px")
        self.dims = menu("Axes", "in two or in three dimensions", "0 1 100px")
        self.channels = tuple(number(f"Channel {axis}", f"channel of axis {axis}") for axis in "xyz")
        self.colour = menu("Colour", "the factor that colours the points", "1 1 150px")
        self.shape = menu("Shape", "the factor that shapes the points", "1 1 150px")
        self.shift = menu("Shift", "show the clips clean and under a shift", "1 1 150px")
        self.severity = menu("Severity", "how strong the shift is", "0 1 110px")
        self.refresh = widgets.Button(
            description="Refresh", tooltip="Look for new runs and open again", layout=widgets.Layout(width="80px")
        )
        self.fill(self.projection, [(TITLES.get(name, name), name) for name in projections], None)
        self.fill(self.dims, [(words, count) for count, words in DIMS.items()], 2)
        self.fill(self.severity, list(severities), 3)
        self.show_channels(0, False)

    @property
    def all(self) -> tuple[widgets.Widget, ...]:
        """All of them, in the order of the page."""
        opened = (self.run, self.benchmark, self.space, self.shift, self.severity, self.refresh)
        return (*opened, self.projection, self.dims, *self.channels, self.colour, self.shape)

    def show_channels(self, width: int, shown: bool) -> None:
        """Show the fields for channels of a space so wide, as many as there are axes; the first channels where they were beyond."""
        with self.silently():
            for place, field in enumerate(self.channels):
                field.layout.display = None if shown and place < self.dims.value else "none"
                field.max = max(width - 1, 0)
                if shown and place and field.value == self.channels[place - 1].value:
                    field.value = min(field.value + 1, field.max)


def menu(description: str, tooltip: str, flex: str) -> widgets.Dropdown:
    """A drop-down menu whose label is as wide as its words."""
    style = {"description_width": "initial"}
    layout = widgets.Layout(flex=flex, width="auto", max_width="320px", min_width="0", margin="2px 10px 2px 0")
    return widgets.Dropdown(description=description, tooltip=tooltip, style=style, layout=layout)


def number(description: str, tooltip: str) -> widgets.BoundedIntText:
    """A field for a whole number from 0."""
    layout = widgets.Layout(width="150px", margin="2px 10px 2px 0")
    return widgets.BoundedIntText(
        0, min=0, max=0, description=description, tooltip=tooltip, style={"description_width": "initial"}, layout=layout
    )


class Pages:
    """Parts of which one is seen at a time, chosen by buttons above them."""

    def __init__(self, parts: Mapping[str, widgets.Widget]) -> None:
        self.parts = dict(parts)
        self.chosen = widgets.ToggleButtons(
            options=list(parts), tooltips=[f"Show: {name}" for name in parts], style={"button_width": "auto"}
        )
        self.chosen.observe(lambda _: self._show(), "value")
        self.widget = widgets.VBox([self.chosen, *self.parts.values()], layout=widgets.Layout(grid_gap="8px"))
        self._show()

    def _show(self) -> None:
        for name, part in self.parts.items():
            part.layout.display = None if name == self.chosen.value else "none"


def arrange(
    controls: Controls,
    status: widgets.Widget,
    plot: widgets.Box,
    legend: widgets.Widget,
    panel: widgets.Widget,
    pages: Pages,
) -> widgets.VBox:
    """Menus and status on top, the map with its legend beside the clip panel, the other parts below."""
    bar = widgets.Box(controls.all, layout=widgets.Layout(flex_flow="row wrap", align_items="center"))
    plot.add_class("wbx-plot")
    left = widgets.VBox([plot, legend], layout=widgets.Layout(flex="3 1 380px", min_width="0", grid_gap="8px"))
    right = widgets.VBox([panel], layout=widgets.Layout(flex="2 1 390px", min_width="0"))
    middle = widgets.Box(
        [left, right], layout=widgets.Layout(flex_flow="row wrap", align_items="flex-start", grid_gap="18px")
    )
    whole = widgets.VBox(
        [bar, status, middle, pages.widget],
        layout=widgets.Layout(width="100%", grid_gap="10px", padding="4px 8px 8px 4px"),
    )
    whole.add_class("wbx-explorer")
    return whole

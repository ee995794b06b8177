"""How the comparer's parts are arranged: maps side by side where there is room, the clip and the tabs below."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as widgets

from workbench.widgets.layout import TITLES, Quiet, menu


class CompareControls(Quiet):
    """Menus for clips, projection and colour, which hold for all maps."""

    def __init__(self, projections: Sequence[str]) -> None:
        self.benchmark = menu("Clips", "which benchmark or imported set", "1 1 150px")
        self.projection = menu("Projection", "how the features are laid out on the plane", "1 1 150px")
        self.colour = menu("Colour", "the factor that colours and shapes the points of all maps", "1 1 150px")
        self.all = (self.benchmark, self.projection, self.colour)
        self.fill(self.projection, [(TITLES.get(name, name), name) for name in projections], None)


def arrange(
    controls: CompareControls,
    parts: dict[str, widgets.Widget],
    panels: widgets.Box,
) -> widgets.VBox:
    """What differs and the menus on top, the maps, the legend, the clip, the tabs with their page, the selection."""
    bar = widgets.Box(controls.all, layout=widgets.Layout(flex_flow="row wrap", align_items="center"))
    panels.add_class("wbc-panels")
    page = widgets.VBox([parts["tabs"], parts["page"]])
    order = [
        *(parts["differs"], bar, parts["status"], panels, parts["legend"], parts["clip"], page, parts["table"]),
        parts["link"],
    ]
    layout = widgets.Layout(width="100%", grid_gap="10px", padding="4px 8px 8px 4px")
    whole = widgets.VBox(order, layout=layout)
    whole.add_class("wbx-explorer").add_class("wbx-comparer")  # the first has the colours of the page
    return whole

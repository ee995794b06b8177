"""Saving, reopening and exporting the view, as buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ipywidgets as widgets

from workbench.widgets.saved import view_names, view_path

if TYPE_CHECKING:
    from workbench.widgets.explorer import Explorer

NOTHING = "(saved views)"


class ViewsPanel:
    """A name and a button to save under it, a menu of saved views, and a button that writes the page."""

    def __init__(self, explorer: Explorer) -> None:
        self._explorer = explorer
        wide = widgets.Layout(width="320px")
        self.name = widgets.Text(description="Name", placeholder="of the view, or FILE.json", layout=wide)
        self.save = widgets.Button(description="Save view", tooltip="Save under views/NAME.json, or in the file")
        self.known = widgets.Dropdown(
            description="Saved", options=[NOTHING], tooltip="Reopen a saved view", layout=wide
        )
        self.page = widgets.Text(description="Page", value="view.html", layout=wide)
        self.export = widgets.Button(
            description="Export HTML", tooltip="Write one page whose clips move on a click, without kernel and network"
        )
        self.save.on_click(lambda _: explorer.save(self.name.value or "view"))
        self.export.on_click(lambda _: explorer.export(self.page.value))
        self.known.observe(lambda change: self._chosen(change["new"]), "value")
        note = widgets.HTML(
            "The camera button above the map saves it as PNG. A saved view is a small JSON file: it travels with its clips' numbers."
        )
        self.widget = widgets.VBox(
            [widgets.HBox([self.name, self.save, self.known]), widgets.HBox([self.page, self.export]), note],
            layout=widgets.Layout(min_height="230px"),
        )
        self.fill()

    def fill(self) -> None:
        """Offer the saved views."""
        self.known.options = [NOTHING, *view_names()]

    def _chosen(self, name: str | None) -> None:
        if name and name != NOTHING and view_path(name).is_file():
            self._explorer.load(name)

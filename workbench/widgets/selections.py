"""The selection: its clips as a table, what is over-represented in it, as a file, and under names of a person's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets as widgets
import pandas as pd

from workbench.errors import UnknownName, WorkbenchError
from workbench.widgets.content import summary_content, table_content
from workbench.widgets.source import Source
from workbench.widgets.view import View

NOTHING = "(saved selections)"


class Selections:
    """The numbers of the selected points, and the panel that shows them.

    `look(id)` is called for a row of the table, `choose(ids)` where a person brings back a saved selection or clears it.
    """

    def __init__(
        self, look: Callable[[int], None], choose: Callable[[Sequence[int]], None], say: Callable[..., None]
    ) -> None:
        self.ids: list[int] = []
        self.saved: dict[str, list[int]] = {}
        self._choose, self._say = choose, say
        self._source: Source | None = None
        self.table, self.summary = View("table"), View("summary")
        self.table.on(look=look, clear=lambda: choose([]), csv=self._send_csv)
        self.name = widgets.Text(
            placeholder="name of this selection", description="Save as", layout=widgets.Layout(width="280px")
        )
        self.keep = widgets.Button(description="Save", tooltip="Save the selection under this name")
        self.known = widgets.Dropdown(
            options=[NOTHING],
            description="Saved",
            tooltip="Bring back a saved selection",
            layout=widgets.Layout(width="300px"),
        )
        self.keep.on_click(lambda _: self.save(self.name.value))
        self.name.on_submit(lambda _: self.save(self.name.value))
        self.known.observe(lambda change: self._bring(change["new"]), "value")
        bar = widgets.HBox([self.name, self.keep, self.known], layout=widgets.Layout(flex_flow="row wrap"))
        self.widget = widgets.VBox([self.table, self.summary, bar])

    @property
    def frame(self) -> pd.DataFrame:
        """Table rows of the selection; no rows where nothing is selected."""
        if self._source is None:
            return pd.DataFrame()
        return self._source.table.iloc[self.rows()].reset_index(drop=True)

    def rows(self) -> list[int]:
        """Rows of the selected points."""
        source = self._source
        return [] if source is None else [source.row(one) for one in self.ids]

    def show(self, source: Source | None, rows: Sequence[int] = ()) -> None:
        """Make `rows` of a source the selection; no source: an empty panel."""
        self._source = source
        if source is None:
            self.ids = []
            self.table.show()
            self.summary.show()
            return
        self.ids = source.ids[list(rows)].tolist()
        self.table.show(**table_content(source, list(rows)))
        self.summary.show(**summary_content(source, list(rows)))

    def save(self, name: str) -> None:
        """Keep the selection under a name; another of that name is replaced."""
        name = name.strip()
        if not name or not self.ids:
            self._say("Select some points, then give the selection a name.", "problem")
            return
        self.saved[name] = list(self.ids)
        self.name.value = ""
        self.offer(self.saved)
        self._say(f"Saved as {name!r}: {len(self.ids):,} points. It goes with the view.")

    def offer(self, saved: dict[str, list[int]]) -> None:
        """The saved selections to choose from."""
        self.saved = {name: list(ids) for name, ids in saved.items()}
        self.known.options = [NOTHING, *self.saved]

    def bring(self, name: str) -> None:
        """Select what was saved under a name; those that are not shown any more are left out, and counted."""
        if name not in self.saved:
            raise UnknownName("saved selection", name, self.saved)
        if self._source is None:
            raise WorkbenchError("Nothing is open yet, so there is nothing to select.")
        here = [one for one in self.saved[name] if one in self._source]
        self._choose(here)
        if gone := len(self.saved[name]) - len(here):
            self._say(f"{gone} of the points of {name!r} are not among these.")

    def _bring(self, name: str | None) -> None:
        if name and name != NOTHING:
            self.bring(name)
            self.known.value = NOTHING

    def _send_csv(self) -> None:
        """Let the page offer the selection as a file."""
        if self._source is not None:
            text = self.frame.to_csv(index=False)
            self.table.send({"download": f"{self._source.benchmark}-selection.csv", "text": text})

"""Which words a model hears: how often the true caption is nearer than the same with one word exchanged, factor by factor."""

from __future__ import annotations

from workbench.report.contents.grid import Measured, chosen, grid, of_hundred
from workbench.report.contents.retrieval import Retrieval
from workbench.report.numbers import counted
from workbench.report.prose import Prose
from workbench.report.table import Table


class Words(Retrieval):
    """Word accuracy on clean clips."""

    what = "rows of word accuracy"

    def summary(self) -> Prose:
        """As of other kept rows, and how many words are heard."""
        text = super().summary().text
        rows = chosen(self.clean, {"metric": "word"})
        if rows.empty:
            return Prose("summary", text)
        heard = int((rows["low"] > rows["chance"]).sum())
        deaf = int(((rows["low"] <= rows["chance"]) & (rows["high"] >= rows["chance"])).sum())
        return Prose(
            "summary",
            f"{text} Of {counted(len(rows), 'cell')}, {heard} lie above chance by their interval; {deaf} are not told apart from it.",
        )

    def words(self) -> Table | Prose:
        """A column for each kind of exchanged word."""
        rows = chosen(self.clean, {"metric": "word"})
        kinds = list(rows["factor"].unique()) if len(rows) else []
        columns = [Measured(kind, {"factor": kind}, of_hundred, "exchanged") for kind in kinds]
        lead = "Share of clips in per cent whose true caption is nearer than the same caption with one factor word exchanged."
        return grid(self, "words", "Word accuracy", columns, lead=lead, line=("head",), rows=rows, notes=self._notes())

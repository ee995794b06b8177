"""Which words a model hears: how often the true caption is nearer than the same with one word exchanged, factor by factor."""

from __future__ import annotations

from workbench.data.kinds import APPEARANCE, MOTION
from workbench.report.contents.conditions import Measure, conditions_table
from workbench.report.contents.grid import Measured, chosen, grid, of_hundred
from workbench.report.contents.lost_words import lost_words
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

    def conditions(self) -> Table | Prose:
        """Appearance words and motion words of each condition over its seeds, against its control, then kind by kind."""
        rows = chosen(self.clean, {"metric": "word"})
        kinds = list(rows["factor"].unique()) if len(rows) else []
        groups = {"appearance": APPEARANCE, "motion": MOTION}
        measures = [
            Measure(name, {"factor": [kind for kind in of if kind in kinds]}, "mean over")
            for name, of in groups.items()
            if set(of) & set(kinds)
        ]
        measures += [Measure(kind, {"factor": [kind]}, "exchanged") for kind in kinds]
        lead = "Word accuracy in per cent: does a text loss buy words of appearance, and cost words of motion? Means over seeds, and the difference to the control."
        return conditions_table(self, "conditions", "Words bought and lost", measures, rows, lead, self._notes())

    def lost(self) -> Table | Prose:
        """What shifts of clips take of each word."""
        return lost_words(self)

    def words(self) -> Table | Prose:
        """A column for each kind of exchanged word."""
        rows = chosen(self.clean, {"metric": "word"})
        kinds = list(rows["factor"].unique()) if len(rows) else []
        columns = [Measured(kind, {"factor": kind}, of_hundred, "exchanged") for kind in kinds]
        lead = "Share of clips in per cent whose true caption is nearer than the same caption with one factor word exchanged."
        return grid(self, "words", "Word accuracy", columns, lead=lead, line=("head",), rows=rows, notes=self._notes())

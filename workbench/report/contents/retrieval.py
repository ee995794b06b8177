"""Video–text retrieval on clean clips: recalls and ranks of both directions, zero-shot classes."""

from __future__ import annotations

import pandas as pd

from workbench.report.contents.conditions import Measure, conditions_table
from workbench.report.contents.grid import Measured, chosen, decimals, grid, of_hundred
from workbench.report.contents.kept import Kept
from workbench.report.contents.reference import reference_table
from workbench.report.numbers import listed
from workbench.report.prose import Prose
from workbench.report.table import Table

DIRECTIONS = ("text→video", "video→text")
RECALLS = ("R@1", "R@5", "R@10")
RANKS = ("MedR", "MeanR")


class Retrieval(Kept):
    """Rows of `workbench retrieve … --keep NAME`. An encoder with two heads has two lines."""

    kind = "retrieval"
    encoder = "run"
    needs = (
        *("benchmark", "value", "low", "high", "n", "chance", "audit"),
        *("encoder", "head", "direction", "metric", "factor", "rerank", "shift", "severity", "split"),
    )
    what = "rows of retrieval"
    command = "workbench retrieve {runs} --keep {name}"

    @property
    def clean(self) -> pd.DataFrame:
        """Rows of test clips as they are, without re-ranking."""
        rows = self.rows
        return rows[(rows["shift"] == "") & (rows["rerank"] == "") & (rows["split"] == "test")] if len(rows) else rows

    def conditions(self) -> Table | Prose:
        """Each condition over its seeds, against its control."""
        measures = [
            Measure(metric, {"direction": [direction], "metric": [metric]}, direction)
            for direction in DIRECTIONS
            for metric in ("R@1", "R@10")
        ]
        measures.append(Measure("rsum", {"metric": ["rsum"]}, "both"))
        lead = "Means over seeds, in per cent (rsum: the sum of six recalls). An encoder that was not trained with captions has a head fitted on it frozen."
        return conditions_table(self, "conditions", "Conditions", measures, self.clean, lead, self._notes())

    def chosen(self) -> Table | Prose:
        """What λ is chosen by: rsum on validation clips."""
        rows = self.rows
        rows = rows[(rows["split"] == "val") & (rows["shift"] == "") & (rows["rerank"] == "")] if len(rows) else rows
        measures = [
            Measure("rsum", {"metric": ["rsum"]}, "both"),
            *(Measure("R@1", {"direction": [direction], "metric": ["R@1"]}, direction) for direction in DIRECTIONS),
        ]
        lead = "Validation clips, on which λ is chosen: the largest mean of rsum over seeds. Nothing is chosen on test clips."
        return conditions_table(self, "chosen", "Validation", measures, rows, lead, [])

    def reference(self) -> Table:
        """Published recalls on MSR-VTT, for scale."""
        return reference_table()

    def recalls(self) -> Table | Prose:
        """R@1, R@5 and R@10 of both directions, and their sum."""
        columns = [
            Measured(metric, {"direction": direction, "metric": metric}, of_hundred, direction)
            for direction in DIRECTIONS
            for metric in RECALLS
        ]
        columns.append(Measured("rsum", {"metric": "rsum"}, decimals(1), "both"))
        lead = "Recalls in per cent; rsum is the sum of the six. Chance: all scores equal, ties broken at random."
        return grid(
            self,
            "recalls",
            "Retrieval",
            columns,
            lead=lead,
            line=("head",),
            rows=self.clean,
            notes=self._notes(),
            of="queries",
        )

    def ranks(self) -> Table | Prose:
        """Median and mean rank of the best true one, in both directions."""
        columns = [
            Measured(metric, {"direction": direction, "metric": metric}, decimals(1), direction)
            for direction in DIRECTIONS
            for metric in RANKS
        ]
        lead = "Rank of the best true one, from 1; lower is better."
        return grid(
            self,
            "ranks",
            "Ranks",
            columns,
            lead=lead,
            line=("head",),
            rows=self.clean,
            notes=self._notes(),
            of="queries",
        )

    def zero_shot(self) -> Table | Prose:
        """Accuracy of classes named by sentences."""
        rows = chosen(self.clean, {"metric": "zero-shot"})
        factors = list(rows["factor"].unique()) if len(rows) else []
        columns = [Measured(factor, {"factor": factor}, of_hundred) for factor in factors]
        lead = "Zero-shot: a clip goes to the class whose sentences it is nearest to; accuracy in per cent."
        return grid(
            self,
            "zero-shot",
            "Classes by sentences",
            columns,
            lead=lead,
            line=("head",),
            rows=rows,
            notes=self._notes(),
        )

    def reranked(self) -> Table | Prose:
        """The same after re-ranking, in a table of its own."""
        rows = self.rows
        rows = rows[(rows["rerank"] != "") & (rows["shift"] == "") & (rows["split"] == "test")] if len(rows) else rows
        if rows.empty:
            return Prose("reranked", "")
        columns = [
            Measured("R@1", {"direction": direction, "metric": "R@1"}, of_hundred, direction)
            for direction in DIRECTIONS
        ]
        lead = "A re-ranked score depends on the other queries too, so it stands in a table of its own."
        return grid(
            self,
            "reranked",
            "Re-ranked",
            columns,
            lead=lead,
            line=("head", "rerank"),
            rows=rows,
            notes=self._notes(),
            of="queries",
        )

    def _notes(self) -> list[str]:
        """What the rows hold of themselves: heads, pools, notes."""
        rows = self.rows
        if rows.empty:
            return []
        notes = [f"Heads: {listed(rows['head'].unique())}."]
        if "pool" in rows:
            ranked = rows[rows["metric"].isin([*RECALLS, *RANKS])].groupby("direction", sort=False)["pool"]
            pools = [f"{direction} {listed(f'{int(n):,}' for n in of.unique())}" for direction, of in ranked]
            notes.append(f"Items that are ranked: {'; '.join(pools)}.")
        notes += [str(note) for note in rows.get("note", pd.Series(dtype=str)).dropna().unique() if note]
        notes.append(
            "Intervals: 95 %, by bootstrap over videos with all their captions (recalls, ranks), Wilson's over clips (words, classes). Differences between "
            "encoders are not paired: answers to single queries are not kept."
        )
        return notes

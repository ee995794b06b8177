"""The trade-off of appearance and motion: scores of every run, the front, and the rank correlation."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import pandas as pd

from workbench.report.contents.arms import have_runs
from workbench.report.contents.common import NOT_RUN, Contents, each, not_run
from workbench.report.contents.published import Published
from workbench.report.counterparts import COUNTERPARTS
from workbench.report.figures import Chart
from workbench.report.numbers import counted, listed
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
from workbench.trade_off import frontier, rank_correlation, score

COMMAND = "workbench sweep --preset {preset} --regime {regime}"


class TradeOff(Contents):
    """Both scores of every run that has them."""

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Rows of both readings, each once."""
        every = pd.concat([study.rows for study in self.studies.values()], ignore_index=True)
        return every.drop_duplicates(["run", "benchmark", "probe", "factor", "encoder"], ignore_index=True)

    @cached_property
    def axes(self) -> tuple[str, str]:
        """Benchmark of appearance, benchmark of motion."""
        appearance, motion = self.parameters.benchmarks
        return appearance, motion

    @cached_property
    def table(self) -> pd.DataFrame | None:
        """What `frontier` gives; None where an axis has no row at all."""
        labels = self.rows[self.rows["factor"] == "label"]
        if not set(self.axes) <= set(labels["benchmark"]):
            return None
        appearance, motion = ((name, "label") for name in self.axes)
        return frontier(labels, appearance, motion, self.parameters.probe)

    def summary(self) -> Prose:
        """Who is on the front, and how the ranks go together."""
        said = [have_runs(self.studies, self.parameters)]
        if self.table is None:
            return Prose("summary", " ".join([*said, "No run has both scores, so nothing is compared."]))
        on = self.table[self.table["on_front"]]
        said.append(
            f"On the front: {listed(f'`{run}`' for run in on['run'])}." if len(on) else "No run is on the front."
        )
        if failed := int(self.table["failed"].sum()):
            said.append(
                f"{counted(failed, 'run')} failed {'its' if failed == 1 else 'their'} audit and {'takes' if failed == 1 else 'take'} no part in it."
            )
        return Prose("summary", " ".join([*said, *self._correlations()]))

    def figure(self) -> Chart | Prose:
        """Appearance against motion."""
        if self.table is None or self.table[["appearance", "motion"]].dropna().empty:
            return Prose("trade-off-figure", "Nothing to draw: no run has both scores.")
        from workbench.plots.frontier import frontier_figure

        figure = frontier_figure(self.table, *self.axes)
        caption = "Scores: 0 is chance, 1 no error. Bars: 95 % intervals over test clips. The line joins the runs that no other run beats in both."
        return Chart("trade-off-figure", caption, [figure])

    def scores(self) -> Table | Prose:
        """A line a run, best motion first."""
        if self.table is None:
            command = COMMAND.format(preset=self.parameters.preset, regime=self.parameters.regime)
            return not_run("scores", "Scores of appearance and motion", [command])
        published = Published(self.parameters.regime, self.parameters.confidence)
        columns = [Column("run", number=False), *(Column(name, "our score") for name in self.axes)]
        columns += [Column("front", "our score", number=False)]
        columns += [
            Column(COUNTERPARTS[name].published, "published score") for name in self.axes if name in COUNTERPARTS
        ]
        rows = [self._row(row, published) for row in each(self.table.sort_values("motion", ascending=False))]
        notes = [
            "Score: (accuracy − chance)/(1 − chance), intervals 95 % over test clips, carried through. "
            f"Both of ours by the {self.parameters.probe} probe.",
            "On the front: no other run of equal conditions whose audit did not fail is better in one and as good in the other, by the estimates: "
            "where intervals overlap, another draw of clips could put another run there.",
            "Published: the same formula on the study's top-1, imagenet100 by a linear and diving48 by an attentive probe; beside ours, not in one front with it.",
        ]
        lead = "Each run by itself: seeds are not averaged, so that the spread between them is seen."
        return Table("scores", "Scores of every run", columns, rows, self.table, notes, lead)

    def correlation(self) -> Table | Prose:
        """Spearman's correlation of the two scores over the variants."""
        if self.table is None:
            return Prose("correlation", "")
        found = rank_correlation(self.table)
        columns = [
            Column("conditions", number=False),
            Column("rank correlation"),
            Column("variants"),
            Column("note", number=False),
        ]
        rows = []
        for row in each(found):
            value = (
                Cell(NOT_RUN, look="missing")
                if pd.isna(row.value)
                else Cell(f"{row.value:.2f}", f"{row.low:.2f} to {row.high:.2f}")
            )
            rows.append(
                [
                    Cell(f"{row.preset}, {row.recipe}, {row.regime}"),
                    value,
                    Cell(str(row.n)),
                    Cell(row.note, look="wraps"),
                ]
            )
        lead = "Over trained variants, means over seeds, without runs that failed their audit; 95 % interval from drawing variants anew."
        return Table("correlation", "Do appearance and motion go together?", columns, rows, found, lead=lead)

    def _row(self, row: Any, published: Published) -> list[Cell]:
        marks = (f"audit of {row.variant}: {row.audit}",) if row.failed else ()
        cells = [
            Cell(NOT_RUN, look="missing")
            if pd.isna(value := getattr(row, axis))
            else Cell(f"{value:.3f}", f"{getattr(row, axis + '_low'):.3f} to {getattr(row, axis + '_high'):.3f}", marks)
            for axis in ("appearance", "motion")
        ]
        state = (
            "audit failed"
            if row.failed
            else "on the front"
            if row.on_front
            else f"beaten by {counted(row.dominated_by.count(',') + 1, 'run')}"
            if row.dominated_by
            else "–"
        )
        beside = []
        for name in self.axes:
            if name in COUNTERPARTS:
                found = published.of(row.variant, COUNTERPARTS[name].published)
                beside.append(
                    Cell(" · ".join(f"{value:.3f}" for value in score(found["value"], found["chance"])) or "–")
                )
        words = f"{row.variant}, seed {row.seed}" + (", as published" if row.reading == "as_published" else "")
        return [Cell(words), *cells, Cell(state, look="above" if row.on_front else ""), *beside]

    def _correlations(self) -> list[str]:
        assert self.table is not None
        return [
            f"Rank correlation of the two over {row.n} variants: {row.value:.2f} ({row.low:.2f} to {row.high:.2f})."
            for row in each(rank_correlation(self.table))
            if not pd.isna(row.value)
        ]

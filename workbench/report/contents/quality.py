"""Quality of the space: budget, ranks and spread of frozen encoders, and how they went over training."""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from workbench.report.contents.common import not_run
from workbench.report.contents.diagnosed import Diagnosed
from workbench.report.contents.grid import Measured, decimals, grid
from workbench.report.contents.kept import Asked, asked_runs
from workbench.report.figures import Chart, history_charts
from workbench.report.gather import run_folders
from workbench.report.numbers import percent
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
from workbench.rows import measured_folder
from workbench.runs import QUALITY, train_command

BUDGET = {
    "budget_clip": "between clips",
    "budget_position": "between places",
    "budget_time": "between time steps",
    "budget_rest": "rest",
}
RANKS = {
    "rankme": ("RankMe, clips", 1),
    "rankme_tokens": ("RankMe, tokens", 1),
    "lidar": ("LiDAR", 1),
    "alpha": ("α-ReQ", 2),
    "alignment": ("alignment", 3),
    "uniformity": ("uniformity", 2),
    "std": ("deviation", 2),
    "sigreg": ("SIGReg", 1),
}


class Quality(Diagnosed):
    """Tables of the part `quality`, and the readings that runs took while they were trained."""

    part = "quality"
    tables = ("quality",)

    def budget(self) -> Table | Prose:
        """Where the variance of tokens lies."""
        columns = [
            Measured(words, {"measure": name}, percent, "share of the variance, %") for name, words in BUDGET.items()
        ]
        lead = "Shares of the variance of all tokens. Nearly all between clips: the space holds which clip it is, and little of what happens in it."
        return grid(
            self,
            "budget",
            "Variance budget",
            columns,
            lead=lead,
            where={"table": "quality"},
            beside=("random_encoder",),
        )

    def ranks(self) -> Table | Prose:
        """Ranks, spread and distance from a Gaussian."""
        columns = [Measured(words, {"measure": name}, decimals(places)) for name, (words, places) in RANKS.items()]
        good = self._good_ends()
        notes = [f"Good end: {good}."] if good else []
        lead = "How many directions are used (RankMe, LiDAR), how the spectrum falls (α-ReQ), how clips and tokens are spread."
        return grid(
            self,
            "ranks",
            "Ranks and spread",
            columns,
            lead=lead,
            where={"table": "quality"},
            notes=notes,
            beside=("random_encoder",),
        )

    def _good_ends(self) -> str:
        if self.rows.empty:
            return ""
        ends = self.rows.drop_duplicates("measure").set_index("measure")["good"]
        return ", ".join(
            f"{words} {ends[name]}" for name, (words, _) in RANKS.items() if ends.get(name, "neither") != "neither"
        )

    @cached_property
    def monitored(self) -> dict[str, Asked]:
        """The runs whose readings are asked for, by name."""
        return asked_runs(self.parameters.model_copy(update={"variants": self.parameters.monitored}))

    @cached_property
    def histories(self) -> dict[str, pd.DataFrame]:
        """Readings of the monitor of those runs: kept beside rows, and of runs on this disk their own."""
        found = kept_readings()
        own = {name: run.readings() for name, run in run_folders(list(self.monitored)).items()}
        found |= {name: table for name, table in own.items() if len(table)}
        return {name: found[name] for name in self.monitored if name in found}

    def over_training(self) -> Table | Prose:
        """First, middle and last reading of every measure."""
        if not self.histories:
            return self._no_history("over-training")
        measures = list(dict.fromkeys(c for t in self.histories.values() for c in map(str, t) if c.startswith(QUALITY)))
        columns = [
            Column("run", number=False),
            *(Column(name.rpartition("/")[2], name.split("/")[1]) for name in measures),
        ]
        rows, records = [], []
        for run, table in self.histories.items():
            three = table.iloc[sorted({0, len(table) // 2, len(table) - 1})]
            rows.append(
                [
                    Cell(self.monitored[run].variant, self.monitored[run].conditions),
                    *(_three(three, name) for name in measures),
                ]
            )
            records.append(three[["step", *(name for name in measures if name in three)]].assign(run=run))
        steps = "The text is the last reading; below it the first and the middle one."
        lead = f"What runs read of 16 whole clips of a batch while they were trained. {steps}"
        return Table("over-training", "Over training", columns, rows, pd.concat(records, ignore_index=True), lead=lead)

    def training_figures(self) -> Chart | Prose:
        """Every measure over the steps, a line a run."""
        if not self.histories:
            return Prose("over-training-figure", "")
        variants = {name: self.monitored[name].variant for name in self.histories}
        return history_charts(
            "over-training-figure", self.histories, variants, list(dict.fromkeys(variants.values())), QUALITY
        )

    def _no_history(self, name: str) -> Prose:
        from workbench.presets import build_config

        # A run that is there already would not be trained again, so the command is of one that is not.
        there, seeds = run_folders(list(self.monitored)), self.parameters.seeds
        free = next(
            (one.seed for one in self.monitored.values() if one.variant == "baseline" and one.run not in there),
            max(seeds) + 1,
        )
        config = build_config("baseline", self.parameters.preset, free)
        first = "No run asked for has readings of the monitor, kept or on this disk"
        return not_run(name, first, [train_command(config)])


def kept_readings() -> dict[str, pd.DataFrame]:
    """By run, what `--keep` has kept of the monitor's readings; of a run that is kept twice, the last by name of the file."""
    found = {}
    for path in sorted(measured_folder().glob("*.monitor.parquet")):
        for run, table in pd.read_parquet(path).groupby("run", sort=False):
            found[str(run)] = table.drop(columns="run").dropna(axis="columns", how="all").reset_index(drop=True)
    return found


def _three(readings: pd.DataFrame, name: str) -> Cell:
    if name not in readings or readings[name].isna().all():
        return Cell("–", look="missing")
    show = decimals(2)
    *before, last = [show(value) if pd.notna(value) else "–" for value in readings[name]]
    return Cell(last, ", ".join(before))

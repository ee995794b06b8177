"""What reports on every run of the study share: the runs asked for, their result rows, and the JSON kept beside the rows."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

import pandas as pd

from workbench.errors import WorkbenchError
from workbench.report.contents.common import READINGS, Contents, sweep_command
from workbench.report.contents.kept import Asked, asked_runs
from workbench.report.numbers import counted
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
from workbench.rows import Results, load_results, measured_files

KEPT = ("runs_seconds", "not_complete", "versions")


class AllRuns(Contents):
    """Runs by name; rows of those that there are."""

    @cached_property
    def asked(self) -> dict[str, Asked]:
        """The runs asked for."""
        return asked_runs(self.parameters)

    @cached_property
    def results(self) -> Results:
        """All result rows of the preset."""
        return load_results(self.parameters.preset)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Result rows of the runs asked for, in their order."""
        every, order = self.results.rows, {name: place for place, name in enumerate(self.asked)}
        mine = every[every["run"].isin(list(order))]
        return mine.loc[mine["run"].map(order).sort_values(kind="stable").index].reset_index(drop=True)

    @cached_property
    def kept(self) -> dict[str, dict[str, Any]]:
        """The JSON kept beside each table of rows, by its name; one that cannot be read raises and names the file."""
        found = {}
        for path in measured_files():
            origin = path.with_suffix(".json")
            if not origin.is_file():
                continue
            try:
                table = json.loads(origin.read_text())
            except (OSError, json.JSONDecodeError) as error:
                raise WorkbenchError(f"{origin} cannot be read ({error}). Restore it or delete it.") from None
            found[path.stem] = {key: table.get(key, {}) for key in KEPT}
        return found

    def sources(self) -> list[str]:
        """The kept tables that rows were taken from, and how many runs' own folders."""
        places = [str(source) for source in self.rows["source"].unique()]
        kept = [place for place in places if place.startswith("reports/")]
        own = len(places) - len(kept)
        return [*kept, *([f"checkpoints/*/rows.parquet ({counted(own, 'run')})"] if own else [])]

    def missing(self) -> Table | Prose:
        """Runs asked for without a row: of a regime, seed and reading in one line, with the sweep that makes them."""
        there = set(self.rows["run"])
        lacking = [one for name, one in self.asked.items() if name not in there]
        if not lacking:
            return Prose("missing", "")
        groups: dict[tuple[str, int, str], list[Asked]] = {}
        for one in lacking:
            groups.setdefault((one.regime, one.seed, one.reading), []).append(one)
        columns = [Column("runs", number=False), Column("command that makes them", number=False)]
        rows, records = [], []
        for (regime, seed, reading), runs in groups.items():
            command = sweep_command(self.parameters.preset, seed, regime, reading, [one.variant for one in runs])
            words = f"{regime}, seed {seed}" + ("" if reading == "as_described" else f", {READINGS[reading]}")
            rows.append([Cell(words, counted(len(runs), "run")), Cell(command, look="code wraps")])
            records += [{"run": one.run, "commands": command} for one in runs]
        lead = f"{counted(len(lacking), 'run')} asked for {'has' if len(lacking) == 1 else 'have'} no result row."
        return Table("missing", "Not run", columns, rows, pd.DataFrame(records), lead=lead)

    def notes(self) -> Prose:
        """Runs that could not be read, and runs that a kept sweep did not complete."""
        failed = [
            f"{run} was not completed when `{name}` was kept: {message}"
            for name, origin in self.kept.items()
            for run, message in origin["not_complete"].items()
        ]
        return Prose("notes", "\n".join(f"- {note}" for note in (*self.results.notes, *failed)))

    def have(self) -> str:
        """How many of the runs asked for have rows."""
        have, total = self.rows["run"].nunique(), len(self.asked)
        return f"Preset {self.parameters.preset}: {have} of {counted(total, 'run')} asked for {'has' if have == 1 else 'have'} result rows."

"""What the contents of all reports have: their parameters, what is missing, notes, and how they were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import pandas as pd

from workbench.report.gather import Missing, Study, studies
from workbench.report.made import made_by
from workbench.report.numbers import counted, listed
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
from workbench.variants import VARIANTS, studied

NOT_RUN = "not run"
READINGS = {"as_described": "as described", "as_published": "as published"}


class Contents:
    """Contents of the report `name` for validated `parameters`. Every method gives one output of its notebook."""

    def __init__(self, name: str, parameters: Any) -> None:
        self.name, self.parameters = name, parameters

    @cached_property
    def studies(self) -> dict[str, Study]:
        """The study of result rows in each reading asked for; none for a report of other tables."""
        return studies(self.parameters)

    def sources(self) -> list[str]:
        """Tables other than result rows that the report is made from."""
        return []

    def summary(self) -> Prose:
        """The report in one paragraph."""
        raise NotImplementedError

    def missing(self) -> Table | Prose:
        """Runs without results, and the commands that make them."""
        return missing_table([run for study in self.studies.values() for run in study.missing], self.parameters)

    def notes(self) -> Prose:
        """What is out of the ordinary about the rows."""
        return bullets("notes", dict.fromkeys(note for study in self.studies.values() for note in study.notes))

    def made_by(self) -> Prose:
        """Command, parameters, versions, data and rows."""
        return made_by(self.name, self.parameters, list(self.studies.values()), self.sources())


def first_row(rows: pd.DataFrame) -> Any:
    """The first row with its columns as attributes, as `each` gives rows; ten times as fast as starting to go through them."""
    return SimpleNamespace(**dict(zip(map(str, rows.columns), rows.iloc[0].tolist(), strict=True)))


def each(table: pd.DataFrame) -> Iterator[Any]:
    """The rows of a table as named tuples, whose fields have the types of its columns."""
    return iter(table.itertuples())


def bullets(name: str, lines: Iterable[str]) -> Prose:
    """Lines of text as a list; nothing of none."""
    return Prose(name, "\n".join(f"- {line}" for line in lines))


def not_run(name: str, what: str, commands: Sequence[str]) -> Prose:
    """What a page says where the rows of a table are not there."""
    return Prose(name, f"**{what}: {NOT_RUN}.** Make it with {listed(f'`{command}`' for command in commands)}.")


def missing_table(missing: Sequence[Missing], parameters: Any) -> Table | Prose:
    """Runs without all results: those of a seed, reading and state in one line, with the commands that make them."""
    if not missing:
        return Prose("missing", "")
    groups: dict[tuple[Any, ...], list[Missing]] = {}
    for run in missing:
        reading, data = run.conditions.get("reading", "as_described"), run.conditions.get("data")
        groups.setdefault((run.seed, reading, data, run.reason, run.trained), []).append(run)
    columns = [Column(title, number=False) for title in ("runs", "state", "command that makes them")]
    rows, records = [], []
    for (seed, reading, _, reason, _), runs in groups.items():
        of = f"seed {seed}" + ("" if reading == "as_described" else ", as published")
        which = runs[0].variant if len(runs) == 1 else counted(len(runs), "run")
        rows.append([Cell(of, which), Cell(reason, look="wraps"), Cell(_commands(runs, parameters), look="code wraps")])
        records += [{"run": run.run, "commands": " && ".join(run.commands), "state": run.reason} for run in runs]
    lead = f"{counted(len(missing), 'run')} asked for {'lacks' if len(missing) == 1 else 'lack'} results; cells say “{NOT_RUN}”, or rest on fewer seeds and are marked."
    return Table("missing", "Not run", columns, rows, pd.DataFrame(records), lead=lead)


def _commands(runs: Sequence[Missing], parameters: Any) -> str:
    """The command of one run, or a sweep over several that are alike."""
    first = runs[0]
    if len(runs) == 1 or first.trained:
        return " && ".join(command for run in runs for command in run.commands)
    regime, reading = first.conditions.get("data") or "single", first.conditions.get("reading", "as_described")
    return sweep_command(parameters.preset, first.seed, regime, reading, [run.variant for run in runs])


def sweep_command(preset: str, seed: int, regime: str, reading: str, variants: Sequence[str]) -> str:
    """The sweep of these variants; it names them unless they are all that the study ran in the regime."""
    command = f"workbench sweep --preset {preset} --seeds {seed}"
    command += "" if regime == "single" else f" --regime {regime}"
    command += "" if reading == "as_described" else f" --reading {reading}"
    every = [name for name in studied(regime) if reading in VARIANTS[name].readings]
    return command if set(variants) == set(every) else f"{command} --variants '{', '.join(variants)}'"

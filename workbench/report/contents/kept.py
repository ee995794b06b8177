"""Tables kept beside result rows (`NAME.diagnosis.parquet`, `NAME.retrieval.parquet`): reading them, and the runs that they lack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import pandas as pd

from workbench.errors import WorkbenchError
from workbench.presets import build_config, run_name
from workbench.report.contents.common import NOT_RUN, READINGS, Contents, each
from workbench.report.counterparts import COUNTERPARTS
from workbench.report.gather import check_benchmarks
from workbench.report.numbers import counted, listed
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
from workbench.rows import measured_folder
from workbench.variants import VARIANTS

KNOWN = (*COUNTERPARTS, "mixed")  # benchmarks and regimes of which there may be no rows yet
NUMBERS = (
    "value",
    "low",
    "high",
    "n",
    "chance",
    "null_mean",
    "null_low",
    "null_high",
    "nulls",
    "p",
    "pca",
    "random_encoder",
)
BESIDE = ("audit", "note", "accuracy", "commit", "dirty", "versions", "seconds", "train_seconds", "kept_in")


@dataclass(frozen=True)
class Asked:
    """A run that a report asks for."""

    run: str
    variant: str
    seed: int
    regime: str
    reading: str

    @property
    def conditions(self) -> str:
        """Seed, regime and, as published, the reading."""
        published = f", {READINGS[self.reading]}" if self.reading == "as_published" else ""
        return f"seed {self.seed}, {self.regime}{published}"


def asked_runs(parameters: Any) -> dict[str, Asked]:
    """The runs that parameters ask for, by name, regime by regime."""
    found = {}
    for regime in parameters.regimes:
        for variant, seed in product(parameters.shown(regime), parameters.seeds):
            for reading in VARIANTS[variant].readings:
                if parameters.reading not in (reading, "both"):
                    continue
                data = None if regime == "single" else regime
                name = run_name(build_config(variant, parameters.preset, seed, reading=reading, data=data))
                found[name] = Asked(name, variant, seed, regime, reading)
    return found


def kept_rows(kind: str, needs: Sequence[str], tables: Sequence[str] = ()) -> pd.DataFrame:
    """All tables of a kind in `reports/measured/`; `kept_in` names the file. `tables`: those of a diagnosis that are wanted.

    A table that cannot be read or lacks a column of `needs` raises and names it. A number that stands in two tables alike is taken
    once; one that stands in two with different values raises and names both.
    """
    parts = [_read(path, needs) for path in sorted(measured_folder().glob(f"*.{kind}.parquet"))]
    if not parts:
        return pd.DataFrame(columns=[*needs, "kept_in"])
    rows = pd.concat(parts, ignore_index=True)
    return _one_each(rows[rows["table"].isin(tables)].reset_index(drop=True) if tables else rows)


def _read(path: Any, needs: Sequence[str]) -> pd.DataFrame:
    try:
        table = pd.read_parquet(path)
    except Exception as error:
        raise WorkbenchError(f"{path} cannot be read ({error}). Restore it or delete it.") from None
    if lacking := [name for name in needs if name not in table]:
        raise WorkbenchError(
            f"{path} has no column {listed(map(repr, lacking))}. Write it anew with --keep, or delete it."
        )
    numbers = {name: pd.to_numeric(table[name], errors="coerce").astype(float) for name in NUMBERS if name in table}
    return table.assign(**numbers, kept_in=path.name)


def _one_each(rows: pd.DataFrame) -> pd.DataFrame:
    """Drop repeats of a number that agree; raise where they do not."""
    what = [name for name in rows if name not in (*NUMBERS, *BESIDE)]
    repeated = rows[rows.duplicated(what, keep=False)]
    for of, group in repeated.groupby(what, sort=False, dropna=False):
        if group["value"].nunique(dropna=False) > 1:
            said = ", ".join(
                f"{name} {value}" for name, value in zip(what, of, strict=True) if str(value) not in ("", "nan", "None")
            )
            values = "; ".join(f"{row.value:.6g} in {row.kept_in}" for row in each(group))
            raise WorkbenchError(
                f"One number has different values ({said}): {values}. Delete the file that is out of date."
            )
    return rows.drop_duplicates(what, ignore_index=True)


class Kept(Contents):
    """Contents of a report on kept tables of one kind: rows of the runs asked for, and of other encoders."""

    kind = ""
    encoder = "encoder"  # the column that names the encoder
    needs: tuple[str, ...] = ("benchmark", "value", "low", "high", "n", "audit")
    command = ""  # makes the tables of the runs that are filled in
    what = ""  # the rows in words
    tables: tuple[str, ...] = ()  # of a diagnosis

    @cached_property
    def asked(self) -> dict[str, Asked]:
        """The runs asked for, by name."""
        return asked_runs(self.parameters)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """The rows that the report is of."""
        return self.select()

    def select(self) -> pd.DataFrame:
        """Rows of the encoders and benchmarks asked for, in the order of the parameters; `run_of` is the run of each."""
        every = kept_rows(self.kind, (self.encoder, *self.needs), self.tables)
        check_benchmarks([*self.parameters.benchmarks], [*KNOWN, *every["benchmark"].unique()])
        every = every[every["benchmark"].isin(self.parameters.benchmarks)]
        names = every[self.encoder].astype(str)
        run = names.map(lambda name: name.partition("@")[0])
        order = {name: place for place, name in enumerate(self.asked)}
        other = (names.str.contains(":") | (names == "random")) & self.parameters.others
        chosen = every[run.isin(list(order)) | other]
        place = run[chosen.index].map(order).fillna(len(order)).astype(int)
        benchmark = chosen["benchmark"].map(list(self.parameters.benchmarks).index)
        chosen = chosen.assign(run_of=run[chosen.index], place=place, nth=benchmark)
        return chosen.sort_values(["nth", "place"], kind="stable").drop(columns=["nth", "place"]).reset_index(drop=True)

    @cached_property
    def lacking(self) -> list[Asked]:
        """Runs asked for of which there is no row."""
        there = set(self.rows["run_of"]) if len(self.rows) else set()
        return [one for name, one in self.asked.items() if name not in there]

    def sources(self) -> list[str]:
        """The kept tables that rows were taken from."""
        return [f"reports/measured/{name}" for name in self.rows["kept_in"].unique()] if len(self.rows) else []

    def name_cell(self, encoder: str) -> Cell:
        """An encoder's name: variant, with seed, regime and reading below."""
        run, _, which = encoder.partition("@")
        if run not in self.asked:
            return Cell(encoder, "no run of this workbench")
        one = self.asked[run]
        return Cell(one.variant + (f", {which}" if which else ""), one.conditions)

    def twin_name(self, encoder: str) -> str:
        """Of which encoder a twin is, in short: seed and regime of a run, else its name."""
        one = self.asked.get(encoder.partition("@")[0])
        if one is None:
            return encoder
        return f"{'random, ' if one.variant == 'random' else ''}seed {one.seed}, {one.regime}"

    def summary(self) -> Prose:
        """How many of the runs asked for have rows, and from which files."""
        total = len(self.asked)
        if self.rows.empty:
            commands = listed(f"`{command}`" for command in self._commands()[:3])
            return Prose(
                "summary",
                f"No {self.what} of these {counted(total, 'run')} are kept: **{NOT_RUN}**. Make them with {commands}.",
            )
        have = total - len(self.lacking)
        text = f"{have} of {counted(total, 'run')} asked for {'has' if have == 1 else 'have'} {self.what}."
        others = self.rows[~self.rows["run_of"].isin(list(self.asked))][self.encoder].nunique()
        return Prose(
            "summary",
            text
            + (
                f" {counted(others, 'other encoder')} {'stands' if others == 1 else 'stand'} beside them."
                if others
                else ""
            ),
        )

    def missing(self) -> Table | Prose:
        """The runs without rows, a line for each regime and seed, with the command that makes them."""
        if not self.lacking:
            return Prose("missing", "")
        columns = [Column("runs", number=False), Column("command that makes them", number=False)]
        rows = []
        for (regime, seed), group in self._groups().items():
            name = Cell(f"{regime}, seed {seed}", counted(len(group), "run"))
            rows.append([name, Cell(self._command(group), look="code wraps")])
        frame = pd.DataFrame([{"run": one.run, "commands": self._command([one])} for one in self.lacking])
        lead = f"{counted(len(self.lacking), 'run')} asked for {'has' if len(self.lacking) == 1 else 'have'} no {self.what}. They are made from the weights: where they are not on this disk, workbench train comes first."
        return Table("missing", "Not run", columns, rows, frame, lead=lead)

    def notes(self) -> Prose:
        """What the rows say of themselves that is out of the ordinary."""
        return Prose("notes", "")

    def _groups(self) -> dict[tuple[str, int], list[Asked]]:
        groups: dict[tuple[str, int], list[Asked]] = {}
        for one in self.lacking:
            groups.setdefault((one.regime, one.seed), []).append(one)
        return groups

    def _commands(self) -> list[str]:
        return [self._command(group) for group in self._groups().values()]

    def _command(self, runs: Sequence[Asked]) -> str:
        first = runs[0]
        return self.command.format(runs=" ".join(one.run for one in runs), name=f"{first.regime}_s{first.seed}")

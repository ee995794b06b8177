"""The gates of the benchmarks: what each view of a clip gives to oracles, and whether it keeps to its limit."""

from __future__ import annotations

from typing import Any

import pandas as pd

from workbench.errors import UnknownName
from workbench.report.contents.common import Contents, first_row, not_run
from workbench.report.contents.oracles import COMMAND, PAGE, VIEWS, best, factor_pairs, gates
from workbench.report.counterparts import COUNTERPARTS
from workbench.report.numbers import counted, listed, p_value, percent
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table

TASKS = {"class": "class", "pair": "clip or its reversal"}


class Gates(Contents):
    """Tables of the rows that `workbench data gates` keeps."""

    @property
    def rows(self) -> pd.DataFrame:
        """Rows of the benchmarks asked for."""
        every = gates()
        known = {*COUNTERPARTS, *(every["benchmark"] if len(every) else ())}
        for name in self.parameters.benchmarks:
            if name not in known:
                raise UnknownName("benchmark with gates", name, known)
        return every[every["benchmark"].isin(self.parameters.benchmarks)] if len(every) else every

    def sources(self) -> list[str]:
        """The tables that are read."""
        return [f"docs/{PAGE.stem}.parquet", f"docs/{PAGE.stem}.factors.parquet"]

    def summary(self) -> Prose:
        """How many gates hold."""
        rows = self.rows
        if rows.empty:
            return not_run("summary", "The gates of these benchmarks", [COMMAND])
        said = [_standing(str(name), of) for name, of in rows.groupby("benchmark", sort=False)]
        lacking = [name for name in self.parameters.benchmarks if name not in set(rows["benchmark"])]
        if lacking:
            said.append(f"Not run: {listed(lacking)}.")
        return Prose("summary", " ".join(said))

    def missing(self) -> Prose:
        """Nothing but what the summary says."""
        return Prose("missing", "")

    def gates(self) -> Table | Prose:
        """The best oracle of every view and input."""
        rows = self.rows
        if rows.empty:
            return not_run("gates", "Gates", [COMMAND])
        return gate_table(rows)

    def factors(self) -> Table | Prose:
        """Whether the factors of a benchmark tell anything of each other."""
        pairs = factor_pairs()
        pairs = pairs[pairs["benchmark"].isin(self.parameters.benchmarks)] if len(pairs) else pairs
        if pairs.empty:
            return not_run("factors", "Independence of the factors", [COMMAND])
        titles = ("benchmark", "pairs", "clips", "largest", "of", "mean of its null", "95 % point of its null", "p")
        columns = [Column(title, number=title not in ("benchmark", "of")) for title in titles]
        rows = []
        for name, group in pairs.groupby("benchmark", sort=False):
            top = group.iloc[int(group["standardised"].argmax())]
            numbers = [Cell(f"{top[key]:.4f}") for key in ("information", "null_mean", "null_95")]
            of = Cell(f"{top['a']} and {top['b']}")
            rows.append(
                [
                    Cell(str(name)),
                    Cell(f"{len(group)}"),
                    Cell(f"{top['n']:,}"),
                    numbers[0],
                    of,
                    *numbers[1:],
                    Cell(p_value(top["p"])),
                ]
            )
        lead = "Mutual information in bits between two factors of the training clips, against permutations of one of them; p is family-wise over the pairs."
        return Table("factors", "Independence of the factors", columns, rows, pairs, lead=lead)


def _standing(name: str, rows: pd.DataFrame) -> str:
    limited = rows[rows["limit"] < 1]
    held = int(limited["holds"].sum())
    stands = f" (stands for {COUNTERPARTS[name].published})" if name in COUNTERPARTS else ""
    return f"`{name}`{stands}: {'all ' if held == len(limited) else f'{held} of '}{counted(len(limited), 'gate')} {'hold' if held != 1 else 'holds'}."


def gate_table(rows: pd.DataFrame) -> Table:
    """A line for every benchmark, task and view: what the best oracle on states and on pixels reaches, the limit, and the gates that hold."""
    columns = [Column("what is seen", number=False)]
    columns += [Column(title, kind) for kind in ("true states", "pixels") for title in ("best oracle", "limit")]
    columns += [Column("gates that hold")]
    table: list[list[Cell]] = []
    for keys, group in rows.groupby(["benchmark", "target", "task"], sort=False):
        benchmark, target, task = map(str, keys)
        told = TASKS.get(task, task) if target == "label" else f"{target} of appearance or motion from the other"
        table.append([Cell(f"{benchmark} · {told} · chance {percent(group['chance'].iloc[0])} %")])
        top = best(group)
        for view in dict.fromkeys(top["view"]):
            of = group[group["view"] == view]
            best_of = [top[(top["view"] == view) & (top["input"] == kind)] for kind in ("states", "pixels")]
            cells = [cell for row in best_of for cell in _oracle(row)]
            table.append([Cell(VIEWS.get(view, view)), *cells, _held(of)])
    notes = [
        "Each oracle is fitted on training clips and read on test clips; 95 % intervals are Wilson's. Of the oracles of a view the one that reaches most is shown, all are in the CSV.",
        "A gate holds where so many right answers are not improbable at the limit: one-sided exact binomial test, Holm over the gates of a benchmark, 5 %.",
        "Where no limit stands, the row is no gate: it shows what the view does give.",
    ]
    lead = f"Made by {rows['command'].iloc[0]}: {rows['train_clips'].iloc[0]:,} training clips, {rows['n'].iloc[0]:,} test clips."
    return Table("gates", "What oracles reach", columns, table, rows.drop(columns="command"), notes, lead)


def _oracle(row: pd.DataFrame) -> list[Cell]:
    """What an oracle reaches, and the most that it may."""
    if row.empty:
        return [Cell("–", look="missing"), Cell("")]
    one: Any = first_row(row)
    limit = Cell(percent(one.limit)) if one.limit < 1 else Cell("none", look="missing")
    return [Cell(percent(one.accuracy), f"{percent(one.low)} to {percent(one.high)} · {one.oracle}"), limit]


def _held(rows: pd.DataFrame) -> Cell:
    limited = rows[rows["limit"] < 1]
    held, total = int(limited["holds"].sum()), len(limited)
    return Cell(f"{held} of {total}" if total else "–", look="" if held == total else "below")

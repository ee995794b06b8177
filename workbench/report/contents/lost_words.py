"""Which words are lost first under shift: word accuracy of every kind of word on shifted clips, by condition and family of shifts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.report.contents.conditions import by_condition, interval_over_seeds, signed
from workbench.report.contents.grid import of_hundred
from workbench.report.numbers import listed
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table

if TYPE_CHECKING:
    from workbench.report.contents.retrieval import Retrieval

HEARD = 5.0  # points above chance on clean clips, below which a word cannot be lost


def lost_words(kept: Retrieval) -> Table | Prose:
    """A section a condition: clean accuracy, then the points that each family of shifts takes at its highest severity, over seeds."""
    rows = kept.rows
    if len(rows):
        rows = rows[(rows["metric"] == "word") & (rows["split"] == "test") & (rows["rerank"] == "")]
    parts = {key: part for key, part in by_condition(kept, rows).items() if (part["shift"] != "").any()}
    if not parts:
        return Prose(
            "lost", "**Words under shift: not run.** Make it with `workbench retrieve RUN --shift all --keep NAME`."
        )
    kinds = list(rows["factor"].unique())
    columns = [Column("condition, family", number=False), *(Column(kind, "exchanged") for kind in kinds)]
    table: list[list[Cell]] = []
    records: list[dict[str, Any]] = []
    for key, part in parts.items():
        benchmark, regime, variant, _, head = key
        table.append([Cell(f"{variant} · {head} head · {regime} · {benchmark}")])
        clean = part[part["shift"] == ""].pivot_table(index="seed", columns="factor", values="value")
        table.append([Cell("clean"), *(Cell(of_hundred(clean[kind].mean())) for kind in kinds)])
        about = {"benchmark": benchmark, "regime": regime, "variant": variant, "head": head}
        for family, group in part[part["shift"] != ""].groupby("family", sort=False):
            highest = group[group["severity"] == group["severity"].max()]
            moved = highest.pivot_table(index="seed", columns="factor", values="value")
            said = about | {"family": str(family), "severity": highest["severity"].max()}
            shifts = {"shifts": highest["shift"].nunique()}
            found = [said | _lost(kind, clean, moved) | shifts for kind in kinds]
            records += found
            first = Cell(str(family), f"severity {found[0]['severity']}, {found[0]['shifts']} shifts")
            table.append([first, *map(_cell, found)])
    frame = pd.DataFrame(records)
    lead = "Points of word accuracy that a family of shifts takes at its highest severity, mean over its shifts; below, the interval over seeds (Student's t)."
    notes = [*_first_lost(frame), "Chance is 50 %: a word that is not heard on clean clips cannot be lost."]
    return Table("lost", "Words under shift", columns, table, frame, notes, lead)


def _lost(kind: str, clean: pd.DataFrame, moved: pd.DataFrame) -> dict[str, Any]:
    """What shifts take of one kind of word: `clean` and `moved` have a line a seed and a column a kind."""
    lost = (moved[kind] - clean[kind]).dropna()
    over = interval_over_seeds(list(lost))
    return {
        **{"factor": kind, "clean": clean[kind].mean(), "lost": lost.mean()},
        **{"low": over.low if over else None, "high": over.high if over else None},
        "seeds": " ".join(map(str, lost.index)),
    }


def _cell(record: dict[str, Any]) -> Cell:
    alone = record["low"] is None
    return Cell(signed(record["lost"]), "one seed" if alone else f"{signed(record['low'])} to {signed(record['high'])}")


def _first_lost(frame: pd.DataFrame) -> list[str]:
    """In each condition the word that loses the greatest share of what it had above chance."""
    said = []
    for (variant, head), group in frame.groupby(["variant", "head"], sort=False):
        heard = group[group["clean"] > 50 + HEARD]
        if heard.empty:
            said.append(f"`{variant}` ({head} head): no word lies {HEARD:g} points above chance on clean clips.")
            continue
        share = (-heard["lost"] / (heard["clean"] - 50)).groupby(heard["factor"]).mean().sort_values(ascending=False)
        words = listed(f"{kind} {100 * value:.0f} %" for kind, value in share.items())
        said.append(
            f"`{variant}` ({head} head): of what lies above chance, mean over families of shifts, is lost: {words}."
        )
    return said

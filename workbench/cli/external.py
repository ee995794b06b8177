"""`workbench import`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.output import JSON_HELP, as_records, print_json, print_table

SHOWN = ("name", "regime", "benchmark", "seed", "value", "95 % interval", "n")


def import_command(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="CSV or JSON, or folders with JSON files: the study's among them."),
    ],
    keep: Annotated[str, typer.Option(help="Name that the rows are kept under, in reports/external/.")],
    column: Annotated[
        list[str] | None, typer.Option(metavar="OURS=THEIRS", help="Where a column is called otherwise. Repeatable.")
    ] = None,
    value: Annotated[
        list[str] | None, typer.Option(metavar="OURS=VALUE", help="What all rows have and no file says. Repeatable.")
    ] = None,
    percent: Annotated[bool, typer.Option("--percent", help="Accuracies are in per cent.")] = False,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Take result rows of other tools into the tables, marked as external; columns: name, benchmark, value, n and, if stated, more.

    The others are regime (single), seed, probe, chance and note. External rows are shown beside ours; they are in no ranking and no
    audit, and nothing is tested against them.
    """
    from workbench.external import Reading, keep_external, read_external

    rows = read_external(files, Reading(_pairs(column, "--column"), _pairs(value, "--value"), percent))
    path = keep_external(keep, rows, shlex.join(["workbench", *sys.argv[1:]]), files)
    if json:
        print_json(as_records(rows))
        return
    shown = [
        row
        | {
            "value": f"{100 * row['value']:.2f} %",
            "95 % interval": f"{100 * row['low']:.2f} to {100 * row['high']:.2f}",
            "seed": "" if row["seed"] < 0 else row["seed"],
        }
        for row in as_records(rows)
    ]
    print_table(shown, SHOWN, f"{len(rows)} external rows, kept in {path}")
    print("The tables show them from now on: workbench report all")


def _pairs(texts: list[str] | None, option: str) -> dict[str, str]:
    found = {}
    for text in texts or []:
        ours, equal, theirs = text.partition("=")
        if not equal or not ours or not theirs:
            raise typer.BadParameter(f"'{text}' is not OURS=…", param_hint=option)
        if ours in found:
            raise typer.BadParameter(f"'{ours}' is given twice", param_hint=option)
        found[ours] = theirs
    return found

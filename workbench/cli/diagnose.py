"""`workbench diagnose`."""

from __future__ import annotations

import shlex
import sys
from typing import Annotated, Any

import typer

from workbench.cli.output import JSON_HELP, as_records, print_json, print_table
from workbench.cli.runs import ElsewherePreset, Names, Settings, changes_of

COLUMNS = ("encoder", "measure", "value", "95 % interval", "untrained", "n", "note")


def diagnose_command(
    encoders: Annotated[
        list[str],
        typer.Argument(
            help="RUN, RUN@teacher, RUN@context, random, hf:NAME_OR_FOLDER or file:PATH; several stand together."
        ),
    ],
    benchmark: Names = None,
    part: Annotated[
        list[str] | None, typer.Option(help="disentangle, time, quality or labels. Repeatable; by default all.")
    ] = None,
    preset: ElsewherePreset = None,
    set_: Settings = None,
    seed: Annotated[int, typer.Option(min=0, help="Of nulls, shuffles and the untrained twin.")] = 0,
    again: Annotated[bool, typer.Option(help="Measure anew what is there already.")] = False,
    keep: Annotated[
        str | None, typer.Option(help="Write every number to reports/measured/NAME.diagnosis.parquet")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Say what a frozen encoder knows, where, whether it uses time, and whether its space has collapsed."""
    from workbench.diagnosis import diagnose, keep_diagnosis
    from workbench.diagnosis.keep import diagnosis_path
    from workbench.encoders import open_encoder
    from workbench.runs import list_runs

    if keep:
        diagnosis_path(keep)  # a name that cannot be kept under is said before the work
    names = {run.name for run in list_runs()}
    opened = [
        open_encoder(name)
        if name.partition("@")[0] in names
        else open_encoder(name, preset=preset, changes=changes_of(set_))
        for name in dict.fromkeys(encoders)
    ]
    found = diagnose(*opened, benchmarks=benchmark, parts=part, seed=seed, again=again)
    if keep:
        path = keep_diagnosis(keep, found, shlex.join(["workbench", *sys.argv[1:]]))
        print(f"Kept in {path}", file=sys.stderr)
    if json:
        print_json({name: as_records(table) for name, table in found.items()})
        return
    for (name, question), rows in found.summary().groupby(["benchmark", "question"], sort=False):
        shown = [_shown(row) for row in as_records(rows)]
        lean = [one for one in COLUMNS if one != "note" or any(row["note"] for row in shown)]
        if len(opened) == 1:
            lean.remove("encoder")
        print_table(
            shown, lean, f"{question} {opened[0].name if len(opened) == 1 else ''} on {name}".replace("  ", " ")
        )
    print(
        "Every number: --json, or wb.diagnose(...) in Python. Untrained: the same architecture with weights drawn anew."
    )


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    interval = f"{_number(row['low'])} to {_number(row['high'])}" if _number(row["low"]) else ""
    audit = f"audit {row['audit']}" if str(row["audit"]).startswith("failed") else ""
    return row | {
        "value": _number(row["value"]),
        "95 % interval": interval,
        "untrained": _number(row["random_encoder"]),
        "note": "; ".join(filter(None, (audit, row["note"]))),
    }


def _number(value: Any) -> str:
    import pandas as pd

    return "" if pd.isna(value) else f"{value:.3f}"

"""`workbench data gates`: measure the oracles, and write docs/benchmarks.md."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.output import JSON_HELP, as_records, print_json, print_table


def gates_command(
    benchmarks: Annotated[list[str] | None, typer.Argument(help="By default all that have gates.")] = None,
    preset: Annotated[str, typer.Option(help="Numbers of clips and their size.")] = "standard",
    set_: Annotated[list[str] | None, typer.Option("--set", help="data.key=value. Repeatable.")] = None,
    write: Annotated[Path | None, typer.Option(help="Write the page to this file, and its rows beside it.")] = None,
    from_rows: Annotated[bool, typer.Option(help="Only write the page anew from the rows beside it.")] = False,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Try to solve benchmarks without what they claim to measure; exit status 2 where a gate does not hold."""
    from workbench.cli.runs import changes_of
    from workbench.errors import WorkbenchError
    from workbench.gates.report import gates_report, write_page
    from workbench.presets import build_config

    if from_rows:
        if write is None or benchmarks or set_:
            raise WorkbenchError(
                "--from-rows takes the page and nothing else: workbench data gates --from-rows --write docs/benchmarks.md."
            )
        write_page(write)
        if json:
            print_json({"written": str(write)})
        else:
            print(f"{write} is written.")
        return
    data = build_config(preset=preset, changes=changes_of(set_)).data
    command = " ".join(
        ["workbench data gates", *(benchmarks or []), f"--preset {preset}", *(f"--set {s}" for s in set_ or [])]
    )
    rows = gates_report(benchmarks, data, write=write, command=f"{command} --write {write}" if write else command)
    gates = rows[rows["limit"] < 1]
    if json:
        print_json(as_records(rows))
    else:
        shown = gates.assign(accuracy=(100 * gates["accuracy"]).round(1), limit=(100 * gates["limit"]).round(1))
        columns = ("benchmark", "target", "task", "view", "input", "oracle", "accuracy", "limit", "holds")
        print_table(as_records(shown), columns, "Gates (accuracy and limit in %)")
        if write:
            print(f"{write} is written.")
    if not gates["holds"].all():
        raise typer.Exit(2)

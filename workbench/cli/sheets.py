"""`workbench data sheet`, `shifts`: clips to look at, and what can be done to them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.output import JSON_HELP, print_json, print_table

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]
SHIFT_HELP = "A family of `workbench data shifts`, or all: shift_<family>.png, on the first clip. Repeatable."


def sheet_command(
    sources: Annotated[list[str], typer.Argument(help="Benchmarks or imported data sets: bench_<name>.png of each.")],
    preset: Annotated[str, typer.Option(help="Numbers of clips and their size.")] = "quick",
    set_: Annotated[list[str] | None, typer.Option("--set", help="data.key=value. Repeatable.")] = None,
    split: Annotated[str, typer.Option(help="train, val or test.")] = "train",
    shift: Annotated[list[str] | None, typer.Option(help=SHIFT_HELP)] = None,
    write: Annotated[Path, typer.Option(help="The folder to write to.")] = Path(),
    json: Json = False,
) -> None:
    """Write contact sheets as PNG: a row a class, a column a frame; and the shifts of a family at every severity."""
    from workbench.cli.runs import changes_of
    from workbench.data.sheets import write_sheets
    from workbench.presets import build_config

    data = build_config(preset=preset, changes=changes_of(set_)).data
    written = [str(path) for path in write_sheets(sources, data, write, split, shift or ())]
    if json:
        print_json(written)
    else:
        print("\n".join(written))


def shifts_command(
    write: Annotated[Path | None, typer.Option(help="Write docs/shifts.md to this file.")] = None, json: Json = False
) -> None:
    """List the domain shifts: family, levels by severity, and the measure by which each is monotone."""
    from workbench.data.shifts.document import shift_rows, shifts_document
    from workbench.files import whole_file

    if write is not None:
        page = shifts_document()
        with whole_file(write) as temporary:
            temporary.write_text(page, encoding="utf-8")
    rows = shift_rows()
    if json:
        print_json(rows)
        return
    shown = [{**row, "measure": f"{row['measure']} {row['direction']}"} for row in rows]
    print_table(shown, ("name", "family", "what", "measure"), "Domain shifts of clips")
    if write is not None:
        print(f"{write} is written.")

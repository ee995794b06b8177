"""`workbench sweep`."""

from __future__ import annotations

import shlex
import sys
from typing import Annotated

import typer

from workbench.cli.output import JSON_HELP, print_json, print_table
from workbench.cli.runs import Settings, changes_of


def sweep_command(
    variants: Annotated[
        str | None, typer.Option(help="Names, with commas; by default random and all that the study ran in the regime.")
    ] = None,
    seeds: Annotated[str, typer.Option(help="Whole numbers, with commas.")] = "0,1,2",
    preset: Annotated[str, typer.Option(help="smoke, quick, standard or paper.")] = "standard",
    regime: Annotated[str, typer.Option(help="What to train on: single, mixed, or an imported data set.")] = "single",
    reading: Annotated[str, typer.Option(help="as_described, as_published (variants that have it), or both.")] = (
        "as_described"
    ),
    recipe: Annotated[str | None, typer.Option(help="compact or published; by default the preset's.")] = None,
    set_: Settings = None,
    workers: Annotated[int | None, typer.Option(help="Runs at a time on this machine; by default one a core.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Address of a dask scheduler: tcp://host:8786.")] = None,
    keep: Annotated[
        str | None, typer.Option(help="Write rows, answers, settings and audits to reports/measured/NAME.*")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Train and probe many runs under equal conditions; the same command goes on where it stopped. Status 1 if one failed."""
    from workbench.rows import measured_path
    from workbench.sweeps import sweep

    if keep:
        measured_path(keep)  # a name that cannot be kept under is said before the hours of work
    result = sweep(
        _names(variants) if variants else None,
        [_seed(text) for text in _names(seeds)],
        preset,
        recipe=recipe,
        regime=regime,
        reading=reading,
        changes=changes_of(set_),
        workers=workers,
        scheduler=scheduler,
    )
    if keep:
        from workbench.sweeps.keep import keep_sweep

        path = keep_sweep(keep, result, shlex.join(["workbench", *sys.argv[1:]]))
        print(f"Kept in {path.parent}: {keep}.*", file=sys.stderr)
    if json:
        print_json(result.plain())
    else:
        counts = [f"{sum(o.status == s for o in result.outcomes)} {s}" for s in ("there", "done", "failed", "stopped")]
        print(f"{len(result.jobs)} runs in {result.seconds / 60:.1f} min: {', '.join(counts)}")
        if result.failed:
            rows = [{"run": one.run, "what": one.status, "message": one.message} for one in result.failed]
            print_table(rows, ("run", "what", "message"), "Not complete; the same command tries them again")
    if result.failed:
        raise typer.Exit(1)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise typer.BadParameter(f"'{text}' is no seed; seeds are whole numbers from 0, with commas: 0,1,2")
    return int(text)

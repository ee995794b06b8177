"""`workbench report`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from workbench.cli.output import JSON_HELP, print_json, print_table

if TYPE_CHECKING:
    from workbench.report.execute import ReportResult
    from workbench.report.verify import Verification


class ReportCommand(TyperCommand):
    """Its help ends with every report and its typed parameters."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        super().format_help(ctx, formatter)
        from workbench.report.asked import listings

        formatter.write(f"\nReports and their parameters (-p name=value, the value in YAML):\n\n{listings()}\n")


def report_command(
    name: Annotated[str, typer.Argument(metavar="TABLE", help="A report by name, or all: every report and the site.")],
    parameter: Annotated[list[str] | None, typer.Option("-p", "--parameter", help="name=value. Repeatable.")] = None,
    params: Annotated[Path | None, typer.Option(help="YAML file of parameters; -p is laid over it.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Execute it although nothing that it reads has changed.")
    ] = False,
    verify: Annotated[
        bool,
        typer.Option(
            "--verify", help="Compare the report on disk with what the rows give. Exit status 1 where a number differs."
        ),
    ] = False,
    train_missing: Annotated[bool, typer.Option(help="Train and probe the runs that are missing first.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Notebooks at a time; by default one a core.")] = None,
    list_parameters: Annotated[
        bool, typer.Option("--list-parameters", help="List the parameters and make nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Make a report from result rows: executed notebook, HTML page, tables as CSV, Parquet, Markdown and LaTeX.

    What has not changed since the last time is not executed again. `all` makes every report and reports/site/index.html.
    """
    from workbench.report.asked import ALL, asked_parameters, listed_parameters

    asked = asked_parameters(name, parameter or [], params)
    if list_parameters:
        rows = listed_parameters(name)
        print_json(rows) if json else print_table(rows, ("report", "parameter", "type", "default", "meaning"))
        return
    if verify:
        _verify(asked if parameter or params else dict.fromkeys(asked), workers, json)
        return
    from workbench.report.execute import make_missing, reports

    if train_missing:
        for one, values in asked.items():
            make_missing(one, values)
    from workbench.report.site.claims import judging

    made = reports(asked, workers, force=force, beside=judging() if name == ALL else None)
    site = None
    if name == ALL:
        from workbench.report.site import build_site

        site = build_site(made.failed, force=force)
    if json:
        plain = {one: result.plain() for one, result in made.results.items()}
        print_json(
            {"reports": plain, "failed": made.failed, "site": site} if name == ALL else plain.get(name, made.failed)
        )
    else:
        for result in made.results.values():
            _say(result, alone=name != ALL)
        if site:
            print(f"Site: {site}")
    _fail(made.failed)


def _say(result: ReportResult, alone: bool) -> None:
    if alone:
        print(f"{result.summary}\n")
        for missing in result.missing:
            print(f"Not run: {missing.run}. {missing.reason}. Make it with: {' && '.join(missing.commands)}")
        if result.missing:
            print("Or give --train-missing to make them all now.")
        if result.unchanged:
            print("Unchanged since it was made; --force makes it again.")
        print(f"Page: {result.html}\nNotebook: {result.notebook}")
        return
    state = "unchanged" if result.unchanged else "made"
    lacking = f", {len(result.missing)} runs missing" if result.missing else ""
    print(f"{result.name}: {state}, {len(result.tables)} tables{lacking}. {result.html}")


def _fail(failed: dict[str, str]) -> None:
    if not failed:
        return
    from workbench.errors import WorkbenchError

    said = "\n".join(failed.values())
    raise WorkbenchError(said if len(failed) == 1 else f"{len(failed)} reports failed: {', '.join(failed)}.\n{said}")


def _verify(asked: dict[str, Any], workers: int | None, json: bool) -> None:
    from workbench.report.verify import verify_all

    found = verify_all(asked, workers)
    if json:
        print_json([one.plain() for one in found])
    else:
        for one in found:
            _say_verified(one)
    if not all(one.holds for one in found):
        raise typer.Exit(1)


def _say_verified(found: Verification) -> None:
    numbers = [change for change in found.changes if change.number]
    words = [change for change in found.changes if not change.number]
    print(f"{found.name}: {found.records} records of {len(found.tables)} tables compared.")
    for change in numbers:
        print(f"  number: {change}")
    for change in words:
        print(f"  words only: {change}")
    if numbers:
        print(f"{len(numbers)} numbers differ. `workbench report {found.name} --force` makes it from today's rows.")
    else:
        print("Every number is the same." + (f" {len(words)} texts differ." if words else ""))

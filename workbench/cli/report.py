"""`workbench report`."""

from __future__ import annotations

from typing import Annotated

import typer

from workbench.cli.output import JSON_HELP, print_json


def report_command(
    name: Annotated[str, typer.Argument(help="The report: main.")],
    parameter: Annotated[list[str] | None, typer.Option("-p", "--parameter", help="name=value. Repeatable.")] = None,
    train_missing: Annotated[bool, typer.Option(help="Train and probe the runs that are missing first.")] = False,
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Make a report from result rows: an executed notebook, an HTML page, CSV and Markdown tables."""
    from workbench.report.execute import run_report
    from workbench.report.parameters import parse_parameters

    result = run_report(name, parse_parameters(name, parameter or []), train_missing=train_missing)
    if json:
        print_json(result.plain())
        return
    print(f"{result.summary}\n")
    for missing in result.missing:
        print(f"Not run: {missing.run}. {missing.reason}. Make it with: {' && '.join(missing.commands)}")
    if result.missing:
        print("Or give --train-missing to make them all now.")
    print(f"Page: {result.html}\nNotebook: {result.notebook}")

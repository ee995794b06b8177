"""`workbench claims`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from workbench.cli.output import JSON_HELP, print_json, print_table


def claims_command(
    claim: Annotated[
        list[str] | None,
        typer.Option(help="Id of a claim, shown with every test. Repeatable; by default all, in short."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="Claims of your own (docs/claims.md); by default those of the study.")
    ] = None,
    source: Annotated[
        str, typer.Option(help="Our rows: all, runs (checkpoints/) or measured (reports/measured/).")
    ] = "all",
    json: Annotated[bool, typer.Option("--json", help=JSON_HELP)] = False,
) -> None:
    """Judge claims: what the published numbers decide, what our rows decide, and what follows; every verdict is computed."""
    from workbench.errors import UnknownName
    from workbench.ledger import RULES, claims
    from workbench.ledger.table import TITLES, commands, lines_of_tests, summary_lines

    sources = ("all", "runs", "measured")
    if source not in sources:
        raise UnknownName("source", source, sources)
    verdicts = claims(file, claim, cast(Literal["all", "runs", "measured"], source))
    if json:
        print_json([one.plain() for one in verdicts])
        return
    print_table(summary_lines(verdicts), TITLES, "Claims")
    for one in verdicts if claim else []:
        print_table(lines_of_tests(one), ("rows", "asked", "outcome", "found"), f"Claim {one.id}, test by test")
        print_table(list(one.audits), ("audit", "side", "status", "found"), f"Claim {one.id}, audits that bear on it")
        if one.rule:
            print(f"Rule of claim {one.id}: {one.rule}")
        if stands := [f"{ours} for {', '.join(theirs)}" for ours, theirs in one.stands_for.items() if theirs]:
            print(f"Of ours stand: {'; '.join(stands)}.")
        print()
    for rule in RULES:
        print(f"- {rule}")
    for command in commands(verdicts):
        print(f"Not run: {command}")
    if not claim:
        print(
            "Every test of a claim: --claim ID. Every number with the rows behind it: --json, or wb.claims() in Python."
        )

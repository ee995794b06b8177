"""`workbench variants`, `benchmarks`, `runs`, `doctor`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from workbench.cli.output import JSON_HELP, print_json, print_table

Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]


def variants_command(json: Json = False) -> None:
    """List what can be trained: the study's baseline and variants, and your own; each names its control and its readings."""
    from workbench.variants import VARIANTS, trained_variants

    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "title": VARIANTS[name].title,
            "control": VARIANTS[name].control,
            "regimes": ", ".join(VARIANTS[name].regimes),
            "readings": ", ".join(VARIANTS[name].readings),
            "fault": VARIANTS[name].fault,
            "settings": VARIANTS[name].settings,
            "masks": VARIANTS[name].masks,
            "published": VARIANTS[name].published,
        }
        for name in trained_variants()
    ]
    if json:
        print_json(rows)
    else:
        print_table(rows, ("name", "title", "control", "regimes", "readings"), "Variants")
        print("And `random`, the encoder as initialised, never trained: a row of every table.")


def benchmarks_command(json: Json = False) -> None:
    """List the benchmarks: classes, chance, and what each stands for."""
    from workbench.data.benchmarks import BENCHMARKS

    rows = [
        {
            "name": name,
            "stands for": entry.stands_for,
            "classes": entry.factors["label"],
            "chance %": round(100 / entry.factors["label"], 1),
            "factors": ", ".join(f"{factor} ({count})" for factor, count in entry.factors.items()),
        }
        for name, entry in BENCHMARKS.items()
    ]
    if json:
        print_json(rows)
    else:
        print_table(rows, ("name", "stands for", "classes", "chance %", "factors"), "Benchmarks")


def runs_command(json: Json = False) -> None:
    """List the runs under checkpoints/."""
    from workbench.errors import WorkbenchError
    from workbench.runs import list_runs

    rows = []
    for run in list_runs():
        try:
            info = run.info
            steps = f"{info['step']}/{run.config.optim.steps}"
            rows.append(
                {
                    "run": run.name,
                    "status": info["status"],
                    "steps": steps,
                    "seconds": info["seconds"],
                    "results": len(run.rows()),
                }
            )
        except (WorkbenchError, KeyError) as error:
            rows.append({"run": run.name, "status": f"unreadable: {error}"})
    if json:
        print_json(rows)
    else:
        print_table(
            rows,
            ("run", "status", "steps", "seconds", "results"),
            "Runs",
            none="No runs yet. `make demo` makes the first ones.",
        )


def doctor_command(json: Json = False) -> None:
    """Say what this installation has, what is missing, and how to get it."""
    from workbench.doctor import examine

    findings = examine()
    if json:
        print_json(findings)
    else:
        print_table(findings, ("what", "found", "advice"), "Doctor")
    if any(finding["needed"] and not finding["ok"] for finding in findings):
        raise typer.Exit(1)

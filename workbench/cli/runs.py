"""`workbench train`, `embed`, `probe`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from workbench.cli.output import JSON_HELP, print_json, print_table

Preset = Annotated[str, typer.Option(help="smoke, quick, standard or paper.")]
Settings = Annotated[list[str] | None, typer.Option("--set", help="Change a setting: section.key=value. Repeatable.")]
Names = Annotated[list[str] | None, typer.Option(help="Repeatable; by default what the run's settings say.")]
Json = Annotated[bool, typer.Option("--json", help=JSON_HELP)]

ROW_COLUMNS = ("benchmark", "factor", "probe", "accuracy %", "95 % interval", "chance %", "n", "choice")


def changes_of(settings: list[str] | None) -> dict[str, Any]:
    """Hand-made changes as a nested dictionary."""
    from workbench.config import merge, parse_setting

    changes: dict[str, Any] = {}
    for text in settings or []:
        changes = merge(changes, parse_setting(text))
    return changes


def train_command(
    variant: Annotated[str, typer.Argument(help="See `workbench variants`.")],
    preset: Preset = "quick",
    seed: int = 0,
    data: Annotated[
        str | None,
        typer.Option(
            help="What to train on: a regime (single, mixed), or a benchmark or imported set, which is then probed."
        ),
    ] = None,
    reading: Annotated[str, typer.Option(help="as_described, or as_published where the released code differed.")] = (
        "as_described"
    ),
    recipe: Annotated[str | None, typer.Option(help="compact or published; by default the preset's.")] = None,
    set_: Settings = None,
    name: Annotated[str | None, typer.Option(help="Name of the run; by default made from the settings.")] = None,
    probe: Annotated[bool, typer.Option(help="Probe the run when it is trained.")] = True,
    json: Json = False,
) -> None:
    """Train a variant, or go on where the same command stopped; then probe it."""
    from workbench.presets import build_config
    from workbench.training.pipeline import complete_run
    from workbench.training.train import train

    changes = changes_of(set_)
    asked: Any = {"recipe": recipe, "changes": changes, "reading": reading, "data": data}
    if probe:
        run = complete_run(variant, preset, seed, **asked, name=name)
    else:
        run = train(build_config(variant, preset, seed, **asked), name=name)
    info = run.info
    if json:
        print_json({**info, "folder": str(run.folder), "rows": run.rows().to_dict("records")})
        return
    print(f"{run.name}: {info['status']} at step {info['step']}, {info['seconds']:.0f} s of training, in {run.folder}")
    if probe:
        _print_rows(run.rows())


def embed_command(
    run: Annotated[str, typer.Argument(help="See `workbench runs`.")],
    benchmark: Names = None,
    split: Annotated[list[str], typer.Option(help="train, val or test. Repeatable.")] = ["test"],  # noqa: B006
    encoder: Annotated[str | None, typer.Option(help="context or teacher; by default the one that is probed.")] = None,
    json: Json = False,
) -> None:
    """Extract the features of a run, once, into its folder."""
    from workbench.data.clips import load_clips
    from workbench.features import extract
    from workbench.runs import Run

    opened = Run.open(run)
    made = []
    for source in benchmark or opened.config.probe.benchmarks:
        for part in split:
            features = extract(opened, load_clips(opened.config.data, part, source=source), encoder)
            made.append(
                {"benchmark": source, "split": part, "tokens": list(features.tokens.shape), "key": features.key}
            )
    if json:
        print_json(made)
    else:
        print_table(made, ("benchmark", "split", "tokens", "key"), f"Features of {run}")


def probe_command(
    run: Annotated[str, typer.Argument(help="See `workbench runs`.")],
    benchmark: Names = None,
    probe: Names = None,
    factor: Names = None,
    encoder: Annotated[str | None, typer.Option(help="context or teacher; by default what the settings say.")] = None,
    again: Annotated[bool, typer.Option(help="Probe anew what has a result already.")] = False,
    json: Json = False,
) -> None:
    """Read factors from a run's frozen encoder; results go to its rows."""
    from workbench.probing import probe_run
    from workbench.runs import Run

    rows = probe_run(Run.open(run), benchmarks=benchmark, probes=probe, factors=factor, encoder=encoder, again=again)
    if json:
        print_json(rows.to_dict("records"))
    else:
        _print_rows(rows)


def _print_rows(rows: Any) -> None:
    shown = [
        {
            **row,
            "accuracy %": f"{100 * row['value']:.1f}",
            "95 % interval": f"{100 * row['low']:.1f} to {100 * row['high']:.1f}",
            "chance %": f"{100 * row['chance']:.1f}",
        }
        for row in rows.to_dict("records")
    ]
    print_table(shown, ROW_COLUMNS)


def audit_command(run: Annotated[str, typer.Argument(help="See `workbench runs`.")], json: Json = False) -> None:
    """Say what a run's numbers rest on: gradients, movement, weighting, control, spread. Exit status 1 where one failed."""
    from workbench.audit import audit_json, audit_rows, audit_run, failed
    from workbench.runs import Run
    from workbench.variants import VARIANTS

    opened = Run.open(run)
    opened.require_finished()
    findings = audit_run(opened)
    if json:
        print_json(audit_json(opened, findings))
    else:
        print_table(audit_rows(findings), ("audit", "of", "status", "found"), f"Audit of {run}")
        if opened.config.reading == "as_published":
            print(f"Reading as_published repeats a fault of the study: {VARIANTS[opened.config.variant].fault}")
    if failed(findings):
        raise typer.Exit(1)

"""`workbench train`, `embed`, `probe`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from workbench.cli.output import JSON_HELP, print_json, print_table

Preset = Annotated[str, typer.Option(help="smoke, quick, standard or paper.")]
Settings = Annotated[list[str] | None, typer.Option("--set", help="Change a setting: section.key=value. Repeatable.")]
Names = Annotated[list[str] | None, typer.Option(help="Repeatable; by default what the run's settings say.")]
Encoder = Annotated[
    str,
    typer.Argument(help="RUN, RUN@teacher, RUN@context, random, hf:NAME_OR_FOLDER or file:PATH (docs/encoders.md)."),
]
ElsewherePreset = Annotated[
    str | None, typer.Option("--preset", help="Clips and probe budget of an encoder without a run; by default quick.")
]
Pooled = Annotated[
    bool,
    typer.Option(help="Keep means over the frame at each time step in place of all tokens. Not for a run's probes."),
]
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
    from workbench.distributed import is_first
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
    if not is_first():
        return
    if json:
        print_json({**info, "folder": str(run.folder), "rows": run.rows().to_dict("records")})
        return
    print(f"{run.name}: {info['status']} at step {info['step']}, {info['seconds']:.0f} s of training, in {run.folder}")
    if probe:
        _print_rows(run.rows())


def embed_command(
    encoder: Encoder,
    benchmark: Names = None,
    split: Annotated[list[str], typer.Option(help="train, val or test. Repeatable.")] = ["test"],  # noqa: B006
    preset: ElsewherePreset = None,
    set_: Settings = None,
    pooled: Pooled = False,
    json: Json = False,
) -> None:
    """Extract the features of any encoder, once: of a run into its folder, of others into the cache."""
    from workbench.data.clips import load_clips
    from workbench.encoders import open_encoder
    from workbench.features import features_of

    opened = open_encoder(encoder, preset=preset, changes=changes_of(set_))
    made = []
    for source in benchmark or opened.config.probe.benchmarks:
        for part in split:
            clips = load_clips(opened.config.data, part, source=source)
            features = features_of(opened, clips, pooled=pooled, show=True)
            made.append(
                {"benchmark": source, "split": part, "tokens": list(features.tokens.shape), "key": features.key}
            )
    if json:
        print_json(made)
    else:
        print_table(made, ("benchmark", "split", "tokens", "key"), f"Features of {opened.name}")


def probe_command(
    encoder: Encoder,
    benchmark: Names = None,
    probe: Names = None,
    factor: Names = None,
    preset: ElsewherePreset = None,
    set_: Settings = None,
    pooled: Pooled = False,
    again: Annotated[bool, typer.Option(help="Probe anew what has a result already.")] = False,
    json: Json = False,
) -> None:
    """Read factors from a frozen encoder; results of a run go to its rows, of others to the cache."""
    from workbench import probing
    from workbench.encoders import open_encoder

    opened = open_encoder(encoder, preset=preset, changes=changes_of(set_))
    rows = probing.probe(opened, benchmarks=benchmark, probes=probe, factors=factor, pooled=pooled, again=again)
    if json:
        print_json(rows.to_dict("records"))
    else:
        _print_rows(rows)


def _print_rows(rows: Any) -> None:
    """The rows as a table; R² of a continuous factor is marked, and notes are a column where there are any."""
    shown = [
        {
            **row,
            "accuracy %": f"{'R² ' * (row['metric'] == 'r2')}{100 * row['value']:.1f}",
            "95 % interval": f"{100 * row['low']:.1f} to {100 * row['high']:.1f}",
            "chance %": f"{100 * row['chance']:.1f}",
            "note": row["note"] if isinstance(row.get("note"), str) else "",  # rows of before have none
        }
        for row in rows.to_dict("records")
    ]
    print_table(shown, (*ROW_COLUMNS, *["note"] * any(row["note"] for row in shown)))


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

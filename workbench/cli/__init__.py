"""The command line: `workbench …`. Each area is a file; errors a person can act on are printed without a traceback."""

from __future__ import annotations

import sys

import typer

from workbench.cli import claims, data, diagnose, external, gates, info, report, retrieve, runs, sheets, sweep
from workbench.errors import WorkbenchError

app = typer.Typer(
    help="Train, probe, explore and compare compact video JEPA models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data.app.command("gates")(gates.gates_command)
data.app.command("sheet")(sheets.sheet_command)
data.app.command("shifts")(sheets.shifts_command)
app.add_typer(data.app, name="data")
app.command("train")(runs.train_command)
app.command("embed")(runs.embed_command)
app.command("probe")(runs.probe_command)
app.command("diagnose")(diagnose.diagnose_command)
app.command("retrieve")(retrieve.retrieve_command)
app.command("claims")(claims.claims_command)
app.command("audit")(runs.audit_command)
app.command("sweep")(sweep.sweep_command)
app.command("report", cls=report.ReportCommand)(report.report_command)
app.command("import")(external.import_command)
app.command("variants")(info.variants_command)
app.command("benchmarks")(info.benchmarks_command)
app.command("runs")(info.runs_command)
app.command("doctor")(info.doctor_command)


def main() -> None:
    """Entry point: exit status 1 for an error in the input, 130 when interrupted."""
    try:
        app()
    except WorkbenchError as error:
        print(f"Error: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except SystemExit as ended:
        stop = _interrupt(ended)
        if stop is None:
            raise
        step = getattr(stop, "step", None)
        said = f"Stopped at step {step}, which is saved." if step is not None else "Stopped."
        print(f"{said} The same command goes on from there.", file=sys.stderr)
        raise SystemExit(130) from None


def _interrupt(ended: BaseException | None) -> KeyboardInterrupt | None:
    """The Ctrl-C behind an exit: typer catches it and leaves with a bare status."""
    while ended is not None and not isinstance(ended, KeyboardInterrupt):
        ended = ended.__cause__ or ended.__context__
    return ended

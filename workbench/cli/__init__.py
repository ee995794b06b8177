"""The command line: `workbench …`. Each area is a file; errors a person can act on are printed without a traceback."""

from __future__ import annotations

import os
import sys

import typer

from workbench.cli import claims, data, diagnose, external, gates, info, report, retrieve, runs, sheets, sweep
from workbench.disk import refusal, said
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
        try:
            app()
        finally:
            _write_out()
    except WorkbenchError as error:
        print(f"Error: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except OSError as error:  # what was not written as a whole file or folder: locks, logs, what is read
        if (number := refusal(error)) is None:
            raise
        output = f"The output cannot be written: {os.strerror(number)}. Mend that and repeat the command."
        print(
            f"Error: {said(number, error.filename, 'read or written') if error.filename else output}", file=sys.stderr
        )
        raise SystemExit(1) from None
    except SystemExit as ended:
        stop = _interrupt(ended)
        if stop is None:
            raise
        step = getattr(stop, "step", None)
        done = f"Stopped at step {step}, which is saved." if step is not None else "Stopped."
        print(f"{done} The same command goes on from there.", file=sys.stderr)
        raise SystemExit(130) from None


def _write_out() -> None:
    """Write out what is printed, so that a full disk behind it is an error; what nobody reads any more is none."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _print_no_more()
    except OSError:
        _print_no_more()
        raise


def _print_no_more() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python fails once more at its end


def _interrupt(ended: BaseException | None) -> KeyboardInterrupt | None:
    """The Ctrl-C behind an exit: typer catches it and leaves with a bare status."""
    while ended is not None and not isinstance(ended, KeyboardInterrupt):
        ended = ended.__cause__ or ended.__context__
    return ended

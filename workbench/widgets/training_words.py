"""What the training panel says of a run."""

from __future__ import annotations

from workbench.widgets.watch import Watch

PROBES = "Its encoder is being probed; Stop leaves the rest for another time."


def described(watch: Watch) -> tuple[str, str]:
    """The status line of a run, and its level: "info", "busy" or "problem"."""
    text, level = _state(watch)
    if watch.warnings and level != "problem":
        text += f" It shows {len(watch.warnings)} of the signs of collapse: see below."
    return text, level


def _state(watch: Watch) -> tuple[str, str]:
    run, saved = f"`{watch.name}`", f"step {watch.done:,} of {watch.steps:,}"
    match watch.state:
        case "new":
            then = ", then probes it" if watch.probe else ""
            return f"{run} is not there yet. Start trains it for {watch.steps:,} steps{then}.", "info"
        case "training" | "elsewhere":
            return _training(watch, run), "busy"
        case "stopped" if watch.done:
            return f"{run} is stopped at {saved}, which is saved. Resume goes on from there, bit for bit.", "info"
        case "stopped":
            return f"{run} is stopped before its first state was saved. Resume begins at step 0.", "info"
        case "unprobed":
            return f"{run} is trained and not probed yet. Resume probes it.", "info"
        case "finished":
            return f'{run} is finished. Write `wb.explore("{watch.name}")` in a cell to look at its embedding.', "info"
        case "diverged":
            return watch.problem, "problem"
        case _:
            return f"{watch.problem} Mend that, and Resume goes on with {run} from step {watch.done:,}.", "problem"


def _training(watch: Watch, run: str) -> str:
    where = ""
    if watch.holder is not None:
        place = "this machine" if watch.holder.here else watch.holder.host
        where = (
            f"{run} was started elsewhere: process {watch.holder.pid} on {place}, since {watch.holder.since}. "
            "It is watched from here, and Stop asks it to save and end."
        )
    if watch.stopping:
        return f"Stopping {run}: it ends its step and writes its state."
    if watch.run is not None and watch.run.finished:
        return f"{where or f'{run} is trained.'} {PROBES}"
    if where:
        return where
    if not watch.done:
        return f"Starting {run}: packages and clips are read first. The kernel stays free."
    return f"Training {run} in a process of its own. It goes on when the notebook is closed or its kernel ends."


def duration(seconds: float) -> str:
    """Seconds as a person says them: "40 s", "3 min 5 s", "2 h 10 min"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"

"""What a case is, and the home folder that every case begins with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.made_up import make_run
from workbench.models.jepa import Jepa
from workbench.presets import build_config
from workbench.runs import Run

Prepare = Callable[[Path], Any]
RUN = "baseline-smoke-s0"
FOLDER = f"checkpoints/{RUN}"


def nothing(home: Path) -> None:
    """The input is wrong as it is typed."""


@dataclass(frozen=True)
class Case:
    """One broken input.

    `shown` is what a person writes: a command line (run as it stands, in the home folder), or Python in a notebook (`act` does
    it, and gives what the widget says). `what` names what is broken where `shown` does not show it, and `prepare` breaks it.
    `said` is a regular expression of what must be said, `status` the exit status (None: in the notebook). `leaves` are the files
    under the home folder that the command may write before it finds the mistake, as patterns. `process`: in a process of its own.
    `prepare` may give a context that holds while the case is done.
    """

    kind: str
    shown: str
    said: str
    what: str = ""
    prepare: Prepare = nothing
    status: int | None = 1
    act: Callable[[Path], str] | None = None
    leaves: tuple[str, ...] = ()
    process: bool = False


def make_home(home: Path) -> None:
    """Two finished runs with invented rows and the weights that they began with. $WORKBENCH_HOME is `home`."""
    for variant in ("random", "baseline"):
        config = build_config(variant, "smoke")
        run: Run = make_run(variant, clips=100)
        run.save_weights(Jepa(config))

"""What a run's folder says of it, read again and again while it trains: where it stands, its curves, and what was told."""

from __future__ import annotations

from collections import deque
from typing import Any, Literal

from workbench.config import Config
from workbench.errors import UnknownName
from workbench.runs import Run
from workbench.training.background import CHILDREN, Child
from workbench.training.hold import Holder, holder
from workbench.training.live import LiveReader
from workbench.widgets.curves import Curves

State = Literal["new", "stopped", "training", "elsewhere", "unprobed", "finished", "diverged", "failed"]
RECENT = 20  # marks over which the speed is a mean


class Watch:
    """One run under `name`, whether it is there yet or not. `look` reads what is new; the rest is what was found."""

    def __init__(self, name: str, config: Config, probe: bool) -> None:
        self.name, self.config, self.probe = name, config, probe
        self.steps = config.optim.steps
        self.curves = Curves(self.steps)
        self.run: Run | None = None
        self.state: State = "new"
        self.holder: Holder | None = None
        self.done, self.seconds = 0, 0.0
        self.warnings: list[str] = []
        self.problem = ""
        self.asked = False  # a process elsewhere was asked to stop
        self._reader: LiveReader | None = None
        self._marks: deque[tuple[int, float]] = deque(maxlen=RECENT)
        self._whole = False

    @property
    def child(self) -> Child | None:
        """The process of this kernel that trains or trained the run."""
        return CHILDREN.get(self.name)

    @property
    def alive(self) -> bool:
        """Whether a process is working on the run, as far as it was seen."""
        return self.state in ("training", "elsewhere")

    @property
    def stopping(self) -> bool:
        """Whether the process was asked to end and has not ended yet."""
        ours = self.state == "training" and self.child is not None and self.child.stopping
        return ours or (self.state == "elsewhere" and self.asked)

    @property
    def left(self) -> float | None:
        """Seconds of training left, by the speed of the newest marks; None before there are two."""
        if len(self._marks) < 2:
            return None
        (step, seconds), (newest, now) = self._marks[0], self._marks[-1]
        return (now - seconds) / (newest - step) * (self.steps - newest) if newest > step else None

    def look(self) -> None:
        """Read what is new. Raises where the folder is of another format, of other settings, or cannot be read."""
        child = self.child
        ours = child is not None and child.alive  # before the rest: what it wrote last is then on disk
        self._find()
        self.holder = None if self.run is None or ours else holder(self.run)
        status = self.run.info["status"] if self.run else ""
        self.problem = ""
        if ours:
            self.state = "training"
        elif self.holder is not None:
            self.state = "elsewhere"
        elif status == "failed" and self.run is not None:
            self.state, self.problem = "diverged", str(self.run.info["message"])
        elif child is not None and child.failed:
            self.state, self.problem = "failed", child.last_words()
        elif status == "finished" and self.run is not None:
            self.state = "unprobed" if self.probe and _unprobed(self.run) else "finished"
        else:
            self.state = "stopped" if self.run else "new"
        self.asked = self.asked and self.alive
        if self.run is not None:
            self._read(self.run, status)

    def audits(self) -> list[dict[str, Any]]:
        """Findings on a finished run, as rows."""
        from workbench.audit import audit_rows, audit_run

        return audit_rows(audit_run(self.run)) if self.run is not None and self.run.finished else []

    def _find(self) -> None:
        if self.run is not None and self.run.folder.is_dir():
            return
        try:
            self.run = Run.open(self.name)
        except UnknownName:
            self.run = self._reader = None
            return
        self._reader, self._whole = LiveReader(self.run.folder), False
        self.run.require_settings(self.config)

    def _read(self, run: Run, status: str) -> None:
        info = run.info
        if status == "finished":
            if not self._whole:
                self.curves.clear()
                self.curves.add(run.history().to_dict("records"))  # type: ignore[arg-type]
                self._whole, self.done, self.seconds = True, info["step"], info["seconds"]
                self.warnings = _texts(info.get("warnings", []))
            return
        anew, lines = self._reader.read() if self._reader else (False, [])
        if anew:
            self.curves.clear()
            self._marks.clear()
        self.curves.add(line for line in lines if "step" in line)
        for mark in (line for line in lines if "done" in line):
            self.done, self.seconds, self.warnings = mark["done"], mark["seconds"], mark["warnings"]
            self._marks.append((self.done, self.seconds))
        if not self.alive:
            self.done, self.seconds = info["step"], info["seconds"]  # it goes on from what was saved


def _unprobed(run: Run) -> bool:
    """Whether cells that the run's settings ask for are still lacking."""
    from workbench.probing import lacking

    return bool(lacking(run))


def _texts(warnings: list[dict[str, Any]]) -> list[str]:
    """Signs of collapse that run.json holds, in words."""
    if not warnings:
        return []
    from workbench.training.collapse import Warning  # with torch, so only where there are any

    return [Warning(**warning).text for warning in warnings]

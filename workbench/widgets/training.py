"""The training panel: start, watch, stop and resume a run from a notebook, while the kernel stays free."""

from __future__ import annotations

import threading
from typing import Any

import ipywidgets as widgets

from workbench.config import Config
from workbench.errors import UnknownName, WorkbenchError
from workbench.presets import PRESETS, build_config, run_name
from workbench.runs import Run
from workbench.training.background import log_of, start, tail, train_arguments
from workbench.training.hold import ask_to_stop
from workbench.variants import VARIANTS
from workbench.widgets.layout import Quiet, menu
from workbench.widgets.messages import guarded
from workbench.widgets.poller import Poller
from workbench.widgets.training_words import described, duration
from workbench.widgets.view import View
from workbench.widgets.watch import Watch

PERIOD = 1.0  # seconds between two looks at a run that is training
USUAL = "usual"


def training_panel(
    variant: str = "baseline",
    preset: str = "quick",
    seed: int = 0,
    *,
    data: str | None = None,
    changes: dict[str, Any] | None = None,
    probe: bool = True,
) -> TrainingPanel:
    """Open the panel on a run: `variant`, `preset`, `seed`, `data` and `changes` as `build_config` takes them, probed when trained.

    In a notebook the last expression of a cell shows it. It starts nothing by itself; a run that is training already, from here or
    from elsewhere, is watched. What cannot be done, it says in its status line.
    """
    return TrainingPanel(variant, preset, seed, data, changes, probe)


class TrainingPanel:
    """`widget` is what is shown; `start`, `stop` and `choose` do what the buttons and menus do; `run` is the run on disk, if any.

    The training is a process of its own: it outlives the panel and the kernel, and any panel on the same run finds it again.
    """

    def __init__(
        self,
        variant: str,
        preset: str,
        seed: int,
        data: str | None,
        changes: dict[str, Any] | None,
        probe: bool,
        period: float = PERIOD,
    ) -> None:
        self.changes, self.probe, self._period = changes or {}, probe, period
        self.watch: Watch | None = None
        self.message = ""
        self._lock = threading.RLock()  # a look of the poller and a press of a button do not meet
        self._poller: Poller | None = None
        self._audits: list[dict[str, Any]] = []
        self.quiet = Quiet()
        self.variant = menu("Variant", "what is trained", "2 1 240px")
        self.preset = menu("Preset", "how large the run is", "1 1 150px")
        self.data = menu("Data", "what it is trained on", "1 1 190px")
        narrow = {"style": {"description_width": "initial"}, "layout": widgets.Layout(width="110px")}
        self.seed = widgets.BoundedIntText(description="Seed", min=0, max=2**31 - 1, **narrow)
        self.go = widgets.Button(description="Start", icon="play", layout=widgets.Layout(width="105px"))
        self.halt = widgets.Button(description="Stop", icon="stop", layout=widgets.Layout(width="90px"))
        self.status, self.view = View("status"), View("training")
        self._controls = [self.variant, self.preset, self.data, self.seed, self.go, self.halt]
        bar = widgets.Box(self._controls, layout=widgets.Layout(flex_flow="row wrap", align_items="center"))
        layout = widgets.Layout(width="100%", grid_gap="8px", padding="4px 8px 8px 4px")
        self.widget = widgets.VBox([bar, self.status, self.view], layout=layout)
        self.widget.add_class("wbx-explorer").add_class("wbx-training")  # the first has the colours of the page
        for control in (self.variant, self.preset, self.data, self.seed):
            self.quiet.observe(control, self.open)
        self.go.on_click(lambda _: self.start())
        self.halt.on_click(lambda _: self.stop())
        self.choose(variant, preset, seed, data)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.widget)

    @property
    def run(self) -> Run | None:
        """The run on disk; None before it is there."""
        return self.watch.run if self.watch else None

    @property
    def state(self) -> str:
        """One of `workbench.widgets.watch.State`; "" where there is no run to show."""
        return self.watch.state if self.watch else ""

    # What a person does

    @guarded
    def choose(self, variant: str, preset: str, seed: int, data: str | None = None) -> None:
        """Show another run. An unknown variant, preset or data set is said, with the known ones."""
        with self._lock:
            self._leave()
            composed = [variant] if variant in VARIANTS and variant not in list(VARIANTS) else []
            titles = [(f"{name} – {VARIANTS[name].title}", name) for name in (*VARIANTS, *composed)]
            sets = _data_sets()
            self.quiet.fill(self.variant, titles, variant)
            self.quiet.fill(self.preset, list(PRESETS), preset)
            self.quiet.fill(self.data, sets, data or USUAL)
            with self.quiet.silently():
                self.seed.value = seed
            build_config(variant, preset, seed, changes=self.changes)  # raises for what is unknown
            if data and data not in (known := [name for _, name in sets]):
                raise UnknownName("data set", data, known)
            self.open()

    @guarded
    def open(self) -> None:
        """Show the run of the menus as it stands now, and watch it where it is training."""
        with self._lock:
            self._leave()
            config = self._config()
            self.watch = Watch(run_name(config), config, self.probe)
            self._look()

    @guarded
    def start(self) -> None:
        """Start the run, or go on with it, in a process of its own; returns at once."""
        with self._lock:
            watch = self._ready()
            watch.look()
            if watch.alive:
                raise WorkbenchError(f"The run '{watch.name}' is training already.")
            if watch.state == "finished":
                raise WorkbenchError(f"The run '{watch.name}' is finished. Choose another seed or variant.")
            if watch.state == "diverged":
                raise WorkbenchError(watch.problem)
            start(watch.name, train_arguments(watch.config, self.changes, self.probe), watch.config)
            self._look()

    @guarded
    def stop(self) -> None:
        """Ask the run to save its state and end, as Ctrl-C does; `start` goes on from there, bit for bit."""
        with self._lock:
            watch = self._ready()
            watch.look()
            if watch.state == "training" and watch.child is not None:
                watch.child.stop()
            elif watch.state == "elsewhere" and watch.run is not None:
                ask_to_stop(watch.run)
                watch.asked = True
            else:
                raise WorkbenchError(f"The run '{watch.name}' is not training.")
            self._show()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the run that is watched has ended; False where `timeout` seconds were not enough. For scripts."""
        return self._poller.wait(timeout) if self._poller else True

    def close(self) -> None:
        """Watch no more and take the panel off the page. The training goes on."""
        poller = self._poller
        with self._lock:
            self._leave()
        if poller is not None:
            poller.wait()
        for part in (*self._controls, self.status, self.view, self.widget):
            part.close()

    def say(self, text: str, level: str = "info") -> None:
        """Show a message: "info", "busy" or "problem"."""
        self.message = text
        self.status.show(level=level, text=text)

    # What follows from it

    def _config(self) -> Config:
        data = None if self.data.value == USUAL else self.data.value
        return build_config(self.variant.value, self.preset.value, self.seed.value, changes=self.changes, data=data)

    def _ready(self) -> Watch:
        if self.watch is None:
            raise WorkbenchError(self.message or "There is no run to start. Choose one.")
        return self.watch

    @guarded
    def _look(self) -> None:
        """Read what is new and show it; watch on where the run is training."""
        watch = self._ready()
        self.go.disabled = self.halt.disabled = True  # also where reading raises
        watch.look()
        self._show()
        if watch.alive and (self._poller is None or not self._poller.alive):
            self._poller = Poller(lambda: self._again(watch), self._period, f"watch {watch.name}")

    def _again(self, watch: Watch) -> bool:
        with self._lock:
            if self.watch is not watch:
                return False  # another run is shown by now
            self._look()
            return watch.alive

    def _leave(self) -> None:
        """Watch the run no more."""
        self._poller, poller = None, self._poller
        if poller is not None:
            poller.end()
        self.watch, self._audits = None, []

    def _show(self) -> None:
        watch = self._ready()
        if watch.alive:
            self._audits = []  # what it does may change them
        elif watch.state in ("finished", "unprobed") and not self._audits:
            self._audits = watch.audits()
        self.go.description = "Start" if watch.state == "new" else "Resume"
        self.go.disabled = watch.alive or watch.state in ("finished", "diverged")
        self.halt.disabled = not watch.alive or watch.stopping
        text, level = described(watch)
        if text != self.message:  # a line that does not change is not read out again
            self.say(text, level)
        lines = tail(log_of(watch.name)) if watch.state != "finished" else []
        self.view.show(
            name=watch.name,
            done=watch.done,
            steps=watch.steps,
            note=_time(watch),
            warnings=watch.warnings,
            charts=watch.curves.charts(),
            audits=self._audits,
            log=lines,
            failed=watch.state in ("failed", "diverged"),
            code=f'wb.explore("{watch.name}")' if watch.state == "finished" else "",
        )


def _time(watch: Watch) -> str:
    """Seconds of training so far, and what is left of them."""
    spent = f"{duration(watch.seconds)} of training"
    left = watch.left if watch.alive and watch.done < watch.steps else None
    return spent if left is None else f"{spent}, about {duration(left)} left"


def _data_sets() -> list[tuple[str, str]]:
    """What can be trained on: the usual, the regimes and benchmarks, the imported sets."""
    from workbench.config import DataSettings
    from workbench.data.benchmarks import BENCHMARKS
    from workbench.data.clips import imported_names

    usual = DataSettings.model_fields["source"].default
    others = [name for name in (*BENCHMARKS, *imported_names()) if name != usual]
    return [(f"{usual} (usual)", USUAL), *((name, name) for name in others)]

"""The space forming over training: one map of the same clips for every step that a run kept, aligned to each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ipywidgets as widgets
import numpy as np

from workbench.errors import WorkbenchError
from workbench.widgets.catalogue import Catalogue, Note, Wanted
from workbench.widgets.source import Source

NO_STEP = -1
NONE_KEPT = (
    "This run kept its last weights only. `workbench train … --set 'runtime.snapshots=[0, 100, 500, 1000]'` keeps those "
    "steps too, with which a slider here shows the space forming."
)


@dataclass(frozen=True)
class Step:
    """A step of training: its source and its place on the common map, (n, 2 or 3)."""

    step: int
    source: Source
    coordinates: np.ndarray


def steps_of(catalogue: Catalogue, wanted: Wanted, method: str, dims: int, note: Note) -> list[Step]:
    """Every step that the run kept, on maps aligned from the last step backwards. Raises where it kept none."""
    from dataclasses import replace

    from workbench.exploring.aligned import aligned_over_steps

    known = catalogue.steps(wanted.run)
    if len(known) < 2:
        raise WorkbenchError(NONE_KEPT)
    sources = []
    for count, step in enumerate(known, start=1):
        note(f"Step {step:,}, {count} of {len(known)}: its features are extracted the first time.")
        sources.append(catalogue.open(replace(wanted, step=step), lambda _: None))
    maps = aligned_over_steps([source.features for source in sources], method, dims)
    return [Step(*one) for one in zip(known, sources, maps, strict=True)]


class OverSteps:
    """A button that loads the steps and a slider that goes through them. `load()` gives the steps, `go(step)` shows one."""

    def __init__(self, load: Callable[[], None], go: Callable[[Step], None]) -> None:
        self.steps: list[Step] = []
        self._go = go
        self._quiet = False
        self.load = widgets.Button(
            description="Load the steps",
            tooltip="Extract features at every step that the run kept",
            layout=widgets.Layout(width="160px"),
        )
        self.slider = widgets.SelectionSlider(
            options=[("–", NO_STEP)],
            description="Step",
            disabled=True,
            continuous_update=True,
            layout=widgets.Layout(width="560px"),
        )
        self.note = widgets.HTML(
            "One map for every step that the run kept; a point stays the same clip, so that one sees where it goes."
        )
        self.load.on_click(lambda _: load())
        self.slider.observe(lambda change: self._moved(change["new"]), "value")
        self.widget = widgets.VBox(
            [self.note, widgets.HBox([self.load, self.slider])], layout=widgets.Layout(min_height="230px")
        )

    def show(self, steps: Sequence[Step]) -> None:
        """Offer steps, the last one chosen; none: nothing to slide over."""
        self.steps, self._quiet = list(steps), True
        self.slider.options = [(f"{one.step:,}", one.step) for one in self.steps] or [("–", NO_STEP)]
        self.slider.value = self.steps[-1].step if self.steps else NO_STEP
        self.slider.disabled, self._quiet = not self.steps, False

    def at(self, step: int) -> Step:
        """A step by its number; an unknown one raises."""
        for one in self.steps:
            if one.step == step:
                return one
        raise WorkbenchError(
            f"There is no step {step} here; there are {', '.join(str(one.step) for one in self.steps) or 'none'}."
        )

    def _moved(self, step: int) -> None:
        if step != NO_STEP and not self._quiet:
            self._go(self.at(step))

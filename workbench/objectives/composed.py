"""The set of objectives that a run trains with: the base loss and its variant's, with coefficients and weighting."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from workbench.config import ObjectiveSettings
from workbench.errors import UnknownName, WorkbenchError
from workbench.latents import ClipTargets, Grid, LatentBatch
from workbench.objectives.base import OBJECTIVES, Objective
from workbench.objectives.terms import Terms, TokenErrors
from workbench.objectives.video_text import VideoText
from workbench.registry import Registry
from workbench.text.batch import random_captions

# What a coefficient is multiplied with at `progress` in [0, 1].
SCHEDULES: Registry[Callable[[Tensor], Tensor | float]] = Registry("schedule of a coefficient")
SCHEDULES.add("constant", lambda progress: 1.0)
SCHEDULES.add("second_half", lambda progress: (progress >= 0.5).float())  # 0 at first, then 1
SCHEDULES.add("cosine", lambda progress: 0.5 * (1 + torch.cos(math.pi * progress)))  # 1 at first, 0 at the end


class ObjectiveSet(nn.Module):
    """The base loss and the objectives of a variant, with coefficient, schedule and weighting of every term.

    `width` is the number of channels of a latent token, `text_width` that of a caption's embedding (0: there are no captions),
    `clips` the size of the joint batch. A setting that names no term, a coefficient that is negative or not
    finite, and two objectives with one term or one head raise.
    """

    def __init__(self, settings: ObjectiveSettings, width: int, text_width: int = 0, clips: int = 0) -> None:
        super().__init__()
        self.settings, self.width, self.text_width = settings, width, text_width
        self.parts = nn.ModuleDict({"base": _build("base", width, {})})
        for name, keywords in settings.settings.items():
            tied = issubclass(OBJECTIVES[name], VideoText)
            if tied and not text_width:
                raise WorkbenchError(
                    f"'{name}' ties clips to captions, so the settings need a section `text`: --set text.tower=compact."
                )
            self.parts[name] = _build(
                name, width, keywords | ({"text_width": text_width, "clips": clips} if tied else {})
            )
        self.owner = {term: name for name, part in self.objectives().items() for term in part.terms}
        self.weights = dict.fromkeys(self.owner, 1.0) | settings.weights
        self._check()

    def objectives(self) -> dict[str, Objective]:
        """The base and the variant's objectives by name."""
        return {name: part for name, part in self.parts.items() if isinstance(part, Objective)}

    def heads(self) -> dict[str, Objective]:
        """The objectives that own parameters."""
        return {name: part for name, part in self.objectives().items() if any(True for _ in part.parameters())}

    @property
    def terms(self) -> tuple[str, ...]:
        """Names of all terms of the loss."""
        return tuple(self.owner)

    def _check(self) -> None:
        _once(
            "term named", (term for part in self.objectives().values() for term in part.terms), "rename one of the two"
        )
        owned = [id(parameter) for part in self.parts.values() for parameter in part.parameters()]
        if len(owned) > len(set(owned)):
            raise WorkbenchError("Two objectives of this run own the same head; give each a head of its own.")
        named = (*self.settings.weights, *self.settings.schedules, *self.settings.hard, *self.settings.no_gradient)
        for term in named:
            if term not in self.owner:
                raise UnknownName("loss term", term, self.terms)
        for term, weight in self.settings.weights.items():
            if not 0 <= weight < math.inf:
                raise WorkbenchError(f"The weight of '{term}' is {weight}; it must be a finite number, zero or more.")
        for term, temperature in self.settings.hard.items():
            if not 0 < temperature < math.inf:
                raise WorkbenchError(
                    f"The temperature of '{term}' is {temperature}; it must be a finite number above zero."
                )
        for schedule in self.settings.schedules.values():
            SCHEDULES[schedule]

    def check(self, grid: Grid) -> None:
        """Raise where a term has no meaning on a token grid, or an objective does not give the terms that it names.

        Every objective is tried on random latents, so that a mistake in one's own shows before a run is made.
        """
        for name, part in self.objectives().items():
            part.check(grid)
            with torch.random.fork_rng(), torch.no_grad():
                found = tuple(part(random_batch(grid, part.width, text_width=self.text_width)))
            if found != part.terms:
                raise WorkbenchError(f"Objective '{name}' names the terms {part.terms} and returns {found}.")
        with torch.random.fork_rng(), torch.no_grad():
            self(random_batch(grid, self.width, text_width=self.text_width))

    def coefficient(self, term: str, progress: Tensor) -> Tensor | float:
        """Coefficient of `term` at `progress` in [0, 1]."""
        value = self.weights[term] * SCHEDULES[self.settings.schedules.get(term, "constant")](progress)
        if term != "context":
            return value
        start = self.settings.context_start
        return value * self.settings.context_weight * ((progress - start) / max(1 - start, 1e-9)).clamp(0, 1)

    def forward(self, batch: LatentBatch) -> Terms:
        """Every term; the loss is the sum of the weighted ones."""
        terms = Terms({}, {}, {})
        for part in self.objectives().values():
            for term, value in part(batch).items():
                raw = self._reduced(term, value, terms)
                terms.raw[term] = raw.detach() if term in self.settings.no_gradient else raw
                terms.weighted[term] = self.coefficient(term, batch.progress) * terms.raw[term]
        return terms

    def _reduced(self, term: str, value: Tensor | TokenErrors, terms: Terms) -> Tensor:
        """The scalar of a term; notes the share of tokens in effect where it is weighted."""
        if term not in self.settings.hard:
            return value.mean() if isinstance(value, TokenErrors) else value
        if not isinstance(value, TokenErrors):
            raise WorkbenchError(f"'{term}' is no token-wise term, so objective.hard cannot weight its tokens.")
        mean, terms.effective[term] = value.hard_mean(self.settings.hard[term])
        return mean


def random_batch(grid: Grid, width: int, clips: int = 2, text_width: int = 0) -> LatentBatch:
    """Random latents of every token of a few clips, half of them visible, to try an objective on; with captions where they have a width."""
    text = random_captions(clips, text_width, wrong=True) if text_width else None
    tokens = math.prod(grid)
    order = torch.rand(clips, tokens).argsort(1)
    seen = max(tokens // 2, 1)
    pixels = torch.randint(0, 256, (clips, 2 * grid[0], grid[1], grid[2], 3), dtype=torch.uint8)
    return LatentBatch(
        context=torch.randn(clips, seen, width),
        predictions=torch.randn(clips, tokens - seen, width),
        context_predictions=torch.randn(clips, seen, width),
        visible=order[:, :seen].sort(1).values,
        predicted=order[:, seen:].sort(1).values,
        clip=ClipTargets(torch.randn(clips, tokens, width), grid, pixels, text),
        progress=torch.tensor(0.5),
    )


def _once(what: str, names: Iterable[str], advice: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise WorkbenchError(f"Two objectives of this run have a {what} '{name}'; {advice}.")
        seen.add(name)


def _build(name: str, width: int, keywords: dict[str, Any]) -> Objective:
    kind = OBJECTIVES[name]
    try:
        inspect.signature(kind).bind(width, **keywords)
    except TypeError as error:
        raise WorkbenchError(f"Objective '{name}' does not take these settings: {keywords} ({error}).") from None
    return kind(width, **keywords)

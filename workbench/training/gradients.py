"""Which term of the loss moves what: the norm of each term's gradient at the encoder, the predictor and every head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from workbench.models.jepa import Jepa
from workbench.objectives import Terms
from workbench.objectives.video_text import VideoText

GRADIENT_COLUMNS = ("step", "term", "place", "coefficient", "norm")


def audited_steps(steps: int) -> tuple[int, ...]:
    """The steps that are looked at: the first, the middle one and the last."""
    return tuple(sorted({0, steps // 2, steps - 1})) if steps else ()


def gradient_norms(model: Jepa, terms: Terms, progress: Tensor, step: int) -> list[dict[str, Any]]:
    """One row a term and place: `step`, `term`, `place`, `coefficient` and `norm`, that of the gradient of the unweighted term.

    Places: "encoder", "predictor", "head" for the parameters that the term's own objective holds, if it has any, and "text tower"
    of a term that ties clips to captions whose tower is trained.
    """
    rows = []
    for term, value in terms.raw.items():
        places: dict[str, nn.Module] = {"encoder": model.encoder, "predictor": model.predictor}
        owner = model.objectives.owner[term]
        if owner in model.objectives.heads():
            places["head"] = model.objectives.parts[owner]
        if model.tower is not None and isinstance(model.objectives.parts[owner], VideoText):
            places["text tower"] = model.tower
        parameters = {place: list(module.parameters()) for place, module in places.items()}
        every = [parameter for held in parameters.values() for parameter in held]
        if value.requires_grad:
            found: Sequence[Tensor | None] = torch.autograd.grad(value, every, retain_graph=True, allow_unused=True)
        else:
            found = [None] * len(every)
        coefficient = float(model.objectives.coefficient(term, progress))
        start = 0
        for place, held in parameters.items():
            norm = _norm(found[start : start + len(held)])
            rows.append(dict(zip(GRADIENT_COLUMNS, (step, term, place, coefficient, norm), strict=True)))
            start += len(held)
    return rows


def _norm(gradients: Sequence[Tensor | None]) -> float:
    return float(sum(float(g.detach().double().square().sum()) for g in gradients if g is not None)) ** 0.5

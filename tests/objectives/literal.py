"""Slow, literal readings of the formulas in OBJECTIVES: loops over clips, steps and places."""

from __future__ import annotations

import math

import torch

from tests.objectives import literal_text
from tests.objectives.conftest import GRID

PLACES = [(t, y, x) for t in range(GRID[0]) for y in range(GRID[1]) for x in range(GRID[2])]


def seen(batch, clip):
    return {PLACES[index] for index in batch.visible[clip].tolist()}


def visible_runs(batch, length=2):
    """(clip, t, y, x) where a place is visible at t, t + 1, … of `length` steps."""
    for clip in range(len(batch.targets)):
        where = seen(batch, clip)
        for t, y, x in sorted(where):
            if all((t + k, y, x) in where for k in range(length)):
                yield clip, t, y, x


def z(batch, clip, t, y, x):
    return batch.context[clip, batch.visible[clip].tolist().index(PLACES.index((t, y, x)))]


def h(batch, clip, t, y, x):
    return batch.targets[clip, PLACES.index((t, y, x))]


def mean(values):
    return torch.stack(list(values)).mean()


def prediction_errors(batch):
    """Error of every predicted token, clip by clip."""
    return [
        torch.stack(
            [(batch.predictions[c, j] - batch.targets[c, n]).abs().mean() for j, n in enumerate(batch.predicted[c])]
        )
        for c in range(len(batch.targets))
    ]


def hard(errors_by_clip, temperature=1.0):
    """Mean of w·e, w = n·softmax(e/τ) over the n tokens of a clip, without gradient through w."""
    weighted = [len(e) * torch.softmax(e.detach() / temperature, 0) * e for e in errors_by_clip if len(e)]
    return torch.cat(weighted).mean()


def by_clip(batch, error, length=2):
    """Errors at visible runs, clip by clip."""
    found = [[] for _ in range(len(batch.targets))]
    for place in visible_runs(batch, length):
        found[place[0]].append(error(*place))
    return [torch.stack(errors) if errors else torch.zeros(0) for errors in found]


def base_predict(batch, objective):
    return mean(error for errors in prediction_errors(batch) for error in errors)


def base_context(batch, objective):
    errors = []
    for clip in range(len(batch.targets)):
        hidden = [PLACES[index] for index in batch.predicted[clip].tolist()]
        for j, index in enumerate(batch.visible[clip].tolist()):
            nearest = min(math.dist(PLACES[index], place) for place in hidden)
            errors.append((batch.context_predictions[clip, j] - batch.targets[clip, index]).abs().mean() / nearest**0.5)
    return mean(errors)


def delta(batch, objective):
    return mean(
        ((z(batch, c, t + 1, y, x) - z(batch, c, t, y, x)) - (h(batch, c, t + 1, y, x) - h(batch, c, t, y, x)))
        .abs()
        .mean()
        for c, t, y, x in visible_runs(batch)
    )


def fwm_static(batch, objective):
    return mean(
        (z(batch, c, t + 1, y, x) - z(batch, c, t, y, x))[:6].abs().mean() for c, t, y, x in visible_runs(batch)
    )


def fwm_orth(batch, objective):
    return torch.cov(batch.context.flatten(0, 1).T, correction=0)[:6, 6:].square().mean()


def ld_error(batch, objective):
    return lambda c, t, y, x: (
        (objective.head(z(batch, c, t, y, x)) - (h(batch, c, t + 1, y, x) - h(batch, c, t, y, x))).abs().mean()
    )


def ld(batch, objective):
    return torch.cat(by_clip(batch, ld_error(batch, objective))).mean()


def colour(batch, clip, t, y, x):
    """Mean colour of a token's pixels in the units that the encoder is given; tokens are 2 × 2 × 2 here."""
    part = batch.clip.clips[clip, 2 * t : 2 * t + 2, 2 * y : 2 * y + 2, 2 * x : 2 * x + 2]
    return (part.float() * 4 / 255 - 2).mean((0, 1, 2))


def ac(batch, objective):
    return mean(
        (objective.head(z(batch, c, t, y, x)) - (colour(batch, c, t + 1, y, x) - colour(batch, c, t, y, x)))
        .abs()
        .mean()
        for c, t, y, x in visible_runs(batch)
    )


def ltc(batch, objective):
    def cos(a, b):
        return (a * b).sum() / (a.norm() * b.norm())

    return mean(
        (0.5 - cos(z(batch, *p), h(batch, *p)) + cos(z(batch, *p), h(batch, c, p[1] + 1, *p[2:]))).clamp(min=0)
        for p in visible_runs(batch)
        for c in [p[0]]
    )


def spectral(batch, objective):
    """The discrete Fourier transform written out."""
    steps, errors = GRID[0], []
    for c, _, y, x in visible_runs(batch, steps):
        difference = torch.stack([z(batch, c, t, y, x) - h(batch, c, t, y, x) for t in range(steps)])
        count = steps // 2 + 1
        for k in range(count):
            angle = 2 * math.pi * k * torch.arange(steps, dtype=difference.dtype) / steps
            real, imaginary = (difference * angle.cos()[:, None]).sum(0), (difference * angle.sin()[:, None]).sum(0)
            errors.append((0.1 + 0.9 * k / (count - 1)) * (real.square() + imaginary.square()).sqrt().mean())
    return mean(errors)


def kinematic(batch, objective):
    return mean((z(batch, c, t + 1, y, x) - z(batch, c, t, y, x)).abs().mean() for c, t, y, x in visible_runs(batch))


def velgate(batch, objective):
    errors = []
    for c, t, y, x in visible_runs(batch):
        speeds = [
            (h(batch, c, t + 1, v, u) - h(batch, c, t, v, u)).norm() for v in range(GRID[1]) for u in range(GRID[2])
        ]
        if (h(batch, c, t + 1, y, x) - h(batch, c, t, y, x)).norm() <= torch.stack(speeds).median():
            errors.append((z(batch, c, t + 1, y, x) - z(batch, c, t, y, x)).abs().mean())
    return mean(errors)


def hamiltonian(batch, objective):
    """The derivatives of the energy by automatic differentiation."""

    def slope(state):
        return torch.autograd.grad(objective.energy(state), state, create_graph=True)[0]

    errors = []
    for c, t, y, x in visible_runs(batch):
        q, p = z(batch, c, t, y, x).chunk(2)
        p = p - 0.1 * slope(torch.cat([q, p]))[:6]
        q = q + 0.1 * slope(torch.cat([q, p]))[6:]
        errors.append((torch.cat([q, p]) - h(batch, c, t + 1, y, x)).abs().mean())
    return mean(errors)


def sigreg(batch, objective):
    """cos and sin of every product, summed by trapezoids over [−3, 3]."""
    torch.manual_seed(0)
    directions = torch.randn(12, objective.slices, dtype=batch.context.dtype)
    projected = batch.context.flatten(0, 1) @ (directions / directions.norm(dim=0))
    t = torch.linspace(-3, 3, 33, dtype=projected.dtype)
    angle = projected[..., None] * t
    gauss = torch.exp(-t.square() / 2)
    distance = ((angle.cos().mean(0) - gauss).square() + angle.sin().mean(0).square()) * gauss
    return len(projected) * torch.trapezoid(distance, t, dim=-1).mean()


FORMULAS = {
    ("base", "predict"): base_predict,
    ("base", "context"): base_context,
    ("hw", "hw"): base_predict,
    ("delta", "delta"): delta,
    ("fwm", "fwm_static"): fwm_static,
    ("fwm", "fwm_orth"): fwm_orth,
    ("ld", "ld"): ld,
    ("ac", "ac"): ac,
    ("ltc", "ltc"): ltc,
    ("spectral", "spectral"): spectral,
    ("kinematic", "kinematic"): kinematic,
    ("velgate", "velgate"): velgate,
    ("hamiltonian", "hamiltonian"): hamiltonian,
    ("sigreg", "sigreg"): sigreg,
    **literal_text.FORMULAS,
}

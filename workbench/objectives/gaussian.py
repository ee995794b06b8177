"""`sigreg`: the visible tokens are to be distributed as an isotropic Gaussian, tested along random directions."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from workbench.distributed import all_mean, processes
from workbench.latents import LatentBatch
from workbench.objectives.base import OBJECTIVES, Objective
from workbench.objectives.terms import TokenErrors


class _Characteristic(torch.autograd.Function):
    """Means over samples of cos(k·θ) and sin(k·θ) for k = 0 … count−1: θ (n, s) -> two of (count, s).

    The multiples come from one another by the addition theorem, in both passes, and nothing but θ is kept between them.
    """

    @staticmethod
    def forward(ctx: Any, angle: Tensor, count: int) -> tuple[Tensor, Tensor]:
        ctx.save_for_backward(angle)
        cosines, sines = zip(*((c.mean(0), s.mean(0)) for c, s in _multiples(angle, count)), strict=True)
        return torch.stack(cosines), torch.stack(sines)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (angle,) = ctx.saved_tensors
        of_cosine, of_sine = (gradient / len(angle) for gradient in gradients)
        total = torch.zeros_like(angle)
        for k, (cosine, sine) in enumerate(_multiples(angle, len(of_cosine))):
            if k:
                total.addcmul_(cosine, k * of_sine[k]).addcmul_(sine, -k * of_cosine[k])
        return total, None


def _multiples(angle: Tensor, count: int) -> Any:
    """cos(k·θ), sin(k·θ) for k = 0 … count−1, each pair before the next is made."""
    one_c, one_s = angle.cos(), angle.sin()
    cosine, sine = torch.ones_like(angle), torch.zeros_like(angle)
    for _ in range(count):
        yield cosine, sine
        cosine, sine = cosine * one_c - sine * one_s, sine * one_c + cosine * one_s


def epps_pulley(projected: Tensor, points: int = 17, reach: float = 3.0) -> Tensor:
    """N·∫ |φ̂(t) − e^(−t²/2)|² e^(−t²/2) dt over [−reach, reach] for every column of `projected` (n, s): (s,).

    N is the number of samples over all processes, so the value is about 1 for a Gaussian at any N and grows with N
    otherwise; libraries differ by that factor. Trapezoids over `points` values of t in [0, reach]; the integrand is even.
    Source: LeJEPA (arXiv 2511.08544); convention in DIAGNOSTICS.
    """
    step = reach / (points - 1)
    cosine, sine = _Characteristic.apply(projected * step, points)  # type: ignore[no-untyped-call]
    cosine, sine = all_mean(cosine), all_mean(sine)
    t = torch.linspace(0, reach, points, device=projected.device, dtype=projected.dtype)
    gauss = torch.exp(-0.5 * t.square())
    weight = gauss * 2 * step
    weight[[0, -1]] *= 0.5
    distance = (cosine - gauss[:, None]).square() + sine.square()
    return len(projected) * processes() * (weight @ distance)


@OBJECTIVES.register("sigreg")
class SIGReg(Objective):
    """`sigreg` = mean of the Epps–Pulley statistic of the visible tokens over `slices` random directions.

    The directions are drawn anew from torch's random state, which a training step sets from seed and step. The study's
    coefficient is 1.0. Source: LeJEPA (arXiv 2511.08544), restated in OBJECTIVES.
    """

    terms = ("sigreg",)

    def __init__(self, width: int, *, slices: int = 1024, points: int = 17) -> None:
        super().__init__(width)
        self.slices, self.points = slices, points

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The term, a scalar."""
        tokens = batch.context.flatten(0, 1)
        directions = torch.randn(self.width, self.slices, device=tokens.device, dtype=tokens.dtype)
        return {"sigreg": epps_pulley(tokens @ (directions / directions.norm(dim=0)), self.points).mean()}

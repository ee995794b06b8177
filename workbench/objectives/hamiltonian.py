"""`hamiltonian`: a context token, split into position and momentum, evolves under a learned energy into the teacher's next one."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from workbench.errors import WorkbenchError
from workbench.latents import LatentBatch
from workbench.objectives.base import OBJECTIVES, Objective
from workbench.objectives.terms import TokenErrors


class Energy(nn.Module):
    """A scalar energy of a state: E(x) = w·GELU(Wx + b). No constant is added: it would have no gradient."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.inner = nn.Linear(width, hidden)
        self.outer = nn.Linear(hidden, 1, bias=False)

    def forward(self, state: Tensor) -> Tensor:
        """(…, width) -> (…)."""
        return self.outer(nn.functional.gelu(self.inner(state))).squeeze(-1)

    def gradient(self, state: Tensor) -> Tensor:
        """∂E/∂x in closed form, so that one backward pass trains through it: (…, width) -> (…, width)."""
        x = self.inner(state)
        density = torch.exp(-0.5 * x.square()) / math.sqrt(2 * math.pi)
        slope = 0.5 * (1 + torch.erf(x / math.sqrt(2))) + x * density  # derivative of GELU
        return (slope * self.outer.weight[0]) @ self.inner.weight


@OBJECTIVES.register("hamiltonian")
class Hamiltonian(Objective):
    """`hamiltonian` = mean over visible pairs and channels of |(q′, p′) − H[t+1]|, (q, p) the two halves of Z[t].

    One symplectic Euler step: p′ = p − dt·∂E/∂q(q, p), q′ = q + dt·∂E/∂p(q, p′). The study's dt is 0.1 and its coefficient
    1.0. Source: arXiv 2605.17165, restated in OBJECTIVES. Raises for an odd number of channels.
    """

    terms = ("hamiltonian",)

    def __init__(self, width: int, *, hidden: int = 256, dt: float = 0.1) -> None:
        super().__init__(width)
        if width % 2:
            raise WorkbenchError(f"'hamiltonian' splits a token in two halves; {width} channels are odd.")
        self.energy, self.dt = Energy(width, hidden), dt

    def forward(self, batch: LatentBatch) -> dict[str, Tensor | TokenErrors]:
        """The term, token-wise."""
        state = batch.context
        half = self.width // 2
        q, p = state[..., :half], state[..., half:]
        p = p - self.dt * self.energy.gradient(state)[..., :half]
        q = q + self.dt * self.energy.gradient(torch.cat([q, p], -1))[..., half:]
        errors = (torch.cat([q, p], -1) - batch.at_pairs(batch.target_grid[:, 1:])).abs().mean(-1)
        return {"hamiltonian": TokenErrors(errors, batch.begins_pair)}

"""The optimiser of everything that is trained by a run's settings: AdamW without decay of biases, norms and single tokens."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from workbench.config import OptimSettings


def adamw(parts: Sequence[tuple[Sequence[nn.Parameter], float]], settings: OptimSettings) -> torch.optim.AdamW:
    """AdamW over `parts`: parameters, and by how much their learning rate is scaled. Parameters of one dimension or none are not decayed."""
    groups = [
        {"params": [p for p in held if (p.ndim > 1) == decayed], "weight_decay": decay, "lr_scale": scale}
        for held, scale in parts
        for decayed, decay in ((True, settings.weight_decay), (False, 0.0))
    ]
    return torch.optim.AdamW(groups, lr=settings.lr, betas=(0.9, settings.beta2), fused=True)


def set_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    """Give every group the learning rate `rate`, times its scale."""
    for group in optimiser.param_groups:
        group["lr"] = rate * group["lr_scale"]

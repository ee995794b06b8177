"""Variants: what is trained, as data. Every variant is the baseline plus what its entry says, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from workbench.registry import Registry


@dataclass(frozen=True)
class Variant:
    """One row of the study: settings laid over the baseline's, and the run that it is compared with."""

    title: str
    settings: dict[str, Any] = field(default_factory=dict)
    control: str = "baseline"
    trained: bool = True


VARIANTS: Registry[Variant] = Registry("variant")

VARIANTS.add(
    "random",
    Variant("Encoder as initialised, never trained", trained=False),
)
VARIANTS.add("baseline", Variant("V-JEPA: latent prediction and context loss", control="random"))
VARIANTS.add(
    "ld",
    Variant(
        "Latent dynamics: a head predicts the teacher's change in time",
        {"objective": {"settings": {"ld": {"hidden": 256}}, "weights": {"ld": 1.0}}},
    ),
)
VARIANTS.add(
    "fwm",
    Variant(
        "Factorised world model: a static appearance block, decorrelated from the rest",
        {"objective": {"settings": {"fwm": {"app_ratio": 0.5}}, "weights": {"fwm_static": 0.05, "fwm_orth": 0.01}}},
    ),
)

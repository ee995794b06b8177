"""Objectives: one file a family. Importing this package fills the registry; variants are data in `workbench.variants`."""

from workbench.objectives import (
    action,
    contrast,
    contrastive,
    delta,
    factorised,
    gaussian,
    hamiltonian,
    hard_region,
    kinematic,
    latent_dynamics,
    prediction,
    spectral,
    velocity_gate,
    vicreg_text,
)
from workbench.objectives.base import OBJECTIVES, Objective
from workbench.objectives.composed import SCHEDULES, ObjectiveSet
from workbench.objectives.terms import Terms, TokenErrors, mean_terms

__all__ = [
    "OBJECTIVES",
    "SCHEDULES",
    "Objective",
    "ObjectiveSet",
    "Terms",
    "TokenErrors",
    "action",
    "contrast",
    "contrastive",
    "delta",
    "factorised",
    "gaussian",
    "hamiltonian",
    "hard_region",
    "kinematic",
    "latent_dynamics",
    "mean_terms",
    "prediction",
    "spectral",
    "velocity_gate",
    "vicreg_text",
]

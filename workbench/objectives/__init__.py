"""Objectives: one file a family. Importing this package fills the registry; variants are data in `workbench.variants`."""

from workbench.objectives import factorised, latent_dynamics, prediction
from workbench.objectives.base import OBJECTIVES, Objective, ObjectiveSet

__all__ = ["OBJECTIVES", "Objective", "ObjectiveSet", "factorised", "latent_dynamics", "prediction"]

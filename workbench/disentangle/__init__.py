"""Where an encoder keeps appearance and motion: factor × block matrix, separation, dependence, whole-latent metrics, nulls."""

from workbench.disentangle.data import FactorData, Split, factor_data
from workbench.disentangle.report import disentangle

__all__ = ["FactorData", "Split", "disentangle", "factor_data"]

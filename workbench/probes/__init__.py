"""Probes: what can be read from a frozen encoder. Importing this package fills the registry."""

from workbench.probes import attentive, knn, linear, logistic, ridge
from workbench.probes.base import CONTINUOUS, PROBES, Labelled, ProbeOutcome, ProbeTask, ask

__all__ = [
    "CONTINUOUS",
    "PROBES",
    "Labelled",
    "ProbeOutcome",
    "ProbeTask",
    "ask",
    "attentive",
    "knn",
    "linear",
    "logistic",
    "ridge",
]

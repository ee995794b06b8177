"""Probes: what can be read from a frozen encoder. Importing this package fills the registry."""

from workbench.probes import attentive, blocks, knn, linear, logistic, many, ridge
from workbench.probes.base import CONTINUOUS, PROBES, TOGETHER, Labelled, ProbeOutcome, ProbeTask, ask, ask_all

__all__ = [
    "CONTINUOUS",
    "PROBES",
    "TOGETHER",
    "Labelled",
    "ProbeOutcome",
    "ProbeTask",
    "ask",
    "ask_all",
    "attentive",
    "blocks",
    "knn",
    "linear",
    "logistic",
    "many",
    "ridge",
]

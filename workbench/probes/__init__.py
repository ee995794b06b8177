"""Probes: what can be read from a frozen encoder. Importing this package fills the registry."""

from workbench.probes import attentive, knn, linear
from workbench.probes.base import PROBES, Labelled, ProbeOutcome, ProbeTask

__all__ = ["PROBES", "Labelled", "ProbeOutcome", "ProbeTask", "attentive", "knn", "linear"]

"""Sweeps: many runs under equal conditions, resumable, on this machine or on a dask scheduler."""

from workbench.sweeps.jobs import Job, Outcome, plan
from workbench.sweeps.sweep import SweepResult, sweep

__all__ = ["Job", "Outcome", "SweepResult", "plan", "sweep"]

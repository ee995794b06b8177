"""A workbench for compact video JEPA models: train under equal conditions, probe, explore and report.

The names below load on first use, so that `import workbench` stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_NAMES = {
    "WorkbenchError": "workbench.errors",
    "build_config": "workbench.presets",
    "train": "workbench.training.train",
    "complete_run": "workbench.training.pipeline",
    "Run": "workbench.runs",
    "list_runs": "workbench.runs",
    "load_clips": "workbench.data.clips",
    "open_encoder": "workbench.encoders",
    "features_of": "workbench.features",
    "probe": "workbench.probing",
    "probe_run": "workbench.probing",
    "diagnose": "workbench.diagnosis",
    "frontier": "workbench.trade_off",
    "retrieve": "workbench.retrieval.retrieve",
    "load_rows": "workbench.rows",
    "objective": "workbench.own",
    "Objective": "workbench.objectives",
    "TokenErrors": "workbench.objectives",
    "audit_run": "workbench.audit",
    "sweep": "workbench.sweeps",
    "claims": "workbench.ledger",
    "claims_table": "workbench.ledger",
    "published_rows": "workbench.published",
    "explore": "workbench.widgets.explorer",
    "compare": "workbench.widgets.comparer",
    "what_differs": "workbench.comparing",
    "retriever": "workbench.widgets.retrieve",
    "training_panel": "workbench.widgets.training",
    "report": "workbench.report.execute",
}

__all__ = sorted(_NAMES)


def __getattr__(name: str) -> Any:
    if name not in _NAMES:
        raise AttributeError(f"module 'workbench' has no attribute '{name}'; it has {', '.join(__all__)}")
    return getattr(import_module(_NAMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])

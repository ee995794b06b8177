"""What the report notebooks show: functions from rows to tables, charts and sentences, a module a report."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from workbench.report.parameters import make_parameters, namespace_parameters

if TYPE_CHECKING:
    from workbench.report.contents.common import Contents

# A report -> the class of its contents; of some reports it is the same.
CLASSES = {
    "ucf101": "results.Results",
    "mixed": "results.Results",
    "ablation": "ablation.Ablation",
    "kinematic": "kinematic.Kinematic",
    "synthetic_motion": "synthetic_motion.SyntheticMotion",
    "probes": "probes.Probes",
    "trade_off": "trade_off.TradeOff",
    "disentanglement": "disentanglement.Disentanglement",
    "time_use": "time_use.TimeUse",
    "quality": "quality.Quality",
    "retrieval": "retrieval.Retrieval",
    "robustness": "robustness.Robustness",
    "words": "words.Words",
    "gates": "gates.Gates",
    "cost": "cost.Cost",
    "audits": "audits.Audits",
}


def open_report(name: str, namespace: Mapping[str, Any]) -> Any:
    """The contents of report `name` for the variables of its notebook, validated."""
    return _kind(name)(name, namespace_parameters(name, namespace))


def contents(name: str, **parameters: Any) -> Any:
    """From Python: `contents("mixed", seeds=[0])`."""
    return _kind(name)(name, make_parameters(name, parameters))


def _kind(name: str) -> type[Contents]:
    module, _, kind = CLASSES[name].partition(".")
    found: type[Contents] = getattr(import_module(f"{__name__}.{module}"), kind)
    return found

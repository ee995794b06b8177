"""Widgets for JupyterLab. Importing this imports neither plotly nor ipywidgets."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.widgets.comparer import Comparer, compare
    from workbench.widgets.explorer import Explorer, explore
    from workbench.widgets.retrieve import Retriever, retriever
    from workbench.widgets.training import TrainingPanel, training_panel

# No module is named as a function is: it would hide the function.
_MODULES = {
    "Comparer": "comparer",
    "compare": "comparer",
    "Explorer": "explorer",
    "explore": "explorer",
    "Retriever": "retrieve",
    "retriever": "retrieve",
    "TrainingPanel": "training",
    "training_panel": "training",
}

__all__ = ["Comparer", "Explorer", "Retriever", "TrainingPanel", "compare", "explore", "retriever", "training_panel"]


def __getattr__(name: str) -> Any:
    if name in _MODULES:
        return getattr(import_module(f"workbench.widgets.{_MODULES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

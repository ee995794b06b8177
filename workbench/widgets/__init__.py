"""Widgets for JupyterLab. Importing this imports neither plotly nor ipywidgets."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.widgets.comparer import Comparer, compare
    from workbench.widgets.explorer import Explorer, explore
    from workbench.widgets.retrieve import Retriever, retriever

__all__ = ["Comparer", "Explorer", "Retriever", "compare", "explore", "retriever"]
_MODULES = {"Comparer": "comparer", "compare": "comparer", "Explorer": "explorer", "explore": "explorer"}


def __getattr__(name: str) -> Any:
    if name in __all__:
        module = _MODULES.get(name, "retrieve")  # not "retriever": it would hide the function
        return getattr(import_module(f"workbench.widgets.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

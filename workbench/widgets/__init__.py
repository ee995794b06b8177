"""Widgets for JupyterLab. Importing this imports neither plotly nor ipywidgets."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbench.widgets.explorer import Explorer, explore
    from workbench.widgets.retrieve import Retriever, retriever

__all__ = ["Explorer", "Retriever", "explore", "retriever"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        module = (
            "explorer" if name in ("Explorer", "explore") else "retrieve"
        )  # not "retriever": it would hide the function
        return getattr(import_module(f"workbench.widgets.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""What two to four frozen encoders say of the same clips: maps laid over each other, neighbours, accuracies, settings.

Nothing here draws; `workbench.widgets.comparer` shows it.
"""

from __future__ import annotations

from workbench.comparing.accuracies import Cell, accuracies
from workbench.comparing.align import Alignment, align
from workbench.comparing.differs import settings_table, what_differs
from workbench.comparing.model import Model
from workbench.comparing.neighbours import Agreement, Neighbourhoods, neighbourhoods

__all__ = [
    "Agreement",
    "Alignment",
    "Cell",
    "Model",
    "Neighbourhoods",
    "accuracies",
    "align",
    "neighbourhoods",
    "settings_table",
    "what_differs",
]

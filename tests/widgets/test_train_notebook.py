"""The train notebook: its two forms say the same, it runs, and it starts nothing by itself."""

from __future__ import annotations

from pathlib import Path

import jupytext

from workbench.runs import list_runs
from workbench.training.background import CHILDREN
from workbench.widgets import TrainingPanel

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def test_both_forms_of_the_notebook_are_the_same_and_hold_no_outputs() -> None:
    script, notebook = (jupytext.read(NOTEBOOKS / f"train.{form}") for form in ("py", "ipynb"))
    cells = [[(cell.cell_type, cell.source) for cell in form.cells] for form in (script, notebook)]
    assert cells[0] == cells[1] and len(cells[0]) >= 4
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"


def test_the_notebook_opens_the_panel_and_starts_no_training() -> None:
    cells = [cell.source for cell in jupytext.read(NOTEBOOKS / "train.py").cells if cell.cell_type == "code"]
    space: dict[str, object] = {}
    for cell in cells:
        exec(cell, space)
    panel = space["panel"]
    assert isinstance(panel, TrainingPanel) and panel.state == "new"
    assert panel.message.startswith("`baseline-quick-s0` is not there yet")
    assert not CHILDREN and not list_runs()


def test_the_notebook_shows_the_history_of_a_run_that_is_there(with_runs: Path) -> None:
    cells = [cell.source for cell in jupytext.read(NOTEBOOKS / "train.py").cells if cell.cell_type == "code"]
    space: dict[str, object] = {}
    exec(cells[0].replace('"quick"', '"smoke"'), space)
    panel = space["panel"]
    assert isinstance(panel, TrainingPanel) and panel.state == "finished"
    history = eval(cells[1], space)
    assert len(history) == 8 and "raw/predict" in history

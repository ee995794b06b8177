"""The explore notebook: its two forms say the same, and it is committed without outputs."""

from __future__ import annotations

from pathlib import Path

import jupytext

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def test_both_forms_of_the_notebook_are_the_same_and_hold_no_outputs() -> None:
    script, notebook = (jupytext.read(NOTEBOOKS / f"explore.{form}") for form in ("py", "ipynb"))
    cells = [[(cell.cell_type, cell.source) for cell in form.cells] for form in (script, notebook)]
    assert cells[0] == cells[1] and len(cells[0]) >= 4
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"

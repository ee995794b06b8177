"""The compare notebook: its two forms say the same, it is committed without outputs, and it runs."""

from __future__ import annotations

from pathlib import Path

import jupytext

from workbench.widgets import Comparer

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def test_both_forms_of_the_notebook_are_the_same_and_hold_no_outputs() -> None:
    script, notebook = (jupytext.read(NOTEBOOKS / f"compare.{form}") for form in ("py", "ipynb"))
    cells = [[(cell.cell_type, cell.source) for cell in form.cells] for form in (script, notebook)]
    assert cells[0] == cells[1] and len(cells[0]) >= 8
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in notebook.cells)
    assert notebook.metadata.kernelspec.name == "python3"


def test_the_notebook_runs_and_shows_what_its_exercise_asks_for(with_runs: Path) -> None:
    """On runs of the smoke preset, which are there without training."""
    cells = [cell.source for cell in jupytext.read(NOTEBOOKS / "compare.py").cells if cell.cell_type == "code"]
    cells[0] += ".open()"  # as JupyterLab does when it shows the last value of a cell
    code = "\n".join(cells).replace("-standard-", "-smoke-")
    space: dict[str, object] = {}
    exec(code, space)
    comparer = space["comparer"]
    assert isinstance(comparer, Comparer) and comparer.status.content["level"] == "info"
    assert comparer.message == "A baseline-smoke-s0, B random-smoke-s0 on 100 test clips of motion48."
    shared = next(b for b in comparer.page.content["blocks"] if "share a factor" in b.get("caption", ""))
    assert {row[0] for row in shared["rows"]} >= {"motion", "texture", "colour"} and len(shared["columns"]) == 4
    comparer.tab("probes")
    (table,) = (b for b in comparer.page.content["blocks"] if b["type"] == "table")
    assert any(row[0] == "motion48, attentive" for row in table["rows"]) or len(table["rows"]) > 3
    assert space["state"] == comparer.state() | {"tab": "neighbours"}

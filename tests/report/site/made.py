"""A report on disk as the engine leaves it, made without a kernel, and runs beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import plotly.graph_objects as go
import pytest

from tests.made_up import make_study
from tests.report.test_formats import notebook_of
from tests.report.test_table import TABLE
from tests.report.tiny import TinyParameters, add_report
from workbench.files import git_state, package_versions, write_json
from workbench.paths import reports_root
from workbench.report.figures import Chart
from workbench.report.formats import write_tables
from workbench.report.origin import Inputs, told
from workbench.report.parameters import REPORTS
from workbench.report.prose import Prose


def made_report(monkeypatch: pytest.MonkeyPatch, name: str, summary: str = "All is well. It cost nothing.") -> Path:
    """A report that holds a table and a figure; gives its folder."""
    add_report(monkeypatch, name)
    folder = reports_root() / name
    folder.mkdir(parents=True)
    notebook = executed(summary)
    nbformat.write(notebook, folder / f"{name}.ipynb")
    (folder / f"{name}.html").write_text("a page")
    inputs, parameters = Inputs.now(), TinyParameters()
    origin: dict[str, Any] = {
        "title": f"Report <{name}>",
        "key": inputs.key(REPORTS[name], parameters),
        "made": "2026-01-01T00:00:00+0000",
        "command": f"workbench report {name}",
        "parameters": parameters.model_dump(),
        "versions": package_versions(),
        "git": git_state(),
        "rows": inputs.rows,
        "data": {"key": "clips"},
        "missing": [],
        "summary": summary,
    }
    origin["tables"] = write_tables(notebook, folder, parameters.formats, told(origin))
    files = [file for table in origin["tables"].values() for file in table["files"]]
    write_json(folder / "report.json", origin | {"files": [f"{name}.ipynb", f"{name}.html", *files]})
    return folder


def executed(summary: str) -> Any:
    """A notebook with text, a table, prose and a figure as its outputs."""
    notebook = notebook_of(Prose("summary", summary), TABLE)
    figure = go.Figure(go.Scatter(x=[1, 2], y=[1, 3]), layout={"title": {"text": "A line"}, "paper_bgcolor": "#ffffff"})
    drawn = [
        nbformat.v4.new_output("display_data", data=data, metadata=about)
        for data, about in Chart("line", "A caption.", [figure]).outputs()
    ]
    texts = [nbformat.v4.new_markdown_cell(text) for text in ("# Tiny report", "## A table & more", "## A figure")]
    cells = [texts[0], texts[1], *notebook.cells, texts[2], nbformat.v4.new_code_cell("", outputs=drawn)]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    notebook.cells = cells
    return notebook


def with_runs() -> None:
    """Two finished runs on disk."""
    make_study({"random": 0.1, "baseline": 0.4})

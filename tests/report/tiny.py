"""Small reports for tests: a notebook of two cells over a file of numbers, with parameters of its own."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from pydantic import Field

from workbench.config import Section
from workbench.paths import reports_root
from workbench.report.parameters import FORMATS, REPORTS, Format, Report

NUMBERS = {"random": 0.25, "baseline": 0.5, "ld": 0.75}
TABLE = """
import json
import pandas as pd
from workbench.paths import reports_root
from workbench.report.prose import Prose
from workbench.report.table import Cell, Column, Table
values = json.loads((reports_root() / "measured" / "small.extra.json").read_text())
frame = pd.DataFrame({"variant": list(values), "accuracy": [times * v for v in values.values()], "words": words})
rows = [[Cell(name), Cell(f"{value:.2f}", marks=("halved",) if value < 0.5 else ())] for name, value in zip(frame["variant"], frame["accuracy"])]
columns = [Column("variant", number=False), Column("accuracy")]
Table("small", "A small table", columns, rows, frame, ["made up"], "Shares.")
"""
SUMMARY = 'Prose("summary", f"{len(values)} numbers.")'


class TinyParameters(Section):
    """What a tiny report is made of."""

    times: float = Field(1.0, gt=0, description="what every number is multiplied by")
    words: str = Field("none", description="a column of text")
    formats: list[Format] = Field(list(FORMATS), description="files written beside the page")


def write_notebook(path: Path, *sources: str) -> Path:
    """A notebook of a cell of parameters and these."""
    first = nbformat.v4.new_code_cell("times = 1.0\nwords = 'none'\nformats = []", metadata={"tags": ["parameters"]})
    cells = [nbformat.v4.new_markdown_cell("# Tiny"), first, *(nbformat.v4.new_code_cell(source) for source in sources)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, path)
    return path


def write_numbers(**numbers: float) -> Path:
    """The file that a tiny report reads."""
    path = reports_root() / "measured" / "small.extra.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(NUMBERS | numbers))
    return path


def add_report(monkeypatch: pytest.MonkeyPatch, name: str, *sources: str, cell_seconds: int = 60) -> Path:
    """Register a report of these cells, of the small table and a summary by default; gives its notebook."""
    path = reports_root().parent / "notebooks" / f"{name}.ipynb"
    write_notebook(path, *(sources or (TABLE, SUMMARY)))
    entry = Report(f"Report {name}", path, TinyParameters, cell_seconds=cell_seconds)
    monkeypatch.setitem(REPORTS._entries, name, entry)
    return path

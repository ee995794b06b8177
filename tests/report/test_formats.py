"""Files of an executed notebook's tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pyarrow.parquet as pq
import pytest

from tests.report.test_table import TABLE
from workbench.errors import UnknownName, WorkbenchError
from workbench.report.formats import has_figures, prose, write_tables
from workbench.report.prose import Prose

ORIGIN = {"Command": "workbench report demo", "Rows, content key": "abc"}


def notebook_of(*things: Any) -> Any:
    """A notebook whose outputs are these."""
    outputs = [
        nbformat.v4.new_output("execute_result", data=d, metadata=m) for d, m in (t._repr_mimebundle_() for t in things)
    ]
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("", outputs=outputs)])


def test_only_the_formats_asked_for_are_written(tmp_path: Path) -> None:
    written = write_tables(notebook_of(TABLE), tmp_path, ["csv"], ORIGIN)
    assert written["demo"] | {"key": ""} == {
        "title": "A <title>",
        "lead": "Percent.",
        "records": 2,
        "key": "",
        "files": ["demo.csv"],
    }
    assert [path.name for path in tmp_path.iterdir()] == ["demo.csv"]
    assert (tmp_path / "demo.csv").read_text() == TABLE.csv()


def test_every_format_says_what_it_was_made_from_where_it_can(tmp_path: Path) -> None:
    written = write_tables(notebook_of(TABLE), tmp_path, ["csv", "parquet", "markdown", "latex"], ORIGIN)
    assert written["demo"]["files"] == ["demo.csv", "demo.parquet", "demo.md", "demo.tex"]
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "demo.parquet"), TABLE.frame)
    assert pq.read_schema(tmp_path / "demo.parquet").metadata[b"workbench.Command"] == b"workbench report demo"
    assert (
        (tmp_path / "demo.md").read_text().endswith("- Command: `workbench report demo`\n- Rows, content key: `abc`\n")
    )
    assert (
        tmp_path / "demo.tex"
    ).read_text() == "% Command: workbench report demo\n% Rows, content key: abc\n" + TABLE.latex()


def test_two_tables_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match="Two tables of this report are named 'demo'"):
        write_tables(notebook_of(TABLE, TABLE), tmp_path, ["csv"], {})


def test_an_unknown_format_and_a_view_that_is_not_there_are_named(tmp_path: Path) -> None:
    notebook = notebook_of(TABLE)
    with pytest.raises(UnknownName, match=r"Unknown format of a table 'pdf'\. Known: csv, latex, markdown, parquet"):
        write_tables(notebook, tmp_path, ["pdf"], {})
    del notebook.cells[0].outputs[0].data["text/latex"]
    with pytest.raises(WorkbenchError, match="'demo' has no view for the format 'latex'"):
        write_tables(notebook, tmp_path, ["latex"], {})


def test_prose_is_found_by_its_name() -> None:
    notebook = notebook_of(TABLE, Prose("summary", "All is well."))
    assert prose(notebook, "summary") == "All is well." and prose(notebook, "other") == ""
    assert not has_figures(notebook)

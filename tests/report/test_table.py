"""One table, five views."""

from __future__ import annotations

import base64
import io
from xml.etree import ElementTree

import pandas as pd

from workbench.report.formats import PARQUET_MIME
from workbench.report.table import Cell, Column, Table, letter

TABLE = Table(
    name="demo",
    title="A <title>",
    columns=[
        Column("encoder", number=False),
        Column("linear", "motion"),
        Column("kNN", "motion"),
        Column("linear", "look"),
    ],
    rows=[
        [Cell("below this")],
        [
            Cell("a | b", "what & why"),
            Cell("1.5", "1.0 to 2.0", ("seed 0 only",)),
            Cell("not run", look="missing"),
            Cell("3"),
        ],
        [Cell("c"), Cell("2.0", marks=("other clips", "seed 0 only")), Cell("4"), Cell("5")],
    ],
    frame=pd.DataFrame({"variant": ["a", "c"], "accuracy": [0.0150001, 0.02]}),
    notes=["made up"],
    lead="Percent.",
)


def test_html_is_well_formed_and_escaped() -> None:
    root = ElementTree.fromstring(TABLE.html())
    assert root.find("figcaption").text == "A <title>"  # type: ignore[union-attr]
    rows = root.findall(".//tbody/tr")
    assert len(rows) == 3
    assert "".join(rows[1][0].itertext()) == "a | bwhat & why"


def test_headings_of_groups_span_their_columns() -> None:
    root = ElementTree.fromstring(TABLE.html())
    first, second = root.findall(".//thead/tr")
    assert [(cell.text, cell.get("colspan"), cell.get("rowspan")) for cell in first] == [
        ("encoder", None, "2"),
        ("motion", "2", None),
        ("look", "1", None),
    ]
    assert [cell.text for cell in second] == ["linear", "kNN", "linear"]


def test_a_row_of_one_cell_spans_the_table() -> None:
    root = ElementTree.fromstring(TABLE.html())
    assert root.findall(".//tbody/tr")[0][0].get("colspan") == "4"
    assert "| **below this** |  |  |  |" in TABLE.markdown()


def test_equal_marks_share_a_letter_and_are_explained_once() -> None:
    assert TABLE.letters == {"seed 0 only": "a", "other clips": "b"}
    text = TABLE.markdown()
    assert "1.5 (1.0 to 2.0) (a)" in text and "2.0 (ba)" in text
    assert text.count("seed 0 only") == 1 and TABLE.html().count("seed 0 only") == 1


def test_markdown_has_as_many_cells_in_every_line() -> None:
    lines = [line for line in TABLE.markdown().splitlines() if line.startswith("|")]
    assert len(lines) == 5
    assert {line.replace("\\|", "").count("|") for line in lines} == {5}
    assert lines[0] == "| encoder | motion · linear | motion · kNN | look · linear |"


def test_csv_is_unrounded() -> None:
    again = pd.read_csv(io.StringIO(TABLE.csv()))
    assert again["accuracy"][0] == 0.0150001


def test_a_notebook_output_holds_every_view() -> None:
    data, metadata = TABLE._repr_mimebundle_()
    assert (
        data["text/csv"] == TABLE.csv()
        and data["text/markdown"] == TABLE.markdown()
        and data["text/html"] == TABLE.html()
    )
    assert data["text/latex"] == TABLE.latex()
    stored = pd.read_parquet(io.BytesIO(base64.b64decode(data[PARQUET_MIME])))
    pd.testing.assert_frame_equal(stored, TABLE.frame)
    about = {"kind": "table", "name": "demo", "title": "A <title>", "lead": "Percent.", "records": 2}
    assert metadata["workbench"] == about


def test_parquet_takes_a_column_of_texts_and_numbers_as_text() -> None:
    frame = pd.DataFrame({"a": ["x", 1.5, None], "b": [None, None, None], "c": [1, 2, 3]})
    stored = pd.read_parquet(io.BytesIO(Table("t", "T", [], [], frame).parquet()))
    assert stored["a"].tolist()[:2] == ["x", "1.5"] and stored["a"].isna().tolist() == [False, False, True]
    assert stored["c"].dtype == "int64"
    empty = pd.read_parquet(io.BytesIO(Table("t", "T", [], [], pd.DataFrame()).parquet()))
    assert len(empty) == 0


def test_a_cell_may_lead_somewhere() -> None:
    table = Table(
        "t", "T", [Column("run", number=False)] * 2, [[Cell("a"), Cell("b", href="b.html?x&y")]], pd.DataFrame()
    )
    (link,) = ElementTree.fromstring(table.html()).findall(".//a")
    assert (link.text, link.get("href")) == ("b", "b.html?x&y")
    assert "[b](b.html?x&y)" in table.markdown()


def test_letters() -> None:
    assert [letter(i) for i in (0, 25, 26, 27, 52)] == ["a", "z", "aa", "ab", "ba"]

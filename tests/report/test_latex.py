"""LaTeX of a table: nothing of its text is markup, and every line has as many cells as there are columns."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.report.test_table import TABLE
from workbench.report.latex import SPECIAL, SYMBOLS, escaped
from workbench.report.table import Cell, Column, Table


def braces(text: str) -> int:
    """Open braces less closed ones, those that are printed left out."""
    plain = re.sub(r"\\[{}]", "", text)
    return plain.count("{") - plain.count("}")


def cells(line: str) -> int:
    """Columns that a line of the body fills: separators that are not printed, and what spans several."""
    spans = sum(int(n) - 1 for n in re.findall(r"\\multicolumn\{(\d+)\}", line))
    return len(re.findall(r"(?<!\\)&", line)) + 1 + spans


def test_rules_heads_and_notes() -> None:
    lines = TABLE.latex().splitlines()
    assert [line for line in lines if "rule" in line and line.startswith("\\") and "{" not in line] == [
        r"\toprule",
        r"\midrule",
        r"\bottomrule",
    ]
    assert r"\begin{tabular}{@{}lrrr@{}}" in lines and r"\label{tab:demo}" in lines
    assert r"\cmidrule(lr){2-3} \cmidrule(lr){4-4}" in lines
    assert any(r"\multicolumn{2}{c}{motion}" in line for line in lines)
    text = TABLE.latex()
    assert r"\caption{\textbf{A \textless{}title\textgreater{}.} Percent.}" in text
    assert r"1.5\textsuperscript{a} {\scriptsize (1.0 to 2.0)}" in text and r"2.0\textsuperscript{b,a}" in text
    assert text.count("seed 0 only") == 1 and "made up\\par" in text


def test_every_line_of_the_body_fills_the_columns() -> None:
    body = [line for line in TABLE.latex().splitlines() if line.endswith(r"\\")]
    assert len(body) == 2 + 3 and {cells(line) for line in body} == {4}


@pytest.mark.parametrize(
    ("text", "says"), [("50 % & more_", r"50 \% \& more\_"), ("−0.3", "$-$0.3"), ("a\\b", r"a\textbackslash{}b")]
)
def test_what_latex_reads_as_markup_is_printed(text: str, says: str) -> None:
    assert escaped(text) == says


def test_no_symbol_reaches_pdflatex_that_it_does_not_know() -> None:
    assert escaped("".join([*SPECIAL, *SYMBOLS])).isascii()


@given(st.text(max_size=40))
def test_any_text_keeps_the_braces_balanced_and_the_cells_apart(text: str) -> None:
    columns = [Column(text, number=False), Column(text, text)]
    rows = [[Cell(text)], [Cell(text, text, (text,), "code"), Cell("1")]]
    made = Table("t", text, columns, rows, pd.DataFrame(), [text], text).latex()
    assert braces(made) == 0
    assert {cells(line) for line in made.splitlines() if line.endswith(r"\\")} == {2}

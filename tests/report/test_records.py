"""Comparing records: numbers apart from words, rows by what names them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.report.records import Change, as_text, compare, key_columns

FRAME = pd.DataFrame(
    {
        "variant": ["a", "a", "b"],
        "benchmark": ["x", "y", "x"],
        "value": [0.1, 1 / 3, np.nan],
        "by_seed": ["0.100 0.200", "0.3", ""],
        "met": [True, False, True],
        "note": ["10 clips", "", "fine"],
    }
)


def changed(column: str, row: int, value: object) -> list[Change]:
    """What is found where one value of the former records was another."""
    old = FRAME.astype(object)
    old.loc[row, column] = value
    return compare("t", "t.csv", as_text(old), FRAME)


def test_equal_records_have_no_changes() -> None:
    assert compare("t", "t.csv", as_text(FRAME), FRAME) == []
    assert (
        compare("t", "t.csv", as_text(FRAME.sample(frac=1, random_state=0)), FRAME) == []
    )  # the order of rows says nothing
    assert compare("t", "t.csv", pd.DataFrame(), pd.DataFrame()) == []


@pytest.mark.parametrize(
    ("column", "row", "value", "number"),
    [
        ("value", 0, 0.1001, True),
        ("value", 2, 0.5, True),
        ("value", 0, np.nan, True),
        ("by_seed", 0, "0.100 0.201", True),
        ("by_seed", 0, "0.100", True),
        ("met", 1, True, True),
        ("note", 0, "11 clips", False),
    ],
)
def test_a_change_is_named_with_its_row_and_told_apart_from_words(
    column: str, row: int, value: object, number: bool
) -> None:
    (found,) = changed(column, row, value)
    where = f"variant {FRAME['variant'][row]}, benchmark {FRAME['benchmark'][row]}"
    assert (found.table, found.row, found.column, found.number) == ("t", where, column, number)
    assert str(found).startswith(f"t (t.csv), {where}, {column}: was ")


def test_the_last_digits_of_a_sum_are_no_change() -> None:
    assert changed("value", 1, 1 / 3 * (1 + 1e-13)) == []
    assert changed("by_seed", 0, "0.1 0.2") == []


def test_rows_and_columns_that_come_or_go_are_changes_of_numbers() -> None:
    fewer = compare("t", "t.csv", as_text(FRAME.iloc[:2]), FRAME)
    assert [(one.row, one.column, one.number) for one in fewer] == [("variant b, benchmark x", "whole row", True)]
    without = compare("t", "t.csv", as_text(FRAME.drop(columns="value")), FRAME)
    assert [(one.row, one.column, one.new) for one in without] == [("all rows", "value", "there")]


def test_rows_without_a_name_are_matched_by_position() -> None:
    twice = pd.DataFrame({"name": ["a", "a"], "value": [0.1, 0.2]})
    assert key_columns(as_text(twice), as_text(twice), {"value"}) == []
    (found,) = compare("t", "", as_text(twice.assign(value=[0.1, 0.3])), twice)
    assert (found.row, found.old, found.new) == ("row 2", "0.3", "0.2")


def test_the_fewest_leading_columns_name_a_row() -> None:
    text = as_text(FRAME)
    assert key_columns(text, text, {"value"}) == ["variant", "benchmark"]
    assert key_columns(text.iloc[1:], text.iloc[1:], {"value"}) == ["variant"]

"""The matrix figure holds the table's numbers, group by group."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.errors import UnknownName, WorkbenchError
from workbench.plots.matrix import NO_NUMBER, matrix_figure


def table() -> pd.DataFrame:
    rows = [
        {"factor": factor, "group": group, "block": block, "probe": probe, "value": value + shift}
        for factor, group, line in (
            ("sprite", "appearance", (0.9, 0.1)),
            ("motion", "motion", (0.2, 0.8)),
            ("speed", "motion", (-0.001, 0.7)),
        )
        for block, value in zip(("appearance", "dynamics"), line, strict=True)
        for probe, shift in (("logistic", 0.0), ("discriminant", 0.05))
    ]
    frame = pd.DataFrame(rows).assign(low=0.0, high=1.0, note="")
    return frame.astype({"value": "Float64", "low": "Float64", "high": "Float64"})


def test_cells_are_the_scores_of_the_probe_with_groups_apart() -> None:
    figure = matrix_figure(table(), "What each block knows")
    appearance, motion = figure.data
    assert list(appearance.y) == ["sprite"] and list(motion.y) == ["motion", "speed"]
    assert list(motion.x) == ["appearance", "dynamics"]
    assert [list(row) for row in motion.z] == [[0.2, 0.8], [-0.001, 0.7]]
    assert [list(row) for row in motion.text] == [["0.20", "0.80"], ["0.00", "0.70"]]
    low, high = (figure.layout[key].domain for key in ("yaxis2", "yaxis"))
    assert low[1] < high[0]
    assert figure.layout.title.text == "What each block knows"
    assert [note.text for note in figure.layout.annotations] == ["<b>appearance factors</b>", "<b>motion factors</b>"]


def test_other_probe_and_cells_without_a_number() -> None:
    frame = table()
    frame.loc[0, ["value", "low", "high"]] = pd.NA
    frame.loc[0, "note"] = "sprite has one value in train"
    appearance = matrix_figure(frame, "t").data[0]
    assert appearance.z[0][0] is None and appearance.text[0][0] == NO_NUMBER
    assert "one value" in appearance.hovertext[0][0]
    assert matrix_figure(frame, "t", probe="discriminant").data[1].z[0][1] == pytest.approx(0.85)


def test_one_group_alone_and_wrong_input() -> None:
    frame = table()
    assert len(matrix_figure(frame[frame["group"] == "motion"], "t").data) == 1
    with pytest.raises(UnknownName, match="Known: discriminant, logistic"):
        matrix_figure(frame, "t", probe="knn")
    with pytest.raises(UnknownName, match="'block'"):
        matrix_figure(frame.drop(columns="block"), "t")
    with pytest.raises(WorkbenchError, match="no rows"):
        matrix_figure(frame[:0], "t")

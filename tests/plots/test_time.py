"""What the bars of time sensitivity show."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.plots.time import feature_figure, sensitivity_figure

CHANGES = ("shuffle", "reverse", "freeze", "single_frame")
WHO = {"encoder": "tiny", "benchmark": "temporal16"}


def sensitivity() -> pd.DataFrame:
    """TSI 0.1, 0.2, … of two factors, of which the second is undefined under freeze."""
    rows = []
    for factor in ("event", "colour"):
        rows.append(
            WHO
            | {
                "factor": factor,
                "transform": "none",
                "probe": "fixed",
                "metric": "accuracy",
                "value": 0.5,
                "chance": 0.1,
            }
        )
        for number, (change, probe) in enumerate((c, p) for c in CHANGES for p in ("fixed", "retrained")):
            value = 0.1 * (number + 1)
            row = WHO | {"factor": factor, "transform": change, "probe": probe, "metric": "tsi", "n": 90, "note": ""}
            missing = factor == "colour" and change == "freeze"
            ends = {"value": value, "low": value - 0.05, "high": value + 0.1}
            rows.append(row | ({"note": "at chance"} if missing else ends))
    return pd.DataFrame(rows)


def test_bars_stand_side_by_side_with_their_intervals_and_numbers() -> None:
    figure = sensitivity_figure(sensitivity())
    bars = [trace for trace in figure.data if trace.type == "bar"]
    assert [bar.name for bar in bars] == ["probe fixed", "probe retrained"] * 2
    assert list(bars[0].y) == pytest.approx([0.1, 0.3, 0.5, 0.7]) and list(bars[1].y) == pytest.approx(
        [0.2, 0.4, 0.6, 0.8]
    )
    assert list(bars[0].error_y.array) == pytest.approx([0.1] * 4)
    assert list(bars[0].error_y.arrayminus) == pytest.approx([0.05] * 4)
    assert all(b - a >= bars[0].width - 1e-9 for a, b in zip(bars[0].x, bars[1].x, strict=True))  # none hides another
    assert bars[0].marker.pattern.shape != bars[1].marker.pattern.shape  # told apart without colour
    assert list(figure.layout.xaxis.ticktext) == ["shuffled", "reversed", "frozen", "one<br>frame"]
    assert "50.0 %, chance 10.0" in figure.layout.annotations[0].text


def test_an_undefined_index_is_marked_and_tells_why() -> None:
    figure = sensitivity_figure(sensitivity())
    texts = [trace for trace in figure.data if trace.type == "scatter"]
    assert list(texts[2].text) == ["0.10", "0.30", "n/a", "0.70"] and "at chance" in texts[2].hovertext[2]


def test_moved_features_are_drawn_as_they_are() -> None:
    rows = [
        WHO | {"transform": c, "features": f, "value": v, "low": v - 0.1, "high": v + 0.1, "n": 9, "note": ""}
        for f, v in (("mean over time", 0.2), ("every time step", 0.6))
        for c in CHANGES
    ]
    bars = [trace for trace in feature_figure(pd.DataFrame(rows)).data if trace.type == "bar"]
    assert {bar.name: list(bar.y) for bar in bars} == {"mean over time": [0.2] * 4, "every time step": [0.6] * 4}

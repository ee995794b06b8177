"""Accuracy against the number of labels: how soon a factor can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError
from workbench.plots.style import COLOURS, DASHES, GREY, SYMBOLS, axis, layout

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


def efficiency_figure(table: pd.DataFrame, by: str = "factor") -> go.Figure:
    """Test accuracy in per cent against labelled clips, on a logarithmic axis, with Wilson bars; one line a value of `by`.

    `table` holds the columns of `label_curve` and `by`. Rows without a value are left out; chance is a dotted line each.
    """
    import plotly.graph_objects as go

    lines = table.dropna(subset="value")
    if lines.empty:
        raise WorkbenchError("No row of the label curve has a value; there is nothing to draw.")
    figure = go.Figure()
    for level in sorted(set(lines["chance"])):
        ends = [lines["labels"].min(), lines["labels"].max()]
        figure.add_scatter(
            x=ends, y=[100 * level] * 2, mode="lines", line={"color": GREY, "dash": "dot", "width": 1},
            showlegend=False, hovertemplate=f"chance {100 * level:.1f} %<extra></extra>",
        )  # fmt: skip
    for at, (name, rows) in enumerate(lines.groupby(by, sort=False)):
        rows = rows.sort_values("labels")
        figure.add_scatter(
            x=rows["labels"],
            y=100 * rows["value"],
            name=str(name),
            mode="lines+markers",
            line={"color": COLOURS[at % len(COLOURS)], "dash": DASHES[at % len(DASHES)]},
            marker={"symbol": SYMBOLS[at % len(SYMBOLS)], "size": 9},
            error_y={
                "array": 100 * (rows["high"] - rows["value"]),
                "arrayminus": 100 * (rows["value"] - rows["low"]),
                "thickness": 1,
            },
            hovertemplate="%{x} labels: %{y:.1f} %<extra>" + str(name) + "</extra>",
        )
    title = "Test accuracy against labelled clips, with 95 % intervals over test clips; chance dotted"
    return figure.update_layout(
        layout(title, xaxis=axis("labelled clips", type="log"), yaxis=axis("accuracy, %", rangemode="tozero"))
    )

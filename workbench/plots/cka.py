"""Grid of CKA values between spaces, layers or training steps: a heat map with the number in each cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workbench.errors import WorkbenchError
from workbench.plots.style import SCALE, axis, layout

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

NUMBERS = 24  # spaces a side up to which the numbers fit into the cells


def cka_figure(table: pd.DataFrame, title: str = "", a: str = "", b: str = "") -> go.Figure:
    """Heat map of `table` with columns a, b, value, n, note: rows `a` from the top down, columns `b`, scale from 0 to 1.

    `a`, `b` name the two axes. Darker is less alike; a cell without a value is empty but for '–', and its note stands in the hover box.
    """
    import plotly.graph_objects as go

    if table.empty:
        raise WorkbenchError("There is no CKA to show: the table is empty.")
    rows, columns = list(dict.fromkeys(table["a"])), list(dict.fromkeys(table["b"]))
    cells = {(row.a, row.b): row for row in table.itertuples(index=False)}
    values = [[_value(cells.get((row, column))) for column in columns] for row in rows]
    figure = go.Figure(layout=layout(title or "Debiased CKA: how alike the spaces are"))
    figure.add_heatmap(
        x=columns,
        y=rows,
        z=values,
        zmin=0,
        zmax=1,
        colorscale=SCALE,
        text=[["" if value is None else f"{value:.2f}" for value in line] for line in values],
        texttemplate="%{text}" if max(len(rows), len(columns)) <= NUMBERS else None,
        customdata=[[_words(cells.get((row, column))) for column in columns] for row in rows],
        colorbar={"title": {"text": "CKA"}},
        hovertemplate="%{y} and %{x}: %{z:.3f}<br>%{customdata}<extra></extra>",
        hoverongaps=True,
    )
    # By place on the axis: names that look like numbers would be taken for places.
    for row, line in enumerate(values):
        for column, value in enumerate(line):
            if value is None:
                figure.add_annotation(x=column, y=row, text="–", showarrow=False)
    figure.update_xaxes(**axis(b, type="category", showgrid=False))
    figure.update_yaxes(**axis(a, type="category", autorange="reversed", showgrid=False))
    return figure


def _value(cell: Any) -> float | None:
    import pandas as pd

    return None if cell is None or pd.isna(cell.value) else float(cell.value)


def _words(cell: Any) -> str:
    return "not measured" if cell is None else f"{cell.n} clips. {cell.note}"

"""Heat map of the factor × block matrix, the picture people look at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.errors import UnknownName, WorkbenchError
from workbench.plots.style import SCALE, axis, layout

if TYPE_CHECKING:
    import plotly.graph_objects as go

NEEDED = ("factor", "group", "block", "value", "low", "high", "note")
GROUPS = ("appearance", "motion")
NO_NUMBER = "–"
ROW, NAME, MARGINS = 34, 28, 120  # pixels


def matrix_figure(table: pd.DataFrame, title: str, probe: str = "logistic") -> go.Figure:
    """Scores s of every factor (row) from every block (column) as read by `probe`; appearance above motion, a gap between.

    `table` is the "matrix" of `disentangle`. Cells show the score, darker where less is read (0 chance, 1 all); hover has the
    interval, the random splits and the note. A cell without a number is white with a dash.
    """
    import plotly.graph_objects as go

    part = _chosen(table, probe)
    blocks = list(dict.fromkeys(part["block"]))
    groups = [group for group in GROUPS if (part["group"] == group).any()]
    heights = [ROW * part.loc[part["group"] == group, "factor"].nunique() for group in groups]
    inside = sum(heights) + NAME * len(groups)
    figure = go.Figure()
    named, top = [], 1.0
    for i, (group, height) in enumerate(zip(groups, heights, strict=True)):
        number = str(i + 1) if i else ""
        top -= NAME / inside  # room for the group's name above its rows
        bottom = max(top - height / inside, 0.0)
        named.append({"text": f"<b>{group} factors</b>", "x": 0, "y": top, "xanchor": "left", "yanchor": "bottom"})
        figure.add_trace(_heat_map(part[part["group"] == group], blocks, f"y{number}"))
        figure.update_layout(
            {f"yaxis{number}": axis(domain=[bottom, top], autorange="reversed", showgrid=False, anchor="x")}
        )
        top = bottom
    figure.update_layout(
        **layout(title, height=MARGINS + inside, margin={"l": 100, "r": 20, "t": 60, "b": MARGINS - 60}),
        xaxis=axis(f"block, read by the {probe} probe", showgrid=False, type="category", anchor="free", position=0),
        coloraxis={
            "colorscale": SCALE,
            "cmin": 0,
            "cmax": 1,
            "colorbar": {"title": {"text": "score s"}, "thickness": 12},
        },
        annotations=[name | {"xref": "paper", "yref": "paper", "showarrow": False} for name in named],
    )
    return figure


def _chosen(table: pd.DataFrame, probe: str) -> pd.DataFrame:
    missing = [column for column in NEEDED if column not in table]
    if missing:
        raise UnknownName("column of the matrix table", missing[0], [str(name) for name in table.columns])
    part = table
    if "probe" in table:
        part = table[table["probe"] == probe]
        if part.empty and len(table):
            raise UnknownName("probe of the matrix table", probe, set(table["probe"]))
    if part.empty:
        raise WorkbenchError("The matrix table has no rows, so there is nothing to draw.")
    return part


def _heat_map(rows: pd.DataFrame, blocks: list[str], y: str) -> go.Heatmap:
    import plotly.graph_objects as go

    factors = list(dict.fromkeys(rows["factor"]))
    cells: dict[tuple[str, str], Any] = {(str(cell.factor), str(cell.block)): cell for cell in rows.itertuples()}
    values, texts, hovers = [], [], []
    for factor in factors:
        line = [cells.get((factor, block)) for block in blocks]
        numbers = [None if cell is None or pd.isna(cell.value) else float(cell.value) for cell in line]
        values.append(numbers)
        texts.append([NO_NUMBER if number is None else _written(number) for number in numbers])
        hovers.append([_hover(cell) for cell in line])
    return go.Heatmap(
        z=values,
        x=blocks,
        y=factors,
        text=texts,
        texttemplate="%{text}",
        hovertext=hovers,
        hoverinfo="text",
        coloraxis="coloraxis",
        yaxis=y,
        xgap=2,
        ygap=2,
    )


def _written(number: float) -> str:
    """Two digits, without the sign of a zero."""
    return f"{number:.2f}".replace("-0.00", "0.00").replace("-", "−")


def _hover(cell: Any) -> str:
    if cell is None:
        return "not measured"
    name = f"{cell.factor} from {cell.block}"
    lines = [name]
    if not pd.isna(cell.value):
        lines.append(f"s = {cell.value:.3f} ({cell.low:.3f} to {cell.high:.3f})")
    if not pd.isna(getattr(cell, "null_mean", None)):
        lines.append(f"random splits: {cell.null_low:.3f} to {cell.null_high:.3f}, p = {cell.p:.3f}")
    if not pd.isna(getattr(cell, "random_encoder", None)):
        lines.append(f"random encoder: {cell.random_encoder:.3f}")
    return "<br>".join([*lines, *([cell.note] if cell.note else [])])

"""The differences of a table of results as figures: one a benchmark, a point an arm, its interval, and the line of no difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.plots.style import BLACK, BLUE, GREY, GRID, VERMILION
from workbench.report.contents.result_table import Line
from workbench.report.figures import Chart, dressed
from workbench.report.prose import Prose
from workbench.report.words import probe_name

if TYPE_CHECKING:
    import plotly.graph_objects as go

# Verdict, and whether the audit failed -> symbol and colour: told apart without colour too.
LOOKS = {"above": ("triangle-right", BLUE), "below": ("triangle-left", BLACK)}
LEVEL, FAILED = ("circle-open", GREY), ("x", VERMILION)


def difference_chart(lines: Sequence[Line], confidence: float) -> Chart | Prose:
    """Differences to the matched control, from the first comparison of each line."""
    drawn = [line for line in lines if line.differences and line.differences[0] is not None]
    if not drawn:
        return Prose("difference-figure", "Nothing to draw: no arm could be compared with its control.")
    cells = dict.fromkeys((line.benchmark, line.probe) for line in drawn)
    figures = [_figure(cell, [line for line in drawn if (line.benchmark, line.probe) == cell]) for cell in cells]
    caption = (
        f"Each arm less its matched control, in points, with {100 * confidence:g} % interval over seeds and clips (clips alone where there is one "
        "seed). Triangles: the interval lies on one side of zero; rings: not told apart; crosses: a run behind the difference failed its audit."
    )
    return Chart("difference-figure", caption, figures)


def _figure(cell: tuple[str, str], lines: Sequence[Line]) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    for line in lines:
        figure.add_trace(_point(go, line))
    names = [line.arm.label for line in lines]
    figure.add_vline(x=0, line={"color": BLACK, "width": 1})
    figure.update_xaxes(title={"text": "points", "font": {"size": 12}}, gridcolor=GRID, zeroline=False, fixedrange=True)
    figure.update_yaxes(
        type="category", categoryorder="array", categoryarray=names[::-1], gridcolor=GRID, fixedrange=True,
        range=[-0.6, len(names) - 0.4],
    )  # fmt: skip
    title = f"{cell[0]}, {probe_name(cell[1])} probe"
    return dressed(figure, title, 110 + 24 * len(names)).update_layout(showlegend=False)


def _point(go: Any, line: Line) -> Any:
    found = line.differences[0]
    assert found is not None
    interval = found.paired.interval
    symbol, colour = FAILED if line.failed else LOOKS.get(found.verdict, LEVEL)
    error = {
        "type": "data", "symmetric": False, "thickness": 2, "width": 4,
        "array": [100 * (interval.high - interval.estimate)], "arrayminus": [100 * (interval.estimate - interval.low)],
    }  # fmt: skip
    said = (
        f"{line.arm.label} less {found.other}: {100 * interval.estimate:+.1f} "
        f"({100 * interval.low:+.1f} to {100 * interval.high:+.1f}), {found.verdict}"
    )
    return go.Scatter(
        x=[100 * interval.estimate], y=[line.arm.label], mode="markers", error_x=error, hovertext=[said], hoverinfo="text",
        marker={"symbol": symbol, "size": 10, "color": colour}, cliponaxis=False,
    )  # fmt: skip

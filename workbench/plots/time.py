"""Time-sensitivity bars: what each change in time costs, with the probe fixed and retrained side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from workbench.plots.style import BLACK, GREY, ORANGE, PATTERNS, SKY, axis, layout

if TYPE_CHECKING:
    import plotly.graph_objects as go

LOOKS = {"fixed": (ORANGE, PATTERNS[1]), "retrained": (SKY, PATTERNS[0])}
WORDS = {"shuffle": "shuffled", "reverse": "reversed", "freeze": "frozen", "single_frame": "one<br>frame"}
ENDS = (-0.55, 1.5)  # of the axis: an index far outside is cut, its number still stands there
MINUS = "−"
WIDTH = 0.44  # of a bar, where changes are 1 apart


def sensitivity_figure(table: pd.DataFrame) -> go.Figure:
    """TSI of every factor and change in time, from the table `sensitivity` of `time_use` for one encoder and benchmark.

    A panel for each factor; in it a pair of bars for each change, hatched: the probe fixed, plain: retrained. 0: the change costs nothing,
    1: all that was read above chance. Lines are 95 % intervals. Where TSI is undefined "n/a" stands in its place, and
    hovering tells why.
    """
    from plotly.subplots import make_subplots

    indices = table[table["metric"] == "tsi"]
    factors = list(indices["factor"].unique())
    columns = min(3, max(1, len(factors)))
    rows = -(-len(factors) // columns) or 1
    titles = [f"{factor}<br>{_read(table, factor)}" for factor in factors]
    figure = make_subplots(rows, columns, subplot_titles=titles, shared_yaxes=True, vertical_spacing=0.3 / rows)
    figure.update_annotations(font_size=12)
    figure.update_layout(**layout(f"What a change in time costs: {_who(table)}", height=180 + 230 * rows))
    figure.update_layout(barmode="overlay", margin_t=100, legend={"orientation": "h", "y": -0.3 / rows})
    figure.update_yaxes(**axis("", range=list(ENDS)))
    figure.update_yaxes(title_text="TSI", col=1)
    for number, factor in enumerate(factors):
        place = {"row": number // columns + 1, "col": number % columns + 1}
        of = indices[indices["factor"] == factor]
        parts = {f"probe {probe}": of[of["probe"] == probe] for probe in LOOKS}
        _grouped(figure, parts, list(LOOKS.values()), number == 0, ENDS[0], place)
        for height, dash in ((0, "solid"), (1, "dot")):
            figure.add_hline(height, line={"color": GREY, "width": 1, "dash": dash}, **place)
    return figure


def feature_figure(table: pd.DataFrame) -> go.Figure:
    """How far each change moves the features, from the table `features` of `time_use`; 1: as far as another clip is away."""
    from plotly.subplots import make_subplots

    figure = make_subplots(1, 1)
    title = f"How far a change in time moves the features: {_who(table)}"
    figure.update_layout(**layout(title, height=400, barmode="overlay"))
    top = max(1.1, 1.05 * float(table["high"].max()) if table["high"].notna().any() else 0)
    figure.update_yaxes(**axis("of the distance to another clip", range=[-0.1 * top, top]))
    parts = {f"{words}": table[table["features"] == words] for words in table["features"].unique()}
    _grouped(figure, parts, list(LOOKS.values()), True, -0.1 * top, {"row": 1, "col": 1})
    figure.add_hline(1, line={"color": GREY, "width": 1, "dash": "dot"})
    return figure


def _who(table: pd.DataFrame) -> str:
    return " and ".join(table["encoder"].unique()) + " on " + " and ".join(table["benchmark"].unique())


def _read(table: pd.DataFrame, factor: str) -> str:
    """The accuracy that the indices of a factor start from, in words."""
    row = table[(table["factor"] == factor) & (table["transform"] == "none")].iloc[0]
    if pd.isna(row["value"]):
        return "not read"
    return f"{100 * row['value']:.1f} %, chance {100 * row['chance']:.1f}"


def _grouped(
    figure: go.Figure,
    parts: Mapping[str, pd.DataFrame],
    looks: Sequence[tuple[str, str]],
    legend: bool,
    foot: float,
    place: dict[str, int],
) -> None:
    """Bars of every part side by side for each change in time, their numbers along the foot of the panel."""
    import plotly.graph_objects as go

    changes = list(dict.fromkeys(change for of in parts.values() for change in of["transform"]))
    for number, ((name, of), (colour, pattern)) in enumerate(zip(parts.items(), looks, strict=True)):
        shift = (number - (len(parts) - 1) / 2) * WIDTH
        x = [changes.index(change) + shift for change in of["transform"]]
        figure.add_trace(_bars(x, of, name, colour, pattern, legend), **place)
        said = ["n/a" if pd.isna(value) else f"{value:z.2f}".replace("-", MINUS) for value in of["value"]]
        text = go.Scatter(
            x=x, y=[foot] * len(x), text=said, mode="text", textposition="top center", textfont={"size": 10},
            hovertext=[_hover(row, name) for _, row in of.iterrows()], hoverinfo="text", showlegend=False, name=name,
        )  # fmt: skip
        figure.add_trace(text, **place)
    words = [WORDS.get(change, change) for change in changes]
    figure.update_xaxes(tickvals=list(range(len(changes))), ticktext=words, tickangle=0, tickfont_size=11, **place)


def _bars(x: list[float], of: pd.DataFrame, name: str, colour: str, pattern: str, legend: bool) -> go.Bar:
    import plotly.graph_objects as go

    return go.Bar(
        x=x,
        y=of["value"].fillna(0).tolist(),
        width=WIDTH,
        error_y={
            "type": "data",
            "symmetric": False,
            "array": (of["high"] - of["value"]).fillna(0).tolist(),
            "arrayminus": (of["value"] - of["low"]).fillna(0).tolist(),
            "color": BLACK,
            "thickness": 1.2,
        },
        name=name,
        legendgroup=name,
        showlegend=legend,
        marker={
            "color": colour,
            "line": {"color": BLACK, "width": 1},
            "pattern": {"shape": pattern, "fgcolor": BLACK, "fillmode": "overlay", "solidity": 0.2},
        },
        hovertext=[_hover(row, name) for _, row in of.iterrows()],
        hoverinfo="text",
    )


def _hover(row: pd.Series, name: str) -> str:
    said = f"{row['transform'].replace('_', ' ')}, {name}: "
    if pd.isna(row["value"]):
        return f"{said}{row['note']}"
    return f"{said}{row['value']:.3f} ({row['low']:.3f} to {row['high']:.3f}), {row['n']} clips" + (
        f"<br>{row['note']}" if row["note"] else ""
    )

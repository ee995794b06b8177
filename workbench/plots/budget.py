"""Variance budget: stacked bars of several encoders, and the shares over training from a run's history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError
from workbench.plots.style import BLUE, COLOURS, DASHES, GREY, ORANGE, PATTERNS, SKY, SYMBOLS, axis, layout

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

SHARES = {
    "clip": ("between clips", BLUE),
    "position": ("between places in the frame", SKY),
    "time": ("between time steps of a clip", ORANGE),
    "rest": ("rest: what is where, and moves", GREY),
}
OVER_TRAINING = {
    "clip": "share of variance between clips",
    "rankme": "RankMe of tokens",
    "std": "standard deviation of a channel",
    "uniformity": "uniformity (0: all alike)",
}


def budget_figure(table: pd.DataFrame, title: str = "") -> go.Figure:
    """A stacked bar an encoder: `table` as from `quality` with a column `encoder`; of its rows those named `budget_…`.

    The parts differ in pattern too, and stand in the same order in every bar; encoders without a budget are named in the title.
    """
    import plotly.graph_objects as go

    rows = table[table["measure"].isin([f"budget_{name}" for name in SHARES])]
    known = rows.dropna(subset=["value"])
    if known.empty:
        raise WorkbenchError("There is no variance budget to show: no encoder has one.")
    figure = go.Figure(layout=layout(title or "Variance budget of tokens", barmode="stack"))
    for pattern, (name, (words, colour)) in zip(PATTERNS, SHARES.items(), strict=False):
        part = known[known["measure"] == f"budget_{name}"]
        figure.add_bar(
            y=part["encoder"],
            x=part["value"].astype(float),
            name=words,
            orientation="h",
            marker={
                "color": colour,
                "line": {"color": "white", "width": 1},
                "pattern": {"shape": pattern, "fgcolor": "white", "fgopacity": 0.4, "size": 6},
            },
            text=[f"{value:.0%}" if value >= 0.05 else "" for value in part["value"]],
            textposition="inside",
            textangle=0,
            insidetextanchor="middle",
            hovertemplate=f"%{{y}}: %{{x:.1%}} {words}<extra></extra>",
        )
    missing = sorted(set(rows["encoder"]) - set(known["encoder"]))
    if missing:
        figure.update_layout(title_text=f"{figure.layout.title.text} (collapsed, none: {', '.join(missing)})")
    figure.update_layout(height=200 + 40 * known["encoder"].nunique())
    figure.update_xaxes(**axis("share of the variance", tickformat=".0%", range=[0, 1]))
    figure.update_yaxes(**axis("", autorange="reversed", type="category"))
    return figure


def budget_over_training_figure(history: pd.DataFrame, encoder: str = "context", title: str = "") -> go.Figure:
    """Shares of the variance over the steps of a run, stacked: `history` as from `Run.history`, `encoder` "context" or "teacher"."""
    import plotly.graph_objects as go

    columns = {name: f"quality/{encoder}/{name}" for name in SHARES}
    known = _readings(history, list(columns.values()), encoder)
    figure = go.Figure(layout=layout(title or f"Variance budget of the {encoder} encoder over training"))
    for pattern, (name, column) in zip(PATTERNS, columns.items(), strict=False):
        words, colour = SHARES[name]
        figure.add_scatter(
            x=known["step"],
            y=known[column],
            name=words,
            mode="lines",
            stackgroup="shares",
            line={"color": colour, "width": 1},
            fillpattern={"shape": pattern, "fgcolor": "white", "bgcolor": colour, "fillmode": "replace"},
            hovertemplate=f"step %{{x}}: %{{y:.1%}} {words}<extra></extra>",
        )
    figure.update_xaxes(**axis("step"))
    figure.update_yaxes(**axis("share of the variance", tickformat=".0%", range=[0, 1]))
    return figure


def monitor_figure(histories: dict[str, pd.DataFrame], measure: str = "clip", encoder: str = "context") -> go.Figure:
    """One measure of the monitor over the steps of several runs: `measure` of `OVER_TRAINING`, `histories` by name of the run."""
    import plotly.graph_objects as go

    words = OVER_TRAINING.get(measure, measure)
    column = f"quality/{encoder}/{measure}"
    figure = go.Figure(layout=layout(f"Over training, {encoder} encoder: {words}"))
    for at, (name, history) in enumerate(histories.items()):
        known = _readings(history, [column], encoder)
        colour, look = COLOURS[at % len(COLOURS)], (SYMBOLS[at % len(SYMBOLS)], DASHES[at % len(DASHES)])
        line, marker = {"color": colour, "dash": look[1]}, {"symbol": look[0], "color": colour}
        figure.add_scatter(x=known["step"], y=known[column], name=name, mode="lines+markers", line=line, marker=marker)
    figure.update_xaxes(**axis("step"))
    figure.update_yaxes(**axis(words))
    return figure


def _readings(history: pd.DataFrame, columns: list[str], encoder: str) -> pd.DataFrame:
    if not set(columns) <= set(history):
        raise WorkbenchError(
            f"The history has no readings of the {encoder} encoder: {', '.join(columns)}. Runs that were trained before the "
            "monitor have none, and a run without a teacher has none of it."
        )
    return history.dropna(subset=columns)

"""The trade-off figure: every run's appearance score against its motion score, with intervals and the Pareto front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.plots.style import BLACK, BLUE, DASHES, GREY, SKY, VERMILION, axis, layout

if TYPE_CHECKING:
    import plotly.graph_objects as go

# State of a run: its name in the legend, symbol and colour. A run is drawn in the first state that it is in.
STATES = {
    "failed": ("audit failed (no part of the front)", "x", VERMILION),
    "random": ("random encoder, never trained", "circle-open", BLACK),
    "on_front": ("on the front", "diamond", BLUE),
    "other": ("dominated", "circle", SKY),
}
CONDITIONS = ["preset", "recipe", "regime"]


def frontier_figure(table: pd.DataFrame, appearance: str = "appearance", motion: str = "motion") -> go.Figure:
    """Figure of a table of `workbench.trade_off.frontier`; `appearance` and `motion` are the words for what was read.

    Bars are 95 % intervals over test clips. Hovering over a run tells its numbers, seed, audit, and by whom it is dominated. Runs without
    both scores are not drawn, and the title counts them.
    """
    import plotly.graph_objects as go

    known = table.dropna(subset=["appearance", "motion"])
    figure = go.Figure()
    for number, (conditions, group) in enumerate(known[known["on_front"]].groupby(CONDITIONS, sort=False)):
        same = known[(known[CONDITIONS] == list(conditions)).all(axis=1)]
        figure.add_trace(_front(group, same, ", ".join(map(str, conditions)), DASHES[number % len(DASHES)]))
    states = known.apply(_state, axis=1) if len(known) else pd.Series(dtype=str)
    for state in STATES:
        if len(chosen := known[states == state]):
            figure.add_trace(_points(chosen, state))
    missing = len(table) - len(known)
    probe = " and ".join(table["probe"].unique())
    title = f"What it knows of appearance and of motion: {len(known)} runs, {probe} probe"
    if missing:
        title += f" ({missing} more lack a score)"
    figure.update_layout(
        **layout(
            title,
            xaxis=axis(f"{appearance}: score (0 = chance, 1 = no error)"),
            yaxis=axis(f"{motion}: score (0 = chance, 1 = no error)"),
            hovermode="closest",
            height=560,
            legend={"orientation": "h", "y": -0.16},
        )
    )
    return figure


def _state(row: pd.Series) -> str:
    return next((state for state in ("failed", "random", "on_front") if row[state]), "other")


def _points(runs: pd.DataFrame, state: str) -> go.Scatter:
    import plotly.graph_objects as go

    words, symbol, colour = STATES[state]
    return go.Scatter(
        x=runs["appearance"].tolist(),
        y=runs["motion"].tolist(),
        error_x=_bars(runs, "appearance", colour),
        error_y=_bars(runs, "motion", colour),
        mode="markers+text",
        name=words,
        text=runs["variant"].tolist(),
        textposition="top right",
        textfont={"size": 11},
        marker={"symbol": symbol, "color": colour, "size": 11, "line": {"width": 1, "color": BLACK}},
        hovertext=[_hover(row) for _, row in runs.iterrows()],
        hoverinfo="text",
    )


def _bars(runs: pd.DataFrame, name: str, colour: str) -> dict[str, Any]:
    return {
        "type": "data",
        "symmetric": False,
        "array": (runs[f"{name}_high"] - runs[name]).tolist(),
        "arrayminus": (runs[name] - runs[f"{name}_low"]).tolist(),
        "color": colour,
        "thickness": 1,
        "width": 0,
    }


def _front(front: pd.DataFrame, runs: pd.DataFrame, conditions: str, dash: str) -> go.Scatter:
    """The staircase below and left of which everything is dominated, out to the least scores of the runs."""
    import plotly.graph_objects as go

    front = front.sort_values("appearance")
    x, y = front["appearance"].tolist(), front["motion"].tolist()
    return go.Scatter(
        x=[float(runs["appearance"].min()), *x, x[-1]],
        y=[y[0], *y, float(runs["motion"].min())],
        mode="lines",
        line={"shape": "vh", "color": GREY, "dash": dash, "width": 1.5},
        name=f"front: {conditions}",
        hoverinfo="skip",
    )


def _hover(row: pd.Series) -> str:
    lines = [
        f"<b>{row['run']}</b> ({row['encoder']})",
        *(
            f"{name} {row[name]:.3f} ({row[f'{name}_low']:.3f} to {row[f'{name}_high']:.3f}), {row[f'{name}_n']} clips"
            for name in ("appearance", "motion")
        ),
        f"seed {row['seed']}, {row['preset']}, {row['regime']}, {row['reading'].replace('_', ' ')}",
        f"audit: {row['audit'] or 'unknown'}",
    ]
    if by := row["dominated_by"]:
        named = by.split(", ")
        lines.append(f"dominated by {', '.join(named[:3])}" + (f" and {len(named) - 3} more" if len(named) > 3 else ""))
    return "<br>".join(lines)

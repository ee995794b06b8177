"""Recall against severity: one figure a family of shifts, a line a condition, over seeds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from workbench.plots.style import GREY, GRID
from workbench.report.contents.conditions import by_condition, interval_over_seeds
from workbench.report.contents.retrieval import DIRECTIONS
from workbench.report.figures import Chart, dressed, looks
from workbench.report.prose import Prose

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from workbench.report.contents.retrieval import Retrieval

METRIC = "R@10"  # R@1 lies too near its floor under strong shifts to tell lines apart


def severity_chart(kept: Retrieval) -> Chart | Prose:
    """Text→video recall of each condition from clean (0) to the highest severity, mean over the family's shifts and the seeds."""
    rows = kept.rows
    if len(rows):
        rows = rows[(rows["metric"] == METRIC) & (rows["direction"] == DIRECTIONS[0])]
    parts = {key: part for key, part in by_condition(kept, rows).items() if (part["severity"] > 0).any()}
    if not parts:
        return Prose("severity-figure", "")
    families = [
        family for family in rows["family"].unique() if (rows.loc[rows["family"] == family, "severity"] > 0).any()
    ]
    figures = [_figure(parts, str(family)) for family in families]
    caption = (
        f"{DIRECTIONS[0]} {METRIC} in per cent against severity (0: clean), mean over the shifts of a family and over seeds; bars: 95 % over seeds (Student's t). "
        "Dotted: chance. Dashes and symbols tell the lines apart without colour."
    )
    return Chart("severity-figure", caption, figures)


def curve(part: pd.DataFrame, family: str) -> pd.DataFrame:
    """By severity: mean over seeds, `low`, `high` (None of one seed) of the mean over a family's shifts."""
    chosen = part[(part["family"] == family) | (part["severity"] == 0) & (part["shift"] == "")]
    found = []
    for severity, group in chosen.groupby("severity"):
        values = group.groupby("seed")["value"].mean()
        over = interval_over_seeds(list(values))
        ends = {"low": over.low if over else None, "high": over.high if over else None}
        found.append({"severity": int(str(severity)), "mean": values.mean(), **ends})
    return pd.DataFrame(found)


def _figure(parts: dict[tuple[str, ...], pd.DataFrame], family: str) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    names = {key: f"{key[2]}, {key[4]} head" for key in parts}
    look = looks(list(dict.fromkeys(key[2] for key in parts)))
    chance = pd.concat(list(parts.values()))["chance"].mean()
    for key, part in parts.items():
        points = curve(part, family)
        colour, symbol, dash = look[key[2]]
        error: dict[str, Any] = {"type": "data", "symmetric": False, "thickness": 1, "width": 3}
        error |= {"array": points["high"] - points["mean"], "arrayminus": points["mean"] - points["low"]}
        figure.add_scatter(
            x=points["severity"], y=points["mean"], mode="lines+markers", name=names[key], error_y=error,
            line={"color": colour, "dash": dash, "width": 1.8}, marker={"symbol": symbol, "size": 8},
            hovertemplate=f"{names[key]}<br>severity %{{x}}: %{{y:.1f}} %<extra></extra>",
        )  # fmt: skip
    figure.add_hline(y=chance, line={"dash": "dot", "color": GREY, "width": 1.5})
    figure.update_xaxes(title={"text": "severity", "font": {"size": 12}}, gridcolor=GRID, zeroline=False, dtick=1)
    figure.update_yaxes(gridcolor=GRID, zerolinecolor=GRID, rangemode="tozero")
    legend = {"orientation": "h", "yanchor": "top", "y": -0.18, "xanchor": "left", "x": 0, "font": {"size": 11}}
    return dressed(figure, f"{family}: {METRIC}", 420).update_layout(showlegend=True, legend=legend)

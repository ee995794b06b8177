"""Static and dynamic channels: what each channel shares between clips that look alike, and between clips that move alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from workbench.plots.style import COLOURS, GREY, SYMBOLS, axis, layout

if TYPE_CHECKING:
    import plotly.graph_objects as go

LEVEL = 0.5
WHOLE = "no blocks"


def channel_figure(channels: pd.DataFrame, counts: pd.DataFrame) -> go.Figure:
    """Every channel by its static S (right) and its dynamic S (up), a symbol for each block of channels.

    `channels`, `channel_counts` of `time_use` for one encoder and benchmark. The dotted lines at 0.5 part static, dynamic, both and neither; the
    number of channels of each stands in its corner. Where one kind was not measured, the other is drawn over the channels' numbers.
    """
    import plotly.graph_objects as go

    wide = channels.pivot_table(["value", "low", "high"], "channel", "kind")
    kinds = [kind for kind in ("static", "dynamic") if ("value", kind) in wide]
    block = channels.drop_duplicates("channel").set_index("channel")["block"].replace("", WHOLE).reindex(wide.index)
    figure = go.Figure()
    for number, name in enumerate(block.unique()):
        of = wide[block == name]
        x = of["value", "static"] if len(kinds) == 2 else pd.Series(of.index, of.index)
        y = of["value", kinds[-1]]
        figure.add_trace(_points(of, x, y, str(name), number, kinds))
    who = " and ".join(channels["encoder"].unique()) + " on " + " and ".join(channels["benchmark"].unique())
    both = len(kinds) == 2
    names = ("static S: the clip and itself out of order", "dynamic S: other look, same motion")
    down = names[("static", "dynamic").index(kinds[-1])] if kinds else ""
    figure.update_layout(
        **layout(
            f"Static and dynamic channels: {who}" + ("" if both else f" ({_lacking(channels)})"),
            xaxis=axis(names[0] if both else "channel"),
            yaxis=axis(down),
            height=520,
            hovermode="closest",
            legend={"orientation": "h", "y": -0.16},
        )
    )
    line = {"color": GREY, "width": 1, "dash": "dot"}
    figure.add_hline(LEVEL, line=line)
    if both:
        figure.add_vline(LEVEL, line=line)
        for update in (figure.update_xaxes, figure.update_yaxes):
            update(range=[min(-0.15, float(channels["value"].min()) - 0.05), 1.1])
        _corners(figure, counts)
    return figure


def _points(of: pd.DataFrame, x: pd.Series, y: pd.Series, name: str, number: int, kinds: list[str]) -> go.Scatter:
    import plotly.graph_objects as go

    hover = [
        f"channel {channel} ({name})"
        + "".join(f"<br>{k} {row['value', k]:.2f} ({row['low', k]:.2f} to {row['high', k]:.2f})" for k in kinds)
        for channel, row in of.iterrows()
    ]
    symbol, colour = SYMBOLS[number % len(SYMBOLS)], COLOURS[number % len(COLOURS)]
    return go.Scatter(
        x=x.tolist(),
        y=y.tolist(),
        mode="markers",
        name=f"{name}: {len(of)} channels",
        marker={"symbol": symbol, "color": colour, "size": 8, "opacity": 0.8},
        hovertext=hover,
        hoverinfo="text",
    )


def _corners(figure: go.Figure, counts: pd.DataFrame) -> None:
    """The number of channels of each kind in its corner of the figure."""
    whole = counts[(counts["block"] == "all") & counts["metric"].str.startswith("channels")].set_index("kind")["value"]
    corners = {"both": (1, 1), "static only": (1, 0), "dynamic only": (0, 1), "neither": (0, 0)}
    for kind, (x, y) in corners.items():
        figure.add_annotation(
            x=x,
            y=y,
            xref="paper",
            yref="paper",
            xanchor="right" if x else "left",
            yanchor="top" if y else "bottom",
            text=f"{kind}: {whole[kind]:.0f}",
            showarrow=False,
        )


def _lacking(channels: pd.DataFrame) -> str:
    """Why a kind has no values."""
    empty = channels.groupby("kind").filter(lambda part: part["value"].isna().all())
    return "; ".join(dict.fromkeys(empty["note"])) or "no channels"

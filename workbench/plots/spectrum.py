"""Eigenvalue spectra of several encoders, on logarithmic axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbench.errors import WorkbenchError
from workbench.plots.style import COLOURS, DASHES, axis, layout

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

SMALLEST = 1e-12  # share below which an eigenvalue is rounding and has no place on a logarithmic axis


def spectrum_figure(table: pd.DataFrame, of: str = "clips", title: str = "") -> go.Figure:
    """Share of the variance against rank, a line an encoder: `table` as from `spectrum` with a column `encoder`.

    `of`: "clips" or "tokens". Encoders differ in colour, dash and place in the legend; a steep line uses few directions.
    """
    import plotly.graph_objects as go

    chosen = table[(table["of"] == of) & (table["share"] > SMALLEST)]
    if chosen.empty:
        raise WorkbenchError(f"There is no spectrum of {of} to show. Spectra are of 'clips' or 'tokens'.")
    figure = go.Figure(layout=layout(title or f"Spectrum of {of}: share of variance by rank"))
    for at, (name, part) in enumerate(chosen.groupby("encoder", sort=False)):
        line = {"color": COLOURS[at % len(COLOURS)], "dash": "solid" if at == 0 else DASHES[(at - 1) % len(DASHES)]}
        figure.add_scatter(
            x=part["rank"],
            y=part["share"],
            name=str(name),
            mode="lines",
            line=line,
            customdata=part[["eigenvalue", "n"]],
            hovertemplate=f"{name}<br>rank %{{x}}: %{{y:.3%}} of the variance<br>eigenvalue %{{customdata[0]:.3g}}, %{{customdata[1]}} clips<extra></extra>",
        )
    figure.update_xaxes(**axis("rank of the eigenvalue", type="log"))
    figure.update_yaxes(**axis("share of the variance", type="log", exponentformat="power"))
    return figure

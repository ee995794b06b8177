"""Figures of a report: plotly charts that a page holds without a network.

Symbols and dashes tell variants apart in grey too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from workbench.plots.style import BLACK, COLOURS, DASHES, FONT, GREY, GRID, SYMBOLS
from workbench.report.compare import Accuracy
from workbench.report.formats import PLOTLY_MIME
from workbench.report.gather import Study
from workbench.report.words import probe_name

if TYPE_CHECKING:
    import plotly.graph_objects as go

LOOKS = {"random": (GREY, "circle", "dot"), "baseline": (BLACK, "square", "solid")}  # grey for what was not trained
OTHERS = [look for look in zip(COLOURS, SYMBOLS, DASHES, strict=True) if look[0] not in (BLACK, GREY)]
POINTS = 150  # of a loss curve


@dataclass(frozen=True)
class Chart:
    """Figures that belong together under one caption: shown side by side where there is room, else below each other."""

    name: str
    caption: str
    figures: Sequence[go.Figure]

    def outputs(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Data and metadata of every output: each figure, then the caption."""
        import json

        for figure in self.figures:
            title = figure.layout.title.text
            yield (
                {PLOTLY_MIME: json.loads(figure.to_json()), "text/plain": f"Figure: {title}"},
                {"workbench": {"kind": "figure", "name": self.name, "title": title}},
            )
        yield (
            {"text/markdown": self.caption, "text/plain": self.caption},
            {"workbench": {"kind": "caption", "name": self.name}},
        )

    def _ipython_display_(self) -> None:
        from IPython.display import display

        for data, metadata in self.outputs():
            display(data, metadata=metadata, raw=True)


def looks(variants: Sequence[str]) -> dict[str, tuple[str, str, str]]:
    """Colour, symbol and dash of every variant, the same in every figure of a report."""
    rest = [name for name in variants if name not in LOOKS]
    return {**LOOKS, **{name: OTHERS[i % len(OTHERS)] for i, name in enumerate(rest)}}


def accuracy_charts(study: Study, cells: Mapping[tuple[str, str, str], Accuracy | None]) -> Chart:
    """One figure a benchmark: accuracy with interval of every variant, a panel for each probe."""
    figures = [_accuracies(study, cells, benchmark) for benchmark in study.benchmarks]
    seeds = "; small rings: single seeds" if len(study.seeds) > 1 else ""
    caption = (
        f"Test accuracy in percent. Large symbols and bars: {'mean and ' if seeds else ''}{100 * study.confidence:g} % interval{seeds}. "
        "Dotted line: chance. Grey band: the random encoder's interval, which a trained encoder should leave behind."
    )
    return Chart("accuracy-figure", caption, figures)


def _accuracies(study: Study, cells: Mapping[tuple[str, str, str], Accuracy | None], benchmark: str) -> go.Figure:
    import plotly.graph_objects as go
    from plotly.subplots import make_subplots

    look = looks(study.variants)
    rows = len(study.probes)
    height = 60 + rows * (34 + 24 * len(study.variants)) + 40
    figure = make_subplots(
        rows=rows,
        shared_xaxes=True,
        vertical_spacing=min(0.12, 0.34 / max(rows, 1)),
        subplot_titles=[probe_name(p) for p in study.probes],
    )
    highest = 0.0
    for row, probe in enumerate(study.probes, start=1):
        found = [one for variant in study.variants if (one := cells[variant, benchmark, probe])]
        for one in found:
            highest = max(highest, 100 * one.interval.high, *(100 * value for value in one.by_seed))
            figure.add_traces(_point(go, one, look[one.variant]), rows=row, cols=1)
            if one.variant == "random":
                band = {
                    "x0": 100 * one.interval.low,
                    "x1": 100 * one.interval.high,
                    "fillcolor": "#000000",
                    "opacity": 0.09,
                }
                figure.add_vrect(row=row, col=1, line_width=0, layer="below", **band)
        if found:
            figure.add_vline(
                x=100 * found[0].chance, row=row, col=1, line={"dash": "dot", "color": "#555555", "width": 1.5}
            )
        figure.update_yaxes(
            row=row, col=1, type="category", categoryorder="array", categoryarray=list(study.variants)[::-1],
            range=[-0.6, len(study.variants) - 0.4], gridcolor=GRID, fixedrange=True,
        )  # fmt: skip
    figure.update_xaxes(
        range=[0, min(100.0, 1.06 * highest) or 1], gridcolor=GRID, zeroline=False, fixedrange=True, ticks="outside"
    )
    figure.update_xaxes(row=rows, col=1, title={"text": "accuracy, %", "standoff": 6, "font": {"size": 12}})
    figure.update_annotations(x=0, xanchor="left", font={"size": 12, "color": "#444b54"})
    return dressed(figure, benchmark, height).update_layout(showlegend=False)


def _point(go: Any, one: Accuracy, look: tuple[str, str, str]) -> list[Any]:
    colour, symbol, _ = look
    interval, estimate = one.interval, 100 * one.interval.estimate
    error = {
        "type": "data",
        "symmetric": False,
        "array": [100 * interval.high - estimate],
        "arrayminus": [estimate - 100 * interval.low],
        "thickness": 2,
        "width": 5,
    }
    said = f"{one.variant}: {estimate:.1f} % ({100 * interval.low:.1f} to {100 * interval.high:.1f})<extra></extra>"
    marker = {"symbol": symbol, "size": 10, "color": colour}
    traces = [
        go.Scatter(
            x=[estimate],
            y=[one.variant],
            mode="markers",
            error_x=error,
            cliponaxis=False,
            marker=marker,
            hovertemplate=said,
        )
    ]
    if len(one.by_seed) > 1:
        ring = {"symbol": "circle-open", "size": 6, "color": colour, "line": {"width": 1}}
        texts = [
            f"{one.variant}, seed {seed}: {100 * value:.1f} %"
            for seed, value in zip(one.seeds, one.by_seed, strict=True)
        ]
        x = [100 * value for value in one.by_seed]
        traces.append(
            go.Scatter(x=x, y=[one.variant] * len(x), mode="markers", marker=ring, text=texts, hoverinfo="text")
        )
    return traces


def loss_charts(histories: Mapping[str, pd.DataFrame], variants: Mapping[str, str], order: Sequence[str]) -> Chart:
    """One figure for each raw term: its value over the steps, a line for each run."""
    chart = history_charts("loss-figure", histories, variants, order, "raw/")
    return Chart(chart.name, f"Terms of the loss over training, before weighting. {chart.caption}", chart.figures)


def history_charts(
    name: str, histories: Mapping[str, pd.DataFrame], variants: Mapping[str, str], order: Sequence[str], prefix: str
) -> Chart:
    """One figure for each column of the histories that starts with `prefix`, over the steps, a line for each run."""
    terms = list(dict.fromkeys(c for table in histories.values() for c in map(str, table) if c.startswith(prefix)))
    look = looks(order)
    figures = [_losses(histories, variants, order, term, look) for term in terms]
    longest = max(len(table) for table in histories.values())
    bins = -(-longest // POINTS)
    means = f"Each point is the mean of {bins} logged steps. " if bins > 1 else ""
    return Chart(name, f"{means}One line a run; runs of a variant share colour and dash.", figures)


def _losses(
    histories: Mapping[str, pd.DataFrame],
    variants: Mapping[str, str],
    order: Sequence[str],
    term: str,
    look: dict[str, tuple[str, str, str]],
) -> go.Figure:
    import plotly.graph_objects as go

    figure = go.Figure()
    shown: set[str] = set()
    for run in sorted(histories, key=lambda name: (list(order).index(variants[name]), name)):
        table = histories[run]
        if term not in table:
            continue
        variant = variants[run]
        read = table[table[term].notna()]  # what is monitored is read at some of the steps only
        steps, values = binned(read["step"].to_numpy(float), read[term].to_numpy(float))
        colour, _, dash = look[variant]
        said = f"{run}<br>step %{{x:.0f}}: %{{y:.4g}}<extra></extra>"
        line = {"color": colour, "dash": dash, "width": 1.6}
        figure.add_scatter(
            x=steps,
            y=values,
            mode="lines",
            line=line,
            name=variant,
            legendgroup=variant,
            showlegend=variant not in shown,
            hovertemplate=said,
        )
        shown.add(variant)
    figure.update_xaxes(
        title={"text": "step", "standoff": 4, "font": {"size": 12}}, gridcolor=GRID, zeroline=False, rangemode="tozero"
    )
    figure.update_yaxes(gridcolor=GRID, zerolinecolor=GRID, rangemode="tozero")
    legend = {"orientation": "h", "yanchor": "bottom", "y": 1.0, "xanchor": "left", "x": 0, "font": {"size": 12}}
    return dressed(figure, term.partition("/")[2], 300).update_layout(showlegend=True, legend=legend)


def binned(steps: np.ndarray, values: np.ndarray, points: int = POINTS) -> tuple[list[float], list[float]]:
    """Means of consecutive steps, so that no curve has more than `points` points."""
    size = -(-len(steps) // points) or 1
    edges = np.arange(0, len(steps), size)
    counts = np.diff(np.append(edges, len(steps)))
    return (np.add.reduceat(steps, edges) / counts).tolist(), (np.add.reduceat(values, edges) / counts).tolist()


def dressed(figure: go.Figure, title: str, height: int) -> go.Figure:
    """What every figure of a report has: its title inside the frame, its height, and margins."""
    figure.update_layout(
        template="none",
        title={
            "text": title,
            "x": 0,
            "xref": "paper",
            "font": {"size": 15},
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"t": 10},
        },
        height=height,
        autosize=True,
        margin={"l": 8, "r": 14, "t": 58, "b": 44},
        font=FONT,
        paper_bgcolor="#ffffff",
        plot_bgcolor="#ffffff",
        dragmode=False,
    )
    return figure.update_yaxes(automargin=True)

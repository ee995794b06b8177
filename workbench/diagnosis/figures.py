"""The figures of a diagnosis, by the table that each is of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from workbench.errors import UnknownName

if TYPE_CHECKING:
    import plotly.graph_objects as go


Figures = Iterator["go.Figure"]


def figures(diagnosis: Mapping[str, pd.DataFrame], tables: Sequence[str] = ()) -> list[go.Figure]:
    """Figures of `tables`, by default of all there are: one for each encoder and benchmark, or for all encoders of a benchmark.

    A table without a figure raises, and lists those with one.
    """
    for name in tables:
        if name not in FIGURES:
            raise UnknownName("table with a figure", name, FIGURES)
    return [figure for name in tables or FIGURES if name in diagnosis for figure in FIGURES[name](diagnosis)]


def _matrix(diagnosis: Mapping[str, pd.DataFrame]) -> Figures:
    from workbench.plots.matrix import matrix_figure

    for (encoder, benchmark), rows in _each(diagnosis, "matrix"):
        yield matrix_figure(rows, f"What can be read from which block: {encoder}, {benchmark}")


def _sensitivity(diagnosis: Mapping[str, pd.DataFrame]) -> Figures:
    from workbench.plots.time import sensitivity_figure

    return (sensitivity_figure(rows) for _, rows in _each(diagnosis, "sensitivity"))


def _features(diagnosis: Mapping[str, pd.DataFrame]) -> Figures:
    from workbench.plots.time import feature_figure

    return (feature_figure(rows) for _, rows in _each(diagnosis, "features"))


def _channels(diagnosis: Mapping[str, pd.DataFrame]) -> Figures:
    from workbench.plots.channels import channel_figure

    counts = dict(_each(diagnosis, "channel_counts"))
    return (channel_figure(rows, counts[where]) for where, rows in _each(diagnosis, "channels"))


def _label_curve(diagnosis: Mapping[str, pd.DataFrame]) -> Figures:
    from workbench.plots.efficiency import efficiency_figure

    for (encoder, benchmark), rows in _each(diagnosis, "label_curve"):
        title = f"Accuracy against number of labels: {encoder}, {benchmark}"
        yield efficiency_figure(rows).update_layout(title_text=title)


def _quality(diagnosis: Mapping[str, pd.DataFrame]) -> Figures:
    from workbench.plots.budget import budget_figure

    for benchmark, rows in _marked(diagnosis["quality"]).groupby("benchmark", sort=False):
        yield budget_figure(rows, f"Variance budget of tokens, {benchmark}")


def _spectrum(diagnosis: Mapping[str, pd.DataFrame]) -> Figures:
    from workbench.plots.spectrum import spectrum_figure

    for benchmark, rows in _marked(diagnosis["spectrum"]).groupby("benchmark", sort=False):
        yield spectrum_figure(rows, title=f"Spectrum of clips, {benchmark}: share of the variance by rank")


FIGURES: dict[str, Callable[[Mapping[str, pd.DataFrame]], Figures]] = {
    "matrix": _matrix,
    "sensitivity": _sensitivity,
    "features": _features,
    "channels": _channels,
    "quality": _quality,
    "spectrum": _spectrum,
    "label_curve": _label_curve,
}


def _each(diagnosis: Mapping[str, pd.DataFrame], table: str) -> Iterator[tuple[tuple[str, str], pd.DataFrame]]:
    """Rows of every encoder on every benchmark."""
    for (encoder, benchmark), rows in _marked(diagnosis[table]).groupby(["encoder", "benchmark"], sort=False):
        yield (str(encoder), str(benchmark)), rows.reset_index(drop=True)


def _marked(table: pd.DataFrame) -> pd.DataFrame:
    """The table with "(audit failed)" behind the name of every encoder of which it did."""
    failed = table["audit"].str.startswith("failed")
    return table.assign(encoder=table["encoder"].where(~failed, table["encoder"] + " (audit failed)"))

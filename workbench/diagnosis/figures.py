"""The figures of a diagnosis: of each encoder and benchmark its own, and those that show several encoders together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from workbench.diagnosis.diagnosis import Diagnosis


def figures(diagnosis: Diagnosis) -> list[go.Figure]:
    """Matrix, time, channels, labels of every encoder and benchmark; budget and spectra of all encoders in one figure."""
    return [*_of_each(diagnosis), *_of_all(diagnosis)]


def _of_each(diagnosis: Diagnosis) -> Iterator[go.Figure]:
    from workbench.plots.channels import channel_figure
    from workbench.plots.efficiency import efficiency_figure
    from workbench.plots.matrix import matrix_figure
    from workbench.plots.time import feature_figure, sensitivity_figure

    for (encoder, benchmark), matrix in _split(diagnosis, "matrix"):
        yield matrix_figure(matrix, f"What can be read from which block: {encoder}, {benchmark}")
    for _, sensitivity in _split(diagnosis, "sensitivity"):
        yield sensitivity_figure(sensitivity)
    for _, moved in _split(diagnosis, "features"):
        yield feature_figure(moved)
    counts = dict(_split(diagnosis, "channel_counts"))
    for where, channels in _split(diagnosis, "channels"):
        yield channel_figure(channels, counts[where])
    for (encoder, benchmark), curve in _split(diagnosis, "label_curve"):
        figure = efficiency_figure(curve)
        yield figure.update_layout(title_text=f"Accuracy against number of labels: {encoder}, {benchmark}")


def _of_all(diagnosis: Diagnosis) -> Iterator[go.Figure]:
    from workbench.plots.budget import budget_figure
    from workbench.plots.spectrum import spectrum_figure

    for table, make in (("quality", budget_figure), ("spectrum", spectrum_figure)):
        if table in diagnosis:
            for benchmark, rows in diagnosis[table].groupby("benchmark", sort=False):
                figure = make(rows)
                yield figure.update_layout(title_text=f"{figure.layout.title.text}: {benchmark}")


def _split(diagnosis: Diagnosis, table: str) -> Iterator[tuple[tuple[str, str], pd.DataFrame]]:
    if table in diagnosis:
        for (encoder, benchmark), rows in diagnosis[table].groupby(["encoder", "benchmark"], sort=False):
            yield (str(encoder), str(benchmark)), rows.reset_index(drop=True)

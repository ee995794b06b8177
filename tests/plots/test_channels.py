"""What the figure of static and dynamic channels shows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.plots.channels import channel_figure
from workbench.time_use.channels import Pairs, channel_tables

WHO = {"encoder": "tiny", "benchmark": "temporal16"}


def tables(static: bool = True, dynamic: bool = True) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(2, 100, 6))
    mixed = np.concatenate([a[:, :4], b[:, 4:]], 1)  # channels 0 to 3 in common
    found = channel_tables(
        {"static": Pairs(a, mixed) if static else "no order", "dynamic": Pairs(a, a) if dynamic else "no motion"},
        {"appearance": slice(0, 4), "dynamics": slice(4, 6)},
    )
    return found[0].assign(**WHO), found[1].assign(**WHO)


def test_channels_are_drawn_by_block_with_the_counts_in_the_corners() -> None:
    channels, counts = tables()
    figure = channel_figure(channels, counts)
    assert [trace.name for trace in figure.data] == ["appearance: 4 channels", "dynamics: 2 channels"]
    wide = channels.pivot_table("value", "channel", "kind")
    assert list(figure.data[0].x) == pytest.approx(wide["static"][:4]) and list(figure.data[1].y) == pytest.approx(
        [1, 1]
    )
    assert {note.text for note in figure.layout.annotations} == {
        "both: 4",
        "dynamic only: 2",
        "static only: 0",
        "neither: 0",
    }
    assert figure.data[0].marker.symbol != figure.data[1].marker.symbol


def test_one_kind_alone_is_drawn_over_the_channels_and_the_title_says_why() -> None:
    figure = channel_figure(*tables(dynamic=False))
    assert "no motion" in figure.layout.title.text and list(figure.data[0].x) == [0, 1, 2, 3]
    assert list(figure.data[0].y) == pytest.approx([1] * 4)
    figure = channel_figure(*tables(static=False))
    assert "no order" in figure.layout.title.text and list(figure.data[1].x) == [4, 5]

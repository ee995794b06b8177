"""The one call, on rendered clips and encoders whose use of time is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.time_use.tiny import CLIPS, Differences, Orderless, Pixels, rendered
from workbench.errors import UnknownName
from workbench.features import features_of
from workbench.time_use import time_use
from workbench.time_use.chiral import MEAN
from workbench.time_use.transforms import TRANSFORMS
from workbench.time_use.views import changed_means


@pytest.fixture(autouse=True)
def in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clips come from the renderer, not from video files."""
    monkeypatch.setattr("workbench.data.clips.load_clips", rendered)


def test_an_orderless_encoder_loses_nothing_by_shuffling_or_reversing() -> None:
    tables = time_use(Orderless(), "temporal16", show=False)
    table = tables["sensitivity"]
    ordered = table[table["transform"].isin(["shuffle", "reverse"])]
    assert (ordered[ordered["metric"] == "drop"]["value"] == 0).all()
    indices = ordered[ordered["metric"] == "tsi"].dropna(subset="value")
    assert len(indices) and (indices["value"] == 0).all()
    features = tables["features"].set_index(["transform", "features"])["value"]
    assert features.loc["shuffle"].eq(0).all() and features.loc["reverse"].eq(0).all()
    assert features.loc["freeze"].gt(0).all()
    static = tables["channel_counts"].query("kind == 'static' and metric == 'S'")["value"]
    assert static.to_list() == pytest.approx([1])


def test_differences_vanish_when_a_clip_stands_still() -> None:
    tables = time_use(Differences(), "temporal16", factors=["event"], show=False)
    table = tables["sensitivity"].set_index(["transform", "probe", "metric"])
    assert table.loc[("none", "fixed", "accuracy"), "value"] > 2 / 16
    still = table.loc[("freeze", "retrained", "accuracy")]
    assert still["low"] <= 1 / 16 <= still["high"]
    lost, chance = (
        table.loc[("freeze", "retrained", "drop")],
        table.loc[("none", "fixed", "accuracy"), "value"] - 1 / 16,
    )
    assert table.loc[("freeze", "retrained", "tsi"), "value"] == pytest.approx(lost["value"] / chance)
    chiral = tables["chiral"]
    assert len(chiral) == 9 and chiral["pair"].iloc[-1] == MEAN
    assert chiral["n"].iloc[-1] == CLIPS["test_clips"] and (chiral["chance"] == 0.5).all()


def test_tables_are_complete_and_the_same_on_every_call() -> None:
    first = time_use(Pixels(), "temporal16", factors=["pair", "colour"], show=False)
    again = time_use(Pixels(), "temporal16", factors=["pair", "colour"], show=False)
    table = first["sensitivity"]
    assert len(table) == 2 * (1 + len(TRANSFORMS) * 2 * 3)
    assert set(table["group"]) == {"motion", "appearance"} and set(table["encoder"]) == {"pixels"}
    assert len(first["features"]) == 2 * len(TRANSFORMS) and len(first["channels"]) == 2 * 48
    for name, found in first.items():
        pd.testing.assert_frame_equal(found, again[name])
        assert (found["value"].notna() | (found["note"] != "")).all()
        assert (found["low"].isna() | ((found["low"] <= found["value"]) & (found["value"] <= found["high"]))).all()


def test_a_benchmark_without_motion_says_what_it_cannot_tell() -> None:
    tables = time_use(Pixels(), "appearance100", factors=["colour"], show=False)
    assert tables["chiral"]["note"].str.contains("reversal").all()
    dynamic = tables["channels"].query("kind == 'dynamic'")
    assert dynamic["value"].isna().all() and dynamic["note"].str.contains("no factors of motion").all()
    assert tables["channels"].query("kind == 'static'")["value"].notna().any()


def test_an_unknown_factor_lists_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="colour"):
        time_use(Pixels(), "temporal16", factors=["color"], show=False)


def test_features_of_reversed_clips_are_those_of_the_clips_turned_around() -> None:
    encoder = Pixels()
    clips = rendered(encoder.config.data, "test", source="temporal16")
    back = changed_means(encoder, clips, "reverse")
    there = features_of(encoder, clips).per_time
    np.testing.assert_allclose(back, there[:, ::-1], atol=1e-3)
    assert (changed_means(encoder, clips, "shuffle", limit=10) == changed_means(encoder, clips, "shuffle")[:10]).all()

"""The table of all measures: values, intervals, what cannot be measured, and the spectrum."""

import numpy as np
import pytest

from tests.quality.made import features
from workbench.errors import UnknownName, WorkbenchError
from workbench.quality.measures import COLUMNS, MEASURES, jackknife_half_width, quality, spectrum
from workbench.quality.rank import lidar, rankme

RNG = np.random.default_rng(0)
TOKENS = RNG.normal(size=(300, 8, 24)).astype(np.float16)
VIEWS = TOKENS.mean(1, dtype=np.float32) + 0.1 * RNG.normal(size=(3, 300, 24)).astype(np.float32)


@pytest.fixture(scope="module")
def table():
    return quality(features(TOKENS, (2, 2, 2)), VIEWS).set_index("measure")


def test_every_measure_has_a_row_a_source_and_a_value_or_a_reason(table):
    assert list(table.reset_index()) == list(COLUMNS)
    assert list(table.index) == list(MEASURES)
    assert (table["source"] != "").all()
    assert table["value"].notna().all()
    assert table.loc["alpha", "note"] == "of ranks 11 to 24: there are no more channels"
    assert table["low"].isna().equals(table["high"].isna())


def test_values_are_those_of_the_functions(table):
    pooled = TOKENS.astype(np.float32).mean(1)
    assert table.loc["rankme", "value"] == pytest.approx(rankme(pooled), rel=1e-4)
    assert table.loc["rankme_tokens", "value"] == pytest.approx(rankme(TOKENS.reshape(-1, 24)), rel=1e-6)
    assert table.loc["lidar", "value"] == pytest.approx(lidar(VIEWS))
    assert table.loc["std", "value"] == pytest.approx(1, abs=0.02)
    assert table.loc["sigreg", "value"] == pytest.approx(1, abs=0.4)
    shares = table.loc[[name for name in table.index if name.startswith("budget_")], "value"]
    assert shares.sum() == pytest.approx(1)
    assert shares["budget_clip"] == pytest.approx(1 / 8, abs=0.02)  # the mean of eight independent tokens


def test_intervals_hold_the_value_and_the_truth(table):
    known = table.dropna(subset=["low"])
    assert len(known) >= 10
    assert (known["low"] <= known["value"]).all() and (known["value"] <= known["high"]).all()
    assert table.loc["std", "low"] < 1 < table.loc["std", "high"]


def test_the_jackknife_of_a_mean_is_its_standard_error():
    x = np.random.default_rng(1).normal(size=10)
    left_out = np.array([np.delete(x, g).mean() for g in range(10)])
    assert jackknife_half_width(left_out) == pytest.approx(2.262157 * x.std(ddof=1) / np.sqrt(10), rel=1e-5)


def test_the_same_seed_gives_the_same_numbers(table):
    again = quality(features(TOKENS, (2, 2, 2)), VIEWS).set_index("measure")
    assert again.equals(table)


def test_fewer_clips_than_channels_and_no_views_are_said():
    table = quality(features(TOKENS[:20], (2, 2, 2))).set_index("measure")
    assert table.loc["rankme", "note"] == "RankMe needs more clips than channels; there are 20 clips and 24 channels."
    assert "Needs views" in table.loc["lidar", "note"] and "Needs views" in table.loc["alignment", "note"]
    assert table.loc[["rankme", "lidar", "alignment"], "value"].isna().all()
    close = quality(features(TOKENS[:26], (2, 2, 2))).set_index("measure")
    assert close.loc["rankme", "value"] > 1 and "no interval" in close.loc["rankme", "note"]


def test_a_collapsed_space_is_marked_and_never_a_nan():
    flat = quality(features(np.full((50, 8, 4), 0.5, np.float16), (2, 2, 2))).set_index("measure")
    assert flat.loc["std", "value"] == pytest.approx(0, abs=1e-6)
    assert flat.loc["hinge", "value"] == pytest.approx(0.99, abs=1e-3)
    assert flat.loc["rankme", "value"] == pytest.approx(1, abs=1e-3)
    assert flat.loc["uniformity", "value"] == pytest.approx(0, abs=1e-6)
    assert flat.loc["budget_clip", "note"].startswith("All tokens are alike")
    zero = quality(features(np.zeros((50, 8, 4), np.float16), (2, 2, 2))).set_index("measure")
    assert "zero" in zero.loc["rankme", "note"] and "no direction" in zero.loc["uniformity", "note"]
    for table in (flat, zero):
        assert (table["value"].notna() | (table["note"] != "")).all()


def test_bad_features_and_views_raise():
    broken = TOKENS.copy()
    broken[5, 0, 0] = np.inf
    with pytest.raises(WorkbenchError, match="not finite in 1 of 300"):
        quality(features(broken, (2, 2, 2)))
    with pytest.raises(WorkbenchError, match="two clips"):
        quality(features(TOKENS[:1], (2, 2, 2)))
    with pytest.raises(WorkbenchError, match=r"\(views, 300, 24\)"):
        quality(features(TOKENS, (2, 2, 2)), VIEWS[:, :20])
    with pytest.raises(WorkbenchError, match="Views are not finite"):
        quality(features(TOKENS, (2, 2, 2)), VIEWS * np.nan)
    with pytest.raises(UnknownName, match="rankme"):
        MEASURES["rank_me"]


def test_the_spectrum_is_that_of_the_covariance():
    table = spectrum(features(TOKENS, (2, 2, 2)))
    tokens = table[table["of"] == "tokens"]
    expected = np.linalg.eigvalsh(np.cov(TOKENS.reshape(-1, 24).astype(float).T, bias=True))[::-1]
    np.testing.assert_allclose(tokens["eigenvalue"], expected, rtol=1e-6)
    assert tokens["share"].sum() == pytest.approx(1) and list(tokens["rank"]) == list(range(1, 25))
    few = spectrum(features(TOKENS[:20], (2, 2, 2)))
    assert few.loc[few["of"] == "clips", "note"].str.contains("fewer clips").all()

"""Planted channels: what holds a look, what holds a motion, what holds neither."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from workbench.errors import WorkbenchError
from workbench.time_use.channels import Pairs, channel_tables, dynamic_pairs

BLOCKS = {"appearance": slice(0, 2), "dynamics": slice(2, 4)}


def planted(n: int = 400) -> dict[str, Pairs | str]:
    """Channels: a look, both, a motion, noise, constant; static pairs share the look, dynamic pairs the motion."""
    rng = np.random.default_rng(0)

    def pair(look: bool, motion: bool) -> Pairs:
        looks, motions = rng.normal(size=(2, n)), rng.normal(size=(2, n))
        looks[1], motions[1] = looks[0] if look else looks[1], motions[0] if motion else motions[1]
        sides = [
            np.stack([a, (a + b) / np.sqrt(2), b, rng.normal(size=n), np.full(n, 3.0)], 1)
            for a, b in zip(looks, motions, strict=True)
        ]
        return Pairs(sides[0], sides[1])

    return {"static": pair(True, False), "dynamic": pair(False, True)}


def test_planted_channels_score_as_planted() -> None:
    channels, counts = channel_tables(planted(), BLOCKS)
    s = channels.pivot_table("value", "channel", "kind")
    assert s["static"].to_list() == pytest.approx([1, 0.5, 0, 0], abs=0.15)
    assert s["dynamic"].to_list() == pytest.approx([0, 0.5, 1, 0], abs=0.15)
    constant = channels[channels["channel"] == 4]
    assert constant["value"].isna().all() and (constant["note"] == "the channel is constant").all()
    assert channels["block"].to_list()[:5] == ["appearance", "appearance", "dynamics", "dynamics", ""]
    known = channels.dropna(subset="value")
    assert (known["low"] <= known["value"]).all() and (known["value"] <= known["high"]).all()
    of = counts.set_index(["kind", "block", "metric"])
    assert of.loc[("static", "all", "S"), "value"] == pytest.approx(1.5 / 4, abs=0.1)
    assert of.loc[("static", "appearance", "S"), "value"] == pytest.approx(0.75, abs=0.1)
    level = of.loc[(slice(None), "dynamics", "channels above 0.5"), "value"].droplevel([1, 2])
    assert level.to_dict() == {"static": 0, "dynamic": 1, "both": 0, "static only": 0, "dynamic only": 1, "neither": 1}


def test_sum_is_that_of_covariances_over_that_of_variances() -> None:
    rng = np.random.default_rng(1)
    a = rng.normal(size=(300, 6)) * np.arange(1, 7)
    b = 0.6 * a + rng.normal(size=a.shape)
    _, counts = channel_tables({"static": Pairs(a, b), "dynamic": Pairs(a, b)}, {})
    covariances = [np.cov(a[:, i], b[:, i], ddof=0) for i in range(6)]
    expected = sum(c[0, 1] for c in covariances) / sum((c[0, 0] + c[1, 1]) / 2 for c in covariances)
    assert counts[counts["metric"] == "S"]["value"].iloc[0] == pytest.approx(expected)


def test_equal_sides_give_one_and_shifted_sides_too() -> None:
    a = np.random.default_rng(2).normal(size=(50, 3))
    channels, _ = channel_tables({"static": Pairs(a, a), "dynamic": Pairs(a, a + 7)}, {})
    assert channels["value"].to_list() == pytest.approx([1] * 6)


def test_without_pairs_every_cell_says_why() -> None:
    a = np.random.default_rng(3).normal(size=(50, 4))
    channels, counts = channel_tables({"static": Pairs(a, a), "dynamic": "no motion factors"}, BLOCKS)
    dynamic = channels[channels["kind"] == "dynamic"]
    assert len(dynamic) == 4 and dynamic["value"].isna().all() and (dynamic["note"] == "no motion factors").all()
    assert (counts[counts["value"].isna()]["note"] != "").all()
    assert counts[counts["kind"] == "both"]["note"].str.contains("dynamic S is not there").all()
    few, _ = channel_tables({"static": Pairs(a, a), "dynamic": Pairs(a[:3], a[:3])}, {})
    assert few[few["kind"] == "dynamic"]["note"].str.contains("3 pairs").all()


def test_dynamic_pairs_share_the_motion_and_no_look() -> None:
    rng = np.random.default_rng(4)
    table = pd.DataFrame(
        {"motion": rng.integers(0, 5, 200), "sprite": rng.integers(0, 4, 200), "size": rng.integers(0, 3, 200)}
    )
    pairs = dynamic_pairs(table, ["motion"], ["sprite", "size"])
    a, b = table.iloc[pairs[:, 0]], table.iloc[pairs[:, 1]]
    assert (a["motion"].to_numpy() == b["motion"].to_numpy()).all()
    for look in ("sprite", "size"):
        assert (a[look].to_numpy() != b[look].to_numpy()).all()
    assert len(np.unique(pairs[:, 0])) == len(pairs) == 200
    assert (pairs == dynamic_pairs(table, ["motion"], ["sprite", "size"])).all()
    assert (pairs != dynamic_pairs(table, ["motion"], ["sprite", "size"], seed=1)).any()


def test_clips_without_a_partner_are_left_out() -> None:
    table = pd.DataFrame({"motion": [0, 0, 1, 1, 2], "sprite": [0, 1, 3, 3, 4]})
    assert dynamic_pairs(table, ["motion"], ["sprite"]).tolist() == [[0, 1], [1, 0]]
    with pytest.raises(WorkbenchError, match="appearance factors"):
        dynamic_pairs(table, ["motion"], [])


def test_null_takes_out_what_comes_of_never_sharing_a_look() -> None:
    """A channel that codes one of two looks: pairs of other look have opposite values, S −1, with the motion and without."""
    rng = np.random.default_rng(5)
    table = pd.DataFrame({"motion": rng.integers(0, 4, 300), "sprite": rng.integers(0, 2, 300)})
    z = table[["sprite", "motion"]].to_numpy(float)
    same, other = dynamic_pairs(table, ["motion"], ["sprite"]), dynamic_pairs(table, [], ["sprite"])
    pairs = Pairs(z[same[:, 0]], z[same[:, 1]], (z[other[:, 0]], z[other[:, 1]]))
    found, _ = channel_tables({"static": "none", "dynamic": pairs}, {})
    dynamic = found[found["kind"] == "dynamic"]
    assert dynamic["value"].to_list() == pytest.approx([-1, 1])
    assert dynamic["null"].to_list() == pytest.approx([-1, 0], abs=0.15)


def test_pairs_in_pieces_are_as_good_as_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workbench.time_use.channels.COMPARED", 1000)
    table = pd.DataFrame({"sprite": np.arange(200) % 4})
    pairs = dynamic_pairs(table, [], ["sprite"])
    assert sorted(pairs[:, 0]) == list(range(200)) and ((pairs[:, 0] - pairs[:, 1]) % 4 != 0).all()

"""The index on answers and features whose cost is known."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from workbench.time_use.sensitivity import (
    Factor,
    Views,
    drop_and_index,
    feature_distance,
    read_factor,
    sensitivity_rows,
    unchanged_rows,
)

CLASSES = 4


def indices(before: float, after: float, n: int = 1000, chance: float = 0.25) -> dict[str, dict[str, Any]]:
    """Rows by metric for answers of which the first `before`, and `after`, are right."""
    place = np.arange(n) / n
    rows = drop_and_index({"chance": chance}, place < before, place < after)
    return {r["metric"]: r for r in rows}


def coded(labels: np.ndarray, rng: np.random.Generator, steps: int = 4) -> np.ndarray:
    """Features (n, t, 4) in which only the order tells the class: a mark passes the channels, beginning at the class."""
    z = rng.normal(0, 0.1, (len(labels), steps, CLASSES))
    for step in range(steps):
        z[np.arange(len(labels)), step, (labels + step) % CLASSES] += 1
    return z.astype(np.float32)


def views(rng: np.random.Generator) -> tuple[Views, Factor]:
    labels = [np.arange(n) % CLASSES for n in (200, 80, 120)]
    return Views(*(coded(x, rng) for x in labels)), Factor("motion", "motion", CLASSES, *labels)


def changed(found: Views, order: list[int]) -> Views:
    return Views(found.train[:, order], found.val[:, order], found.test[:, order])


@pytest.mark.parametrize(("after", "tsi"), [(0.85, 0.0), (0.55, 0.5), (0.25, 1.0), (0.1, 1.25)])
def test_index_is_the_share_lost_of_what_is_above_chance(after: float, tsi: float) -> None:
    found = indices(0.85, after)
    assert found["drop"]["value"] == pytest.approx(0.85 - after) and found["tsi"]["value"] == pytest.approx(tsi)
    assert found["tsi"]["low"] <= found["tsi"]["value"] <= found["tsi"]["high"] and found["tsi"]["note"] == ""


def test_interval_of_the_drop_is_paired() -> None:
    """Clips that are right under both tell nothing of the drop: its variance is that of the clips that change, p(1 − p)/n."""
    found = indices(0.8, 0.7, n=2000)["drop"]
    half = 1.96 * np.sqrt(0.1 * 0.9 / 2000)
    assert (found["low"], found["high"]) == pytest.approx((0.1 - half, 0.1 + half), abs=0.003)


def test_index_interval_covers_the_truth() -> None:
    rng, hits = np.random.default_rng(0), 0
    for trial in range(100):
        before, both = rng.random(400) < 0.65, rng.random(400) < 0.7
        tsi = drop_and_index({"chance": 0.25}, before, before & both, seed=trial)[1]
        hits += tsi["low"] <= 0.65 * 0.3 / 0.4 <= tsi["high"]
    assert 88 <= hits <= 100


def test_at_chance_the_index_is_undefined_in_words() -> None:
    found = indices(0.26, 0.2)
    assert found["tsi"]["value"] is None and "not above chance" in found["tsi"]["note"]
    assert found["drop"]["value"] == pytest.approx(0.06)


def test_order_that_is_kept_costs_nothing_and_order_that_is_lost_costs_all() -> None:
    found, factor = views(np.random.default_rng(1))
    reading = read_factor(found, factor)
    rows = {(r["probe"], r["metric"]): r["value"] for r in sensitivity_rows(reading, "same", found)}
    assert rows["fixed", "accuracy"] == 1 and rows["fixed", "tsi"] == rows["retrained", "tsi"] == 0
    turned = changed(found, [1, 2, 3, 0])  # a fixed probe takes each class for the next; a new one learns the new code
    rows = {(r["probe"], r["metric"]): r["value"] for r in sensitivity_rows(reading, "turned", turned)}
    assert rows["fixed", "accuracy"] == 0 and rows["fixed", "tsi"] == pytest.approx(1 / 0.75)
    assert rows["retrained", "tsi"] == 0


def test_shuffle_by_clip_costs_a_retrained_probe_what_order_told_and_the_mean_over_time_nothing() -> None:
    rng = np.random.default_rng(2)
    found, factor = views(rng)
    moved = Views(*(rng.permuted(x, axis=1) for x in (found.train, found.val, found.test)))  # channel by channel
    rows = {(r["probe"], r["metric"]): r for r in sensitivity_rows(read_factor(found, factor), "shuffle", moved)}
    assert rows["retrained", "tsi"]["value"] > 0.7

    def sorted_mean(view: Views) -> Views:
        return Views(*(np.sort(x, 1).mean(1, keepdims=True) for x in (view.train, view.val, view.test)))

    labels = [np.arange(n) % 2 for n in (200, 80, 120)]
    bright = Views(*(x + y[:, None, None] for x, y in zip((found.train, found.val, found.test), labels, strict=True)))
    orderless = sorted_mean(bright)
    again = sorted_mean(Views(*(rng.permuted(x, axis=1) for x in (bright.train, bright.val, bright.test))))
    reading = read_factor(orderless, Factor("colour", "appearance", 2, *labels))
    rows = {(r["probe"], r["metric"]): r for r in sensitivity_rows(reading, "shuffle", again)}
    assert unchanged_rows(reading)[0]["value"] == 1
    assert rows["fixed", "tsi"]["value"] == rows["retrained", "tsi"]["value"] == 0


def test_factor_of_one_value_and_impossible_change_are_marked_cells() -> None:
    found, factor = views(np.random.default_rng(3))
    one = Factor("size", "appearance", 3, *(np.zeros(n, int) for n in (200, 80, 120)))
    rows = [*unchanged_rows(read_factor(found, one)), *sensitivity_rows(read_factor(found, one), "shuffle", found)]
    assert all(r["value"] is None and "one value" in r["note"] for r in rows) and len(rows) == 7
    rows = sensitivity_rows(read_factor(found, factor), "shuffle", "the encoder has one time step")
    assert all(r["value"] is None and r["note"] == "the encoder has one time step" for r in rows) and len(rows) == 6


def test_classes_that_train_lacks_are_named() -> None:
    found, factor = views(np.random.default_rng(4))
    keep = factor.train != 2
    lacking = read_factor(
        Views(found.train[keep], found.val, found.test),
        Factor("motion", "motion", CLASSES, factor.train[keep], factor.val, factor.test),
    )
    assert "2" in lacking.note and "missing from train" in unchanged_rows(lacking)[0]["note"]


def test_feature_distance_is_nought_for_equal_one_for_another_clips_and_free_of_scale() -> None:
    z = np.random.default_rng(5).normal(size=(300, 20))
    assert feature_distance(z, z)["value"] == 0 and feature_distance(z, 3 * z)["value"] == pytest.approx(0, abs=1e-12)
    other = feature_distance(z, np.roll(z, 1, 0))
    assert other["low"] <= 1 <= other["high"] and other["value"] == pytest.approx(1, abs=0.1)
    unit = z / np.linalg.norm(z, axis=1, keepdims=True)
    cosines = (unit @ unit.T)[~np.eye(300, dtype=bool)]
    expected = (1 - (unit * -unit).sum(1)).mean() / (1 - cosines).mean()
    assert feature_distance(z, -z)["value"] == pytest.approx(expected)


def test_feature_distance_of_a_collapsed_space_is_undefined_in_words() -> None:
    z = np.ones((50, 6))
    assert feature_distance(z, z)["value"] is None and "collapsed" in feature_distance(z, z)["note"]
    assert "one clip" in feature_distance(z[:1], z[:1])["note"]

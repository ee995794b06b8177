"""Bad input: a clear error, or a marked cell; never a NaN."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tests.disentangle.planted import BLOCKS, CLASSES, GROUPS, planted
from workbench.disentangle import FactorData, Split, disentangle, factor_data
from workbench.disentangle.data import channel_sets
from workbench.errors import UnknownName, WorkbenchError
from workbench.features import Features


def small(**labels: np.ndarray) -> FactorData:
    """The separated plan with some factors' labels replaced in every split: each a function of the number of clips."""
    data = planted("separated")

    def changed(split: Split) -> Split:
        n = len(split)
        return Split(split.x, split.labels | {name: np.resize(values, n) for name, values in labels.items()})

    return replace(data, train=changed(data.train), val=changed(data.val), test=changed(data.test))


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ({"appearance": slice(0, 0), "dynamics": slice(0, 20)}, "'appearance' has no channels"),
        ({"appearance": slice(0, 12), "dynamics": slice(10, 20)}, "share channel 10"),
        (
            {"appearance": slice(0, 10), "dynamics": slice(10, 21)},
            "'dynamics' is channels 10..21 of an encoder with 20",
        ),
        ({"appearance": slice(0, 10), "motion": slice(10, 20)}, "Unknown block"),
    ],
)
def test_blocks_that_do_not_fit_are_named(blocks: dict[str, slice], message: str) -> None:
    with pytest.raises(WorkbenchError, match=message):
        disentangle(planted("separated"), blocks)


def test_open_slices_reach_to_the_ends() -> None:
    sets = channel_sets({"appearance": slice(None, 2), "dynamics": slice(2, None)}, 5)
    assert [sets[name].tolist() for name in sets] == [[0, 1], [2, 3, 4]]


def test_non_finite_features_name_the_split_and_count_the_clips() -> None:
    data = planted("separated")
    data.val.x[3, 2, 0] = np.nan
    data.val.x[7, 0, 1] = np.inf
    with pytest.raises(WorkbenchError, match="val features are not finite in 2 of 240"):
        disentangle(data, BLOCKS)


def test_labels_outside_the_classes_and_shapes_that_differ_raise() -> None:
    with pytest.raises(WorkbenchError, match=r"label of sprite in train lies outside 0\.\.3"):
        disentangle(small(sprite=np.array([0, 4])), BLOCKS)
    data = planted("separated")
    with pytest.raises(WorkbenchError, match="test features are"):
        disentangle(replace(data, test=Split(data.test.x[:, :19], data.test.labels)), BLOCKS)
    with pytest.raises(UnknownName, match="group of factors"):
        disentangle(replace(data, groups={"looks": ("sprite",)}), BLOCKS)


def reasons(table: pd.DataFrame) -> pd.Series:
    lacking = table[table["value"].isna()]
    assert (lacking["note"] != "").all()
    return lacking["note"]


def test_a_factor_with_one_value_is_a_marked_cell_and_the_rest_is_measured() -> None:
    tables = disentangle(small(speed=np.array([1])), BLOCKS)
    matrix = tables["matrix"].set_index("factor")
    assert matrix.loc["speed", "value"].isna().all()
    assert matrix.loc["speed", "note"].str.contains("one value in train").all()
    assert matrix.drop("speed")["value"].notna().all()
    gap = tables["separation"].query("split == 'blocks' and measure == 'gap_motion' and factor == 'mean'").iloc[0]
    assert gap["value"] > 0.9 and "speed has one value" in gap["note"]


def test_a_class_missing_from_a_split_is_noted_beside_the_number() -> None:
    data = planted("separated")
    test = data.test.labels | {"sprite": np.where(data.test.labels["sprite"] == 3, 2, data.test.labels["sprite"])}
    tables = disentangle(replace(data, test=Split(data.test.x, test)), BLOCKS)
    sprite = tables["matrix"].set_index("factor").loc["sprite"]
    assert sprite["value"].notna().all()
    assert sprite["note"].str.contains("test lacks 1 of 4 classes of sprite").all()


def test_clips_without_motion_mark_what_needs_it() -> None:
    data = planted("separated")
    tables = disentangle(replace(data, groups={"appearance": GROUPS["appearance"]}), BLOCKS)
    separation = tables["separation"]
    motion = separation[separation["measure"].str.endswith("motion")]
    assert motion["value"].isna().all() and motion["note"].str.contains("no motion factor").all()
    found = separation[separation["split"] == "found"]
    assert found["note"].str.contains("no motion factor to find a split by").all()
    assert separation.query("measure == 'gap_appearance' and split == 'blocks'")["value"].notna().all()
    assert len(reasons(tables["whole"])) == 1  # the block-DCI that compares the groups


def test_what_nobody_can_read_cannot_leak() -> None:
    rng = np.random.default_rng(0)
    separation = disentangle(small(direction=rng.integers(0, 5, 997)), BLOCKS)["separation"]
    leak = separation.query("split == 'blocks' and measure == 'leak_motion' and factor == 'direction'").iloc[0]
    assert pd.isna(leak["value"]) and "not read above chance" in leak["note"]


def test_one_factor_alone_leaves_whole_metrics_marked() -> None:
    data = planted("separated")
    tables = disentangle(replace(data, groups={"appearance": ("sprite",)}), BLOCKS)
    assert tables["whole"]["value"].isna().all()
    assert tables["whole"]["note"].str.contains("compare factors").all()


def test_constant_features_read_nothing_and_raise_nothing() -> None:
    data = planted("separated")
    flat = {name: Split(np.ones_like(split.x), split.labels) for name, split in data.splits.items()}
    tables = disentangle(replace(data, **flat), BLOCKS)
    for table in tables.values():
        reasons(table)
    assert tables["matrix"]["value"].abs().max() < 0.2
    assert tables["whole"]["note"].str.contains("same for all training clips").all()


def test_a_factor_that_another_determines_is_left_out_of_whole_metrics() -> None:
    data = planted("separated")
    assert data.independent == ("sprite", "colour", "direction", "speed")

    def joined(split: Split) -> Split:
        return Split(split.x, split.labels | {"both": split.labels["direction"] * 3 + split.labels["speed"]})

    groups = GROUPS | {"motion": ("direction", "speed", "both")}
    more = FactorData(joined(data.train), joined(data.val), joined(data.test), CLASSES | {"both": 15}, groups)
    assert more.independent == ("sprite", "colour", "both")


def test_readings_of_features_keep_or_drop_time() -> None:
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"sprite": np.arange(12) % 4})
    features = Features(rng.normal(size=(12, 6, 5)).astype(np.float16), (3, 2, 1), table, "k")
    parts, names = [features] * 3, {"classes": {"sprite": 4}, "groups": {"appearance": ("sprite",)}}
    timed = factor_data(*parts, **names)
    assert timed.train.x.shape == (12, 5, 3)
    # The transform is a rotation of a channel's values, and its first is the level: √t times the mean.
    assert np.square(timed.train.x).sum(2) == pytest.approx(np.square(features.per_time).sum(1), rel=1e-5)
    still = factor_data(*parts, **names, reading="mean")
    assert timed.train.x[:, :, 0] == pytest.approx(np.sqrt(3) * still.train.x, abs=1e-5)
    with pytest.raises(UnknownName, match="Known: mean, time"):
        factor_data(*parts, **names, reading="tme")  # type: ignore[arg-type]
    with pytest.raises(UnknownName, match="factor 'colour'"):
        factor_data(*parts, classes={"colour": 3}, groups={"appearance": ("colour",)})

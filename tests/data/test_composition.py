"""Compositional splits: nothing held out in training, every single value there, the other factors as they were."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.captions import make_captions
from workbench.data.composition import (
    COMPOSITIONS,
    HELD_OUT_DRIFTS,
    HELD_OUT_PATHS,
    HELD_OUT_SPRITES,
    draw_kept,
    held_out,
    held_out_captions,
)
from workbench.data.motions import motion_pairs, reversed_motion, reversed_table
from workbench.data.negatives import hard_negatives
from workbench.errors import UnknownName, WorkbenchError

NAMES = ["motion48", "temporal16", "appearance100", "mixed"]
SHARES = {"none": (0, 0), "combinations": (0.16, 0.36), "values": (0.42, 0.46), "motions": (0.15, 0.26)}


def drawn(benchmark: str, count: int, **changes) -> pd.DataFrame:
    return BENCHMARKS[benchmark].table(DataSettings(train_clips=count, **changes), "train")


def kept(benchmark: str, count: int, name: str) -> pd.DataFrame:
    return draw_kept(lambda n: drawn(benchmark, n), count, name)


@pytest.mark.parametrize("name", COMPOSITIONS)
@pytest.mark.parametrize("benchmark", NAMES)
def test_training_has_none_of_it_and_a_table_drawn_as_ever_has_both(benchmark, name):
    train, test = kept(benchmark, 1200, name), drawn(benchmark, 4800)
    assert len(train) == 1200
    assert list(train["clip"]) == list(range(1200))
    assert not held_out(name, train).any()
    low, high = SHARES[name]
    assert low <= held_out(name, test).mean() <= high
    if "benchmark" in train:
        np.testing.assert_allclose(np.bincount(train["benchmark"]) / 1200, [0.2, 0.6, 0.2], atol=0.001)


@pytest.mark.parametrize("benchmark", NAMES[:3])
def test_every_value_of_every_factor_stays_in_training_with_combinations_held_out(benchmark):
    table = kept(benchmark, 4800, "combinations")
    for factor, levels in BENCHMARKS[benchmark].factors.items():
        if benchmark == "appearance100" and factor == "label":
            continue  # the combinations themselves
        counts = np.bincount(table[factor], minlength=levels)
        assert counts.min() > 0, factor
        # A sprite is held out with one or two of eight pairs of events, so with 14 % more or less than on the mean.
        assert counts.min() > 0.8 * counts.mean(), factor
    label = np.unique(table["label"], return_counts=True)[1]
    assert label.max() - label.min() <= 1


def test_every_class_is_held_out_with_two_of_ten_sprites():
    for benchmark, other in (("motion48", "motion"), ("temporal16", "event"), ("appearance100", "texture")):
        table = drawn(benchmark, 48000)
        pairs = table[held_out("combinations", table)][["sprite", other]].drop_duplicates()
        seen = table[~held_out("combinations", table)][["sprite", other]].drop_duplicates()
        assert (pairs[other].value_counts() == 2).all()
        assert pairs[other].nunique() == table[other].nunique()
        assert len(pairs.merge(seen)) == 0
        sprites = pairs["sprite"].value_counts()
        assert len(sprites) == 10
        assert sprites.max() <= 2 * sprites.min()


@pytest.mark.parametrize("benchmark", NAMES[:2])
@pytest.mark.parametrize("name", ["combinations", "motions"])
def test_what_is_held_out_is_so_backwards_too(benchmark, name):
    settings = DataSettings(train_clips=960)
    table = BENCHMARKS[benchmark].table(settings, "train")
    np.testing.assert_array_equal(held_out(name, table), held_out(name, reversed_table(table, settings)))


@pytest.mark.parametrize("name", ["combinations", "values", "motions"])
@pytest.mark.parametrize("benchmark", NAMES[:3])
def test_factors_that_no_rule_joins_stay_independent(benchmark, name):
    table = kept(benchmark, 4800, name)
    label = {"motion48": "motion", "temporal16": "event", "appearance100": "sprite"}[benchmark]
    for factor in ("colour", "size"):
        assert stats.chi2_contingency(pd.crosstab(table[label], table[factor])).pvalue > 1e-3, factor
    groups = [group.to_numpy() for _, group in table.groupby(label)["start_x"]]
    assert stats.kruskal(*groups).pvalue > 1e-3
    assert stats.kstest(table["start_y"], "uniform").pvalue > 1e-3
    if name != "combinations":
        pairs = ("texture", "first" if benchmark == "appearance100" else label)
        assert stats.chi2_contingency(pd.crosstab(table["sprite"], table[pairs[1]])).pvalue > 1e-3


def test_held_out_values_are_not_shown_as_distractors_either():
    table = drawn("motion48", 2000, distractors=2)
    shown = table[~held_out("values", table)]
    sprites = shown[["sprite", "distractor0_sprite", "distractor1_sprite"]].to_numpy()
    assert not np.isin(sprites, HELD_OUT_SPRITES).any()
    assert set(np.unique(sprites)) == set(range(10)) - set(HELD_OUT_SPRITES)
    assert 0.3 < held_out("values", table).mean() < 0.8


def test_held_out_motions_leave_each_direction_in_either_place_and_each_turn():
    pairs = motion_pairs()
    numbers = [pairs.index(pair) for pair in HELD_OUT_PATHS]
    assert {reversed_motion(number) for number in numbers} == set(numbers)
    rest = [pair for pair in pairs if pair not in HELD_OUT_PATHS]
    for place in (0, 1):
        assert np.bincount([pair[place] for pair in rest]).tolist() == [5] * 8
    turns = np.bincount([(second - first) % 8 for first, second in rest], minlength=8)
    assert turns[[1, 2, 3, 5, 6, 7]].tolist() == [6, 8, 6, 6, 8, 6]
    assert {(direction + 4) % 8 for direction in HELD_OUT_DRIFTS} == set(HELD_OUT_DRIFTS)


def test_scenes_are_held_out_of_every_clip_of_the_mixture():
    table = drawn("mixed", 4800)
    shown = table[~held_out("combinations", table)]
    assert len(set(zip(shown["sprite"], shown["texture"], strict=True))) == 80
    motion = drawn("motion48", 4800)
    shown = motion[~held_out("combinations", motion)]
    assert len(set(zip(shown["sprite"], shown["texture"], strict=True))) == 100


@pytest.mark.parametrize("name", ["combinations", "values", "motions"])
@pytest.mark.parametrize("benchmark", NAMES)
def test_captions_of_training_clips_state_nothing_held_out_and_some_hard_negatives_do(benchmark, name):
    train, test = kept(benchmark, 300, name), drawn(benchmark, 300)
    captions = make_captions(train, per_clip=2)
    assert not held_out_captions(name, captions, benchmark).any()
    assert held_out_captions(name, hard_negatives(captions), benchmark).any()
    # Of a held-out clip the whole caption says so, unless its drift is too slow to be named.
    whole = make_captions(test, per_clip=1)
    told, out = held_out_captions(name, whole, benchmark), held_out(name, test)
    assert not (told & ~out).any()
    assert told[out].mean() > (0.4 if (benchmark, name) == ("appearance100", "motions") else 0.85)


def test_the_rows_that_are_kept_are_those_that_were_drawn():
    table = kept("motion48", 960, "motions")
    larger = drawn("motion48", 1920).set_index("background_seed")
    same = larger.loc[table["background_seed"]]
    np.testing.assert_array_equal(same["start_x"], table["start_x"])
    pd.testing.assert_frame_equal(kept("motion48", 960, "none"), drawn("motion48", 960))


def test_unknown_compositions_and_ones_that_leave_nothing_are_errors():
    table = drawn("motion48", 96)
    with pytest.raises(UnknownName, match=r"composition 'value'.*values"):
        held_out("value", table)
    one = table[held_out("values", table)].head(1)
    with pytest.raises(WorkbenchError, match="'values' leaves fewer than 4 of 256"):
        draw_kept(lambda n: pd.concat([one] * n, ignore_index=True), 4, "values")

"""The factor tables: balanced, independent of each other, different between splits, the same on every call."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.factors import DIRECTIONS, motion48_factors, motion_pairs, reversed_motion

MANY = DataSettings(train_clips=4800, val_clips=480, test_clips=960)
DISCRETE = ("sprite", "colour", "size", "texture")
CONTINUOUS = ("writer", "tile", "crop_x", "crop_y", "start_x", "start_y")


@pytest.fixture(params=list(BENCHMARKS))
def table(request) -> pd.DataFrame:
    return BENCHMARKS[request.param].table(MANY, "train")


def test_there_are_48_motions_with_turns_up_to_135_degrees():
    pairs = motion_pairs()
    assert len(set(pairs)) == 48
    assert {(second - first) % 8 for first, second in pairs} == {1, 2, 3, 5, 6, 7}


def test_a_motion_reversed_twice_is_itself_and_never_itself_once():
    for motion in range(48):
        assert reversed_motion(motion) != motion
        assert reversed_motion(reversed_motion(motion)) == motion


def test_discrete_factors_are_balanced(table):
    for name in ("label", *DISCRETE):
        counts = table[name].value_counts()
        assert counts.max() - counts.min() <= 1


def test_continuous_factors_are_uniform(table):
    for name in CONTINUOUS:
        assert stats.kstest(table[name], "uniform").pvalue > 1e-3


def test_label_motion_and_appearance_are_independent():
    for benchmark, names in (("motion48", ("motion", *DISCRETE)), ("appearance100", ("first", *DISCRETE))):
        drawn = BENCHMARKS[benchmark].table(MANY, "train")
        for a, b in itertools.combinations(names, 2):
            _, p, *_ = stats.chi2_contingency(pd.crosstab(drawn[a], drawn[b]))
            assert p > 1e-3, (benchmark, a, b)


def test_speed_and_start_do_not_tell_the_class(table):
    for name in ("speed", *CONTINUOUS):
        groups = [group.to_numpy() for _, group in table.groupby("label")[name]]
        assert stats.kruskal(*groups).pvalue > 1e-3, name


def test_the_label_is_what_the_benchmark_says():
    motion, appearance = (BENCHMARKS[name].table(MANY, "val") for name in ("motion48", "appearance100"))
    pairs = [motion_pairs()[label] for label in motion["label"]]
    assert pairs == list(zip(motion["first"], motion["second"], strict=True))
    assert (appearance["label"] == 10 * appearance["sprite"] + appearance["texture"]).all()


def test_factors_have_the_number_of_values_and_words_that_the_registry_says():
    for name, benchmark in BENCHMARKS.items():
        drawn = benchmark.table(MANY, "train")
        for factor, levels in benchmark.factors.items():
            assert sorted(drawn[factor].unique()) == list(range(levels)), (name, factor)
            assert len(benchmark.class_names[factor]) == levels, (name, factor)
    names = BENCHMARKS["motion48"].class_names["label"]
    assert names[0] == f"{DIRECTIONS[0]}, then {DIRECTIONS[1]}"


def test_equal_settings_give_equal_tables_and_others_do_not():
    first = motion48_factors(MANY, "test")
    pd.testing.assert_frame_equal(first, motion48_factors(MANY, "test"))
    for other, split in ((MANY.model_copy(update={"seed": 1}), "test"), (MANY, "val")):
        drawn = motion48_factors(other, split)
        n = min(len(first), len(drawn))
        assert not np.array_equal(first["start_x"][:n], drawn["start_x"][:n])

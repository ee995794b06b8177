"""The factor tables: balanced, independent of each other, different between splits, the same on every call."""

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from workbench.config import DataSettings
from workbench.data.benchmarks import BENCHMARKS
from workbench.data.composition import held_out
from workbench.data.factors import ABSENT, motion48_factors
from workbench.data.motions import DIRECTIONS, motion_pairs

MANY = DataSettings(train_clips=4800, val_clips=480, test_clips=960)
DISCRETE = ("sprite", "colour", "size", "texture")
CONTINUOUS = ("writer", "tile", "crop_x", "crop_y", "start_x", "start_y")


SINGLE = [name for name, entry in BENCHMARKS.items() if not entry.regime]


@pytest.fixture(params=SINGLE)
def table(request) -> pd.DataFrame:
    return BENCHMARKS[request.param].table(MANY, "train")


def test_discrete_factors_are_balanced(table):
    for name in ("label", *DISCRETE):
        counts = table[name].value_counts()
        assert counts.max() - counts.min() <= 1


def test_continuous_factors_are_uniform(table):
    for name in CONTINUOUS:
        assert stats.kstest(table[name], "uniform").pvalue > 1e-3


def test_label_motion_and_appearance_are_independent():
    motions = {"motion48": "motion", "temporal16": "event", "appearance100": "first"}
    for benchmark, names in ((name, (motion, *DISCRETE)) for name, motion in motions.items()):
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
            for sprites in ("digits", "shapes"):
                assert len(set(benchmark.class_names(sprites)[factor])) == levels, (name, factor)
    names = BENCHMARKS["motion48"].class_names("digits")["label"]
    assert names[0] == f"{DIRECTIONS[0]}, then {DIRECTIONS[1]}"


def test_equal_settings_give_equal_tables_and_others_do_not():
    first = motion48_factors(MANY, "test")
    pd.testing.assert_frame_equal(first, motion48_factors(MANY, "test"))
    for other, split in ((MANY.model_copy(update={"seed": 1}), "test"), (MANY, "val")):
        drawn = motion48_factors(other, split)
        n = min(len(first), len(drawn))
        assert not np.array_equal(first["start_x"][:n], drawn["start_x"][:n])


def test_mixed_holds_its_benchmarks_in_their_shares_with_labels_after_each_other():
    mixed = BENCHMARKS["mixed"].table(MANY, "train")
    assert mixed["clip"].tolist() == list(range(4800))
    assert mixed["benchmark"].value_counts().sort_index().tolist() == [960, 2880, 960]
    offsets = {0: 0, 1: 48, 2: 64}
    for number, name in enumerate(("motion48", "temporal16", "appearance100")):
        part = mixed[mixed["benchmark"] == number]
        own = BENCHMARKS[name].table(MANY.model_copy(update={"train_clips": len(part)}), "train")
        drawn = part.sort_values("start_x").reset_index(drop=True)
        wanted = own.sort_values("start_x").reset_index(drop=True)
        shared = [column for column in own if column not in ("clip", "label")]
        pd.testing.assert_frame_equal(drawn[shared], wanted[shared], check_dtype=False)
        assert (drawn["label"] == wanted["label"] + offsets[number]).all()
    assert (mixed.loc[mixed["benchmark"] != 1, "event"] == ABSENT).all()
    assert (mixed.loc[mixed["benchmark"] == 1, "first"] == ABSENT).all()


@pytest.mark.parametrize("composition", ["combinations", "values", "motions"])
@pytest.mark.parametrize("name", list(BENCHMARKS))
def test_a_composition_takes_what_it_holds_out_from_train_and_val_only(name, composition):
    settings = DataSettings(train_clips=600, val_clips=200, test_clips=300, composition=composition)
    drawn = {split: BENCHMARKS[name].rows(settings, split) for split in ("train", "val", "test")}
    assert [len(table) for table in drawn.values()] == [600, 200, 300]
    for split in ("train", "val"):
        assert not held_out(composition, drawn[split]).any()
    assert 0.1 < drawn["test"]["held_out"].mean() < 0.6
    assert drawn["test"].drop(columns="held_out").equals(BENCHMARKS[name].table(settings, "test"))

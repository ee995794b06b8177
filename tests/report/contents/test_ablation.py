"""What a part adds: which arms are paired, and in what else they differ."""

from __future__ import annotations

import io

import pandas as pd
import pytest

from tests.made_up import make_run
from workbench.report.contents import contents
from workbench.report.contents.ablation import more_than, parts_of
from workbench.report.prose import Prose

MIXED = {"data": {"source": "mixed"}}


def test_parts_of_variants() -> None:
    assert parts_of("baseline") == frozenset() and parts_of("fwm_hw_ld") == {"fwm", "hw", "ld"}
    assert parts_of("combo") == {"hw"}  # and more, so it is no arm of the ablation


def test_what_else_differs_is_said() -> None:
    assert more_than("hw", "hw", "baseline") == ""
    assert more_than("ld", "hw_ld", "hw") == "weights.hw 1.0 against 0.3"  # the study's ablation changes two things
    assert more_than("hw", "hw_ld", "ld") == "hard.ld 1.0 against absent"
    assert more_than("fwm", "fwm_ld", "ld") == "settings.ld.app_ratio 0.5 against absent"


def test_pairs_differ_by_one_part_and_show_its_difference() -> None:
    for variant, skill in {"random": 0.1, "baseline": 0.3, "hw": 0.5, "ld": 0.4, "hw_ld": 0.7, "combo": 0.6}.items():
        make_run(variant, skill=skill, changes=MIXED)
    found = contents("ablation", preset="smoke", seeds=[0], variants=["random", "baseline", "hw", "ld", "hw_ld"])
    table = found.parts()
    rows = pd.read_csv(io.StringIO(table.csv()))
    pairs = set(zip(rows["part"], rows["variant"], rows["control"], strict=True))
    assert pairs == {
        ("hw", "hw", "baseline"),
        ("hw", "hw_ld", "ld"),
        ("ld", "ld", "baseline"),
        ("ld", "hw_ld", "hw"),
    }
    accuracy = found.studies["as_described"].rows.set_index(["variant", "benchmark", "probe"])["value"]
    for row in rows[rows["reading"] == "as_described"].itertuples():
        one, other = (accuracy[name, row.benchmark, row.probe] for name in (row.variant, row.control))
        assert row.difference == pytest.approx(one - other)
    assert "hw_ld and hw differ in more than ld: weights.hw 1.0 against 0.3" in table.markdown()


def test_without_a_pair_there_is_no_table() -> None:
    found = contents("ablation", preset="smoke", seeds=[0], variants=["random", "ld"])
    assert isinstance(found.parts(), Prose)

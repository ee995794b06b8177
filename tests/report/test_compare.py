"""Cells: accuracies, paired differences, and what must be said beside them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from tests.made_up import make_run, make_study
from workbench import stats
from workbench.report.compare import accuracy, controls, difference
from workbench.report.gather import Study, gather
from workbench.report.parameters import make_parameters

CELL = ("motion48", "linear")


def study(seeds: tuple[int, ...] = (0,), **changes: Any) -> Study:
    usual: dict[str, Any] = {"preset": "smoke", "seeds": list(seeds), "variants": ["random", "baseline", "ld"]}
    return gather(make_parameters("main", usual | changes))


def marks(*seeds: int) -> str:
    found = difference(study(seeds or (0,)), "baseline", "random", *CELL)
    assert found is not None
    return " | ".join(found.marks)


def test_one_seed_gives_wilson_and_mcnemar() -> None:
    make_study({"random": 0.1, "baseline": 0.4})
    cell = accuracy(study(), "baseline", *CELL)
    assert cell is not None
    correct = round(cell.interval.estimate * cell.n)
    assert (cell.interval.low, cell.interval.high) == stats.wilson(correct, cell.n)
    found = difference(study(), "baseline", "random", *CELL)
    assert found is not None and found.verdict == "above"
    assert found.paired.test == "McNemar, exact" and found.paired.one_seed and found.marks == ()


def test_three_seeds_give_the_mean_and_a_bootstrap_over_both() -> None:
    make_study({"random": 0.1, "baseline": 0.4}, seeds=(0, 1, 2))
    cell = accuracy(study((0, 1, 2)), "baseline", *CELL)
    assert cell is not None and cell.seeds == (0, 1, 2)
    assert cell.interval.estimate == pytest.approx(np.mean(cell.by_seed))
    assert cell.interval.method == "bootstrap over 3 seeds and clips"
    found = difference(study((0, 1, 2)), "baseline", "random", *CELL)
    assert found is not None and found.paired.p == 0.25 and found.paired.over_seeds is not None


def test_confidence_is_that_of_the_parameters() -> None:
    make_study({"random": 0.1, "baseline": 0.4}, seeds=(0, 1))
    wide, narrow = (difference(study((0, 1), confidence=c), "baseline", "random", *CELL) for c in (0.99, 0.8))
    assert wide is not None and narrow is not None
    assert (
        wide.paired.interval.low < narrow.paired.interval.low < narrow.paired.interval.high < wide.paired.interval.high
    )


def test_equally_good_models_are_not_told_apart_and_worse_ones_are_below() -> None:
    make_study({"random": 0.4, "baseline": 0.4, "ld": 0.1}, seeds=(0, 1, 2))
    verdicts = [difference(study((0, 1, 2)), *pair, *CELL) for pair in (("baseline", "random"), ("ld", "baseline"))]
    assert [one.verdict for one in verdicts if one] == ["not told apart", "below"]


def test_a_cell_that_was_not_run_is_none() -> None:
    make_run("random")
    assert accuracy(study(), "baseline", *CELL) is None
    assert difference(study(), "baseline", "random", *CELL) is None


def test_only_seeds_that_both_have_are_compared_and_that_is_marked() -> None:
    make_study({"random": 0.1}, seeds=(0, 1, 2))
    make_study({"baseline": 0.4}, seeds=(0, 2))
    found = difference(study((0, 1, 2)), "baseline", "random", *CELL)
    assert found is not None and found.seeds == (0, 2)
    assert found.marks == ("compared over seeds 0 and 2 only",)
    cell = accuracy(study((0, 1, 2)), "baseline", *CELL)
    assert cell is not None and cell.marks == ("run with seeds 0 and 2 only",)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"data_key": "other"}, "the test clips differ: other against made-up-motion48"),
        ({"budget": "5 labelled clips"}, "the probe's budget differs: 5 labelled clips against"),
        ({"recipe": "published"}, "the recipe differs: published against compact"),
        ({"fingerprint": "elsewhere"}, "the initial weights differ: elsewhere against start-0"),
        ({"commit": "f" * 40}, "written by different commits: ffffffffff against"),
        ({"dirty": True}, "one of the two runs comes from a source tree with uncommitted changes"),
        ({"control": "random-smoke-s7"}, "the row names another control: random-smoke-s7"),
    ],
)
def test_what_differs_beyond_the_claim_is_marked(columns: dict[str, Any], words: str) -> None:
    make_run("random")
    make_run("baseline", **columns)
    assert words in marks()


def test_a_run_as_published_is_marked_with_the_encoder_that_it_was_read_from_and_with_its_audit() -> None:
    make_run("baseline")
    make_run("kinematic", reading="as_published", audit="failed: movement of teacher")
    asked = make_parameters(
        "main", {"preset": "smoke", "seeds": [0], "variants": ["baseline", "kinematic"], "reading": "as_published"}
    )
    found = difference(gather(asked), "kinematic", "baseline", *CELL)
    assert found is not None
    assert "the encoder probed differs: teacher against context" in found.marks
    assert "audit of kinematic: failed: movement of teacher" in found.marks
    cell = accuracy(gather(asked), "kinematic", *CELL)
    assert cell is not None and "audit of kinematic: failed: movement of teacher" in cell.marks


def test_a_run_that_was_not_audited_says_so() -> None:
    make_run("baseline", audit="")
    cell = accuracy(study(variants=["baseline"]), "baseline", *CELL)
    assert cell is not None and cell.marks == ("audit of baseline: not audited",)


def test_steps_may_differ_from_an_untrained_encoder_only() -> None:
    make_study({"random": 0.1, "baseline": 0.4})
    assert marks() == ""
    make_run("ld", steps=5)
    found = difference(study(), "ld", "baseline", *CELL)
    assert found is not None and "the training steps differ: 5 against 8" in found.marks


def test_settings_of_the_variant_are_claimed_and_others_are_not() -> None:
    make_study({"random": 0.1, "baseline": 0.4, "ld": 0.4})
    found = difference(study(), "ld", "baseline", *CELL)
    assert found is not None and found.marks == ()
    changed = make_run("fwm", name="fwm-smoke-s0", changes={"masks": [{"visible": 0.5, "predicted": 0.4}]})
    assert changed.name == "fwm-smoke-s0"
    found = difference(study(variants=["baseline", "fwm"]), "fwm", "baseline", *CELL)
    assert found is not None and any(mark.startswith("settings differ: masks ") for mark in found.marks)


def test_software_that_differs_is_marked() -> None:
    make_run("random").update(versions={"torch": "2.12.0", "python": "3.11.7"})
    make_run("baseline").update(versions={"torch": "2.13.0", "python": "3.11.7"})
    assert marks() == "software differs: torch 2.13.0 against 2.12.0"


def test_without_answers_seeds_alone_are_compared_and_that_is_marked() -> None:
    make_study({"random": 0.1}, seeds=(0, 1, 2), predictions=False)
    make_study({"baseline": 0.4}, seeds=(0, 1, 2))
    found = difference(study((0, 1, 2)), "baseline", "random", *CELL)
    assert found is not None and found.paired.interval.method == "Student's t over 3 seeds"
    assert any("not paired by clip" in mark for mark in found.marks) and found.verdict == "above"
    cell = accuracy(study((0, 1, 2)), "random", *CELL)
    assert cell is not None and any("over seeds alone" in mark for mark in cell.marks)


def test_one_seed_without_answers_has_no_interval_and_no_verdict() -> None:
    make_study({"random": 0.1, "baseline": 0.4}, predictions=False)
    found = difference(study(), "baseline", "random", *CELL)
    assert found is not None and found.verdict == "no interval"
    assert math.isnan(found.paired.interval.low) and math.isnan(found.paired.p)
    assert found.paired.interval.estimate == pytest.approx(found.paired.deltas[0])


def test_controls_that_the_study_holds() -> None:
    assert controls(study()) == [("baseline", "random"), ("ld", "baseline")]
    assert controls(study(variants=["ld", "random"])) == []

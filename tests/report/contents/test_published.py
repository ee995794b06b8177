"""Published scores as cells: values, intervals at their number of clips, and what sets them apart."""

from __future__ import annotations

import pandas as pd
import pytest

from workbench.paths import published_root
from workbench.report.contents.published import Published, counterpart_notes, published_heading
from workbench.stats import wilson


def test_scores_are_those_of_the_csv() -> None:
    table = pd.read_csv(published_root() / "results.csv")
    mixed = Published("mixed", 0.95)
    row = table[(table["variant"] == "fwm_hw_ld") & (table["benchmark"] == "imagenet100")].iloc[0]
    cell = mixed.cell("fwm_hw_ld", "appearance100")
    assert cell.text == f"{row['top1_percent']:.1f}"
    low, high = wilson(round(row["top1_percent"] / 100 * row["n_val"]), row["n_val"])
    assert cell.sub == f"{100 * low:.1f} to {100 * high:.1f}"
    assert mixed.record("fwm_hw_ld", "appearance100")["published_n"] == str(row["n_val"])


def test_two_pretraining_seeds_stand_beside_each_other() -> None:
    cell = Published("mixed", 0.95).cell("baseline", "appearance100")
    assert cell.text == "24.9 · 21.3" and cell.sub == "seeds 42 and 239" and cell.marks == ()


def test_what_was_not_published_is_a_dash() -> None:
    mixed = Published("mixed", 0.95)
    assert mixed.cell("motion_guided", "motion48").text == mixed.cell("random", "motion48").text == "–"
    assert mixed.cell("baseline", "mine").text == "–" and published_heading("mine", mixed) == ""
    assert counterpart_notes(["mine"], mixed) == []


@pytest.mark.parametrize(
    ("variant", "ours", "said"),
    [
        ("ac", "motion48", "published: pretraining seed 239, the baseline's seed 42 on diving48"),
        ("fwm_ld", "motion48", "50 epochs, the baseline's 15027 labelled clips, 100 epochs"),
        ("hw", "motion48", "carries the label “Delta-JEPA”, that of delta"),
        ("hw_ld", "temporal16", "computed without gradient"),
    ],
)
def test_marks_say_what_sets_a_score_apart_from_the_baselines(variant: str, ours: str, said: str) -> None:
    assert any(said in mark for mark in Published("mixed", 0.95).cell(variant, ours).marks)


def test_a_teacher_that_was_never_updated_is_marked() -> None:
    single = Published("single", 0.95)
    assert any("never updated" in mark for mark in single.cell("kinematic", "motion48").marks)
    assert single.cell("sigreg", "motion48").marks == ()


def test_a_wider_confidence_gives_a_wider_interval() -> None:
    (narrow, wide) = (Published("single", level, {"motion48": "synth"}) for level in (0.8, 0.99))
    ends = [one.interval(next(one.of("baseline", "synth").itertuples())) for one in (narrow, wide)]
    assert ends[1][0] < ends[0][0] < 0.275 < ends[0][1] < ends[1][1]

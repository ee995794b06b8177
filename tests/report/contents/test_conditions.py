"""Conditions over seeds: means, differences of equal seeds, intervals, and what is lost under shift."""

from __future__ import annotations

import io
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.report.contents.kept_made_up import about, keep_retrieval
from tests.report.contents.kept_made_up import planted_rows as rows
from workbench.report.contents import contents
from workbench.report.contents.severity_chart import curve
from workbench.report.figures import Chart
from workbench.report.prose import Prose
from workbench.report.table import Table

ASKED: dict[str, Any] = {"preset": "smoke", "seeds": [0, 1, 2], "variants": ["random", "baseline", "baseline+infonce"]}


def keep(*tables: pd.DataFrame) -> None:
    keep_retrieval("study", *tables)


def read(table: Table | Prose) -> pd.DataFrame:
    assert isinstance(table, Table)
    return pd.read_csv(io.StringIO(table.csv()))


def test_a_difference_is_of_equal_seeds_with_students_interval() -> None:
    adds = {0: 4.0, 1: 6.0, 2: 11.0}
    keep(*(rows("baseline", s) for s in adds), *(rows("baseline+infonce", s, add) for s, add in adds.items()))
    table = contents("retrieval", **ASKED).conditions()
    found = read(table).set_index(["variant", "measure"]).loc[("baseline+infonce", "text→video R@1")]
    assert found["mean"] == pytest.approx(31 + 7) and found["difference"] == pytest.approx(7)
    half = stats.t.ppf(0.975, 2) * np.std([4, 6, 11], ddof=1) / math.sqrt(3)
    assert (found["difference_low"], found["difference_high"]) == pytest.approx((7 - half, 7 + half))
    assert found["p"] == pytest.approx(stats.ttest_1samp([4, 6, 11], 0).pvalue) and found["p_holm"] >= found["p"]
    assert found["control"] == "baseline" and found["seeds"] == "0 1 2" and found["head"] == "own"
    text = table.markdown()
    assert "less baseline" in text and "+7.0" in text and "| chance | 1.0 |" in text


def test_the_random_encoder_has_no_control_and_the_baseline_is_held_against_it() -> None:
    keep(rows("random", 0), rows("baseline", 0, 3.0))
    found = read(contents("retrieval", **ASKED).conditions()).set_index(["variant", "measure"])
    assert pd.isna(found.loc[("random", "text→video R@1"), "difference"])
    assert found.loc[("baseline", "text→video R@1"), "control"] == "random"
    assert found.loc[("baseline", "text→video R@1"), "difference"] == pytest.approx(3)


def test_only_seeds_that_both_have_make_the_difference() -> None:
    keep(rows("baseline", 0), rows("baseline", 1), rows("baseline+infonce", 1, 5.0), rows("baseline+infonce", 2, 90.0))
    found = read(contents("retrieval", **ASKED).conditions()).set_index(["variant", "measure"])
    one = found.loc[("baseline+infonce", "text→video R@1")]
    assert one["difference"] == pytest.approx(5.0) and pd.isna(one["difference_low"]) and one["seeds"] == "1 2"
    assert "one seed" in contents("retrieval", **ASKED).conditions().markdown()


def test_words_are_summed_by_what_they_are_of() -> None:
    keep(
        *(rows("baseline", s) for s in (0, 1)), *(rows("baseline+infonce", s, colour=90.0, order=56.0) for s in (0, 1))
    )
    table = contents("words", **ASKED).conditions()
    found = read(table).set_index(["variant", "measure"])
    assert found.loc[("baseline", "mean over appearance"), "mean"] == pytest.approx(70.5)
    assert found.loc[("baseline+infonce", "mean over appearance"), "difference"] == pytest.approx(5)
    assert found.loc[("baseline+infonce", "mean over motion"), "difference"] == pytest.approx(-7)
    assert found.loc[("baseline+infonce", "exchanged sprite"), "difference"] == pytest.approx(0)


def test_validation_and_test_clips_stay_apart() -> None:
    keep(rows("baseline", 0), rows("baseline", 0, 50.0, split="val"))
    report = contents("retrieval", **ASKED)
    assert read(report.chosen()).set_index("measure").loc["both rsum", "mean"] == pytest.approx(250)
    assert read(report.conditions()).set_index("measure").loc["both rsum", "mean"] == pytest.approx(200)
    assert isinstance(contents("retrieval", **(ASKED | {"variants": ["random"]})).chosen(), Prose)


def test_what_shifts_take_of_words_is_told_by_family_at_the_highest_severity() -> None:
    keep(*(rows("baseline", s) for s in (0, 1)))
    table = contents("words", **ASKED).lost()
    found = read(table).set_index(["family", "factor"])
    assert (
        found.loc[("camera", "colour"), "lost"] == pytest.approx(-10)
        and found.loc[("camera", "colour"), "severity"] == 5
    )
    assert found.loc[("noise", "order"), "lost"] == pytest.approx(-15)
    # Above chance 30.5, 20.5 and 10.5 on clean clips; 12.5 lost on average; reversal is not heard.
    assert "is lost: sprite 119 %, order 61 % and colour 41 %" in table.markdown()


def test_curves_go_from_clean_to_the_highest_severity() -> None:
    keep(*(rows("baseline", s) for s in (0, 1, 2)), *(rows("random", s, -10.0) for s in (0, 1, 2)))
    report = contents("robustness", **ASKED)
    chart = report.curves()
    assert isinstance(chart, Chart) and [f.layout.title.text for f in chart.figures] == ["camera: R@10", "noise: R@10"]
    line = next(trace for trace in chart.figures[0].data if trace.name.startswith("baseline"))
    assert list(line.x) == [0, 1, 5] and list(line.y) == pytest.approx([31, 29, 21])
    part = rows("baseline", 0)
    part = part[(part["metric"] == "R@10") & (part["direction"] == "text→video")]
    assert curve(part, "noise")["mean"].tolist() == pytest.approx([30, 15]) and curve(part, "noise")["low"].isna().all()


def test_a_condition_is_one_line_of_robustness_over_its_seeds() -> None:
    from tests.report.contents.kept_made_up import retrieval_table

    tables = [retrieval_table(about("baseline", s), 4.0, (("shake", 1), ("shake", 3)), seed=s) for s in (0, 1, 2)]
    keep_retrieval("study", *tables)
    report = contents("robustness", **ASKED)
    text = report.robustness().markdown()
    assert text.count("| baseline: text→video (seeds 0, 1 and 2") == 1 and "over seeds" in text
    mean = report.table.query("metric == 'R@1' and severity == 3 and direction == 'text→video'")["absolute"].mean()
    assert f"{mean:.3f}" in text


def test_published_recalls_stand_in_a_table_of_their_own() -> None:
    keep(rows("baseline", 0))
    report = contents("retrieval", **ASKED)
    text = report.reference().markdown()
    assert "InternVideo2 (6B" in text and "43.1 to 44.5" in text and "No number above is to be compared" in text
    assert "InternVideo2" not in report.recalls().markdown() + report.conditions().markdown()

"""Reports on one study: synthetic motion, probes, the trade-off."""

from __future__ import annotations

import io
from math import comb

import pandas as pd
import pytest

from tests.made_up import CLASSES, make_run, make_study
from workbench.report.contents import contents
from workbench.report.figures import Chart
from workbench.report.prose import Prose
from workbench.report.table import Table

SMOKE = {"preset": "smoke", "seeds": [0]}


def read(table: Table) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(table.csv()))


def fisher(a: int, b: int, n: int) -> float:
    """Two-sided p of `a` and `b` right of `n` each, by listing all tables."""
    weights = [comb(n, k) * comb(n, a + b - k) for k in range(max(0, a + b - n), min(n, a + b) + 1)]
    mine = comb(n, a) * comb(n, b)
    return sum(w for w in weights if w <= mine) / sum(weights)


def test_published_synthetic_scores_have_wilson_intervals_at_their_clips() -> None:
    found = contents("synthetic_motion", **SMOKE)
    rows = read(found.published_scores()).set_index("variant")
    assert rows["right"].to_dict() == {"baseline": 11, "kinematic": 27, "kinematic_0_1": 29} and set(rows["n"]) == {40}
    z, n, share = 1.959964, 40, 11 / 40  # Wilson's score interval, by its formula
    centre, half = share + z * z / (2 * n), z * (share * (1 - share) / n + z * z / (4 * n * n)) ** 0.5
    low, high = ((centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n))
    assert rows.loc["baseline", ["low", "high"]].tolist() == pytest.approx([low, high], abs=1e-6)
    assert rows.loc["kinematic", "p"] == pytest.approx(fisher(27, 11, 40))
    assert rows["p_holm"].dropna().tolist() == pytest.approx([fisher(27, 11, 40), 2 * fisher(29, 11, 40)])
    assert "one clip is 2.5 points" in found.summary().text
    assert "teacher, never updated" in found.published_scores().markdown()


def test_our_motion_benchmark_stands_beside_with_the_limits_of_oracles() -> None:
    make_study({"random": 0.1, "baseline": 0.4, "kinematic": 0.1, "kinematic_0_1": 0.1})
    found = contents("synthetic_motion", **SMOKE)
    assert "published: synth, chance 12.5 %, 40 clips" in found.results().markdown()
    oracles = found.oracles()
    assert isinstance(oracles, Table) and set(oracles.frame["benchmark"]) == {"motion48"}
    assert oracles.frame.query("view == 'set'")["limit"].unique() == [0.5]


def test_probes_on_one_encoder_stand_beside_the_random_one() -> None:
    make_study({"random": 0.1, "ld": 0.4})
    found = contents("probes", variant="ld", **SMOKE)
    rows = read(found.results())
    assert len(rows) == 3 * 5
    assert (rows["random_difference"] - (rows["accuracy"] - rows["random_accuracy"])).abs().max() < 1e-9
    assert "144 labelled clips" in found.results().markdown() and "above in 15 of 15 cells" in found.summary().text
    published = read(found.published_designs())
    assert len(published) == 8 and published["value"].max() == pytest.approx(0.0838)


def test_probes_that_were_not_run_say_so() -> None:
    make_run("random")
    found = contents("probes", **SMOKE)
    assert (read(found.results())["status"] == "not run").all()
    assert "workbench train baseline --preset smoke --seed 0" in found.missing().markdown()


def test_the_trade_off_scores_every_run_and_leaves_failed_ones_off_the_front() -> None:
    make_study({"random": 0.1, "baseline": 0.4, "motion_guided": 0.5, "velgate": 0.2})
    make_run("sigreg", skill=0.9, audit="failed: gradient of sigreg")
    found = contents(
        "trade_off", regime="single", variants=["random", "baseline", "motion_guided", "velgate", "sigreg"], **SMOKE
    )
    rows = read(found.scores()).set_index("variant")
    value = found.rows.set_index(["variant", "benchmark"])["value"]
    for variant in rows.index:
        share, chance = value[variant, "motion48"], 1 / CLASSES["motion48"]
        assert rows.loc[variant, "motion"] == pytest.approx((share - chance) / (1 - chance))
    assert not rows.loc["sigreg", "on_front"] and rows["on_front"].any()
    assert "1 run failed its audit and takes no part in it" in found.summary().text
    assert isinstance(found.figure(), Chart) and "not run" in found.correlation().markdown()  # four variants are needed


def test_a_trade_off_without_rows_says_so() -> None:
    found = contents("trade_off", regime="single", **SMOKE)
    assert "No run has both scores" in found.summary().text
    assert isinstance(found.scores(), Prose) and "workbench sweep --preset smoke --regime single" in found.scores().text
    assert isinstance(found.figure(), Prose) and found.correlation().text == ""

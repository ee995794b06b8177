"""Intervals, ranks, counts and correlations over made-up runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import spearmanr

from tests.ledger.helpers import claim, judged, judged_all, study
from workbench.ledger import Verdict
from workbench.ledger.results import Result

ALL = "[ld, fwm, hw]"


def only(verdict: Verdict) -> Result:
    return verdict.controlled.tests[0]


def ranks(folder: Path, asked: dict[str, str]) -> dict[str, Result]:
    """Results of rank tests, by their names."""
    tests = {name: f"operator: rank, among: {ALL}, {keys}" for name, keys in asked.items()}
    return {name: only(one) for name, one in judged_all(folder, tests).items()}


def test_a_rank_is_from_comparisons_with_each_of_the_others(tmp_path: Path) -> None:
    study({"baseline": 0.3, "ld": 0.8, "fwm": 0.5, "hw": 0.2})
    asked = {"first": "place: 1", "second": "place: 2", "last": "end: lowest"}
    found = ranks(
        tmp_path,
        {
            f"{name} {key}": f"benchmarks: motion48, variants: {name}, {keys}"
            for key, keys in asked.items()
            for name in ("ld", "fwm", "hw")
        },
    )
    assert [one.outcome for one in found.values()] == ["yes", "no", "no", "yes", "yes", "no", "no", "no", "yes"]
    assert found["fwm first"].found == "fwm is place 2 of 3 from the highest, after ld"


def test_a_rank_among_equals_is_open(tmp_path: Path) -> None:
    study({"baseline": 0.3, "ld": 0.5, "fwm": 0.5, "hw": 0.1})
    found = ranks(tmp_path, {"ld": "variants: ld, benchmarks: motion48"})["ld"]
    assert found.outcome == "open" and "between place 1 and 2 of 3" in found.found


def test_over_several_benchmarks_the_worst_or_the_mean_is_ranked(tmp_path: Path) -> None:
    """fwm is best on the mean, ld in its worst; seeds alone stand behind it."""
    skill = {"ld": (0.5, 0.5), "fwm": (0.95, 0.2), "hw": (0.1, 0.1)}
    for name, (motion, time) in skill.items():
        study(
            {name: {("motion48", "linear"): motion, ("temporal16", "linear"): time}},
            benchmarks=("motion48", "temporal16"),
        )
    study({"baseline": 0.3}, benchmarks=("motion48", "temporal16"))
    both = "benchmarks: [motion48, temporal16], variants:"
    found = ranks(tmp_path, {"ld": f"{both} ld", "fwm": f"{both} fwm", "mean": f"{both} fwm, over: mean"})
    assert [one.outcome for one in found.values()] == ["yes", "no", "yes"]
    cell = found["ld"].plain()["cells"][0]
    assert cell["interval"] == "Student's t over 3 seeds" and cell["benchmark"] == "the worst of motion48, temporal16"
    assert len(cell["rows"]) == 3 * 2 * 3  # two variants and their control, two benchmarks, three seeds


def test_a_count_holds_for_certain_or_at_most(tmp_path: Path) -> None:
    study({"baseline": 0.3, "ld": 0.8, "fwm": 0.3, "hw": 0.1})  # one above for certain, one perhaps
    outcomes = {
        "at_least: 1": "yes",
        "at_least: 2": "open",
        "at_least: 3": "no",
        "at_most: 0": "no",
        "exactly: 1": "open",
    }
    outcomes["at_least: 1, out_of: 4"] = "no"
    asked = f"operator: count, variants: {ALL}, benchmarks: motion48, above: 0"
    found = judged_all(tmp_path, {f"'{keys}'": f"{asked}, {keys}" for keys in outcomes})
    assert {keys: only(one).outcome for keys, one in found.items()} == outcomes
    assert only(found["at_least: 1"]).plain()["count"] == [{"control_is": "", "holds": 1, "may_hold": 2, "of": 3}]


def test_values_are_held_against_a_bound_and_against_another_ones_interval(tmp_path: Path) -> None:
    study({"baseline": 0.3, "ld": 0.8})
    value = "operator: interval, of: value, variants: ld, benchmarks: motion48"
    asked = ("above: 70", "above: 80", "below: 70", "above: {value_of: baseline}", "below: {value_of: baseline}")
    found = judged_all(tmp_path, {str(i): f"{value}, {keys}" for i, keys in enumerate(asked)})
    assert [only(one).outcome for one in found.values()] == ["yes", "open", "no", "yes", "no"]


def test_a_difference_is_held_against_the_spread_between_seeds(tmp_path: Path) -> None:
    spread = {"baseline": {0: 0.30, 1: 0.34, 2: 0.32}}
    for seed, skill in spread["baseline"].items():
        study({"baseline": skill}, seeds=(seed,))
    study({"ld": 0.9, "fwm": 0.34, "hw": 0.01})
    asked = "operator: interval, variants: NAME, benchmarks: motion48, above: {spread_of: baseline}"
    tests = {name: asked.replace("NAME", name) for name in ("ld", "fwm", "hw")}
    found = {name: only(one) for name, one in judged_all(tmp_path, tests).items()}
    assert {name: one.outcome for name, one in found.items()} == {"ld": "yes", "fwm": "open", "hw": "no"}
    values = {row["value"] for row in found["ld"].plain()["cells"][0]["rows"] if row["variant"] == "baseline"}
    assert found["ld"].plain()["cells"][0]["held_against"].startswith(f"{100 * (max(values) - min(values)):.2f} ")


def test_the_spread_of_one_seed_is_not_known(tmp_path: Path) -> None:
    study({"baseline": 0.3, "ld": 0.9}, seeds=(0,))
    found = only(
        judged(tmp_path, claim("operator: interval, variants: ld, benchmarks: motion48, above: {spread_of: baseline}"))
    )
    assert found.outcome == "open" and "baseline has one seed on motion48" in str(found.plain())


def test_a_correlation_is_over_variants_and_every_seed_agrees(tmp_path: Path) -> None:
    names = ["ld", "fwm", "hw", "delta", "ltc", "ac", "fac", "spectral"]
    for i, name in enumerate(names):
        skill = {("motion48", "linear"): 0.1 + 0.1 * i, ("temporal16", "linear"): 0.9 - 0.1 * i}
        study({name: skill}, benchmarks=("motion48", "temporal16"))
    study({"baseline": 0.5}, benchmarks=("motion48", "temporal16"))
    asked = f"operator: correlation, variants: [{', '.join(names)}], x: motion48, y: temporal16"
    short = asked.replace(", ".join(names), "ld, fwm, hw")
    tests = {"below": f"{asked}, below: 0", "above": f"{asked}, above: 0", "few": f"{short}, below: 0"}
    below, above, few = (only(one) for one in judged_all(tmp_path, tests).values())
    (cell,) = below.plain()["cells"]
    assert below.outcome == "yes" and cell["number"] == pytest.approx(-1) and cell["n"] == 8
    assert cell["by_seed"] == pytest.approx([-1] * 3) and below.plain()["left_out"] == []
    assert above.outcome == "no"
    assert few.outcome == "open" and "four pairs are needed" in few.found


def test_a_correlation_leaves_out_what_failed_an_audit(tmp_path: Path) -> None:
    names = ["ld", "fwm", "hw", "delta", "ltc"]
    for i, name in enumerate(names):
        failed = {"audit": "failed: gradient of ltc"} if name == "ltc" else {}
        study({name: 0.1 + 0.1 * i}, benchmarks=("motion48", "temporal16"), **failed)
    study({"baseline": 0.5}, benchmarks=("motion48", "temporal16"))
    asked = f"operator: correlation, variants: [{', '.join(names)}], x: motion48, y: temporal16, above: 0"
    found = only(judged(tmp_path, claim(asked))).plain()
    assert found["left_out"] == ["ltc"] and found["variants"] == names[:4]
    (cell,) = found["cells"]
    rows = [row for row in cell["rows"] if row["variant"] in names]
    means = {
        (b, v): [r["value"] for r in rows if (r["benchmark"], r["variant"]) == (b, v)]
        for b in ("motion48", "temporal16")
        for v in names[:4]
    }
    x, y = ([sum(means[b, v]) / 3 for v in names[:4]] for b in ("motion48", "temporal16"))
    assert cell["number"] == pytest.approx(spearmanr(x, y).statistic)

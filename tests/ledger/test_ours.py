"""Verdicts on our rows: made-up runs whose truth is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.ledger.helpers import claim, judged, judged_all, study, write
from tests.made_up import make_run
from workbench.errors import WorkbenchError
from workbench.ledger import claims
from workbench.ledger.table import commands
from workbench.rows import keep_measured, load_rows

GAIN = "operator: difference, variants: ld, benchmarks: motion48, above: 0"
BOTH = "operator: difference, variants: [ld, fwm], benchmarks: motion48, above: 0"


def test_supported_contradicted_and_undecided(tmp_path: Path) -> None:
    study({"baseline": 0.3, "ld": 0.6, "fwm": 0.05, "hw": 0.3})
    found = judged_all(tmp_path, {name: GAIN.replace("ld", name) for name in ("ld", "fwm", "hw")})
    assert {name: one.controlled.verdict for name, one in found.items()} == {
        "ld": "supported",
        "fwm": "contradicted",
        "hw": "undecided",
    }


def test_one_part_that_goes_against_it_contradicts_the_claim_and_is_named(tmp_path: Path) -> None:
    study({"baseline": 0.3, "ld": 0.6, "fwm": 0.05})
    found = judged(tmp_path, claim(BOTH)).controlled
    assert found.verdict == "contradicted"
    assert found.why.startswith("No: fwm on motion48 −") and "1 of 2 hold" in found.why


def test_one_seed_decides_nothing_and_says_so(tmp_path: Path) -> None:
    study({"baseline": 0.1, "ld": 0.9}, seeds=(4,))
    found = judged(tmp_path, claim(GAIN)).controlled
    assert found.verdict == "undecided"
    assert "one seed: there is no interval over seeds" in found.why and "leans for" in found.why


def test_any_number_of_seeds_takes_part(tmp_path: Path) -> None:
    study({"baseline": 0.3, "ld": 0.5}, seeds=(0, 2, 3, 7, 11, 12, 13))
    (cell,) = judged(tmp_path, claim(GAIN)).controlled.tests[0].plain()["cells"]
    assert cell["seeds"] == [0, 2, 3, 7, 11, 12, 13] and cell["over_seeds"]["method"] == "BCa over 7 seeds"
    assert cell["p"] == cell["p_floor"] == 2 / 2**7 and cell["outcome"] == "yes"


def test_seeds_that_disagree_leave_it_open_though_the_clips_are_many(tmp_path: Path) -> None:
    study({"baseline": 0.3})
    for seed, skill in ((0, 0.32), (1, 0.5), (2, 0.9)):
        make_run("ld", seed, skill=skill, probes=("linear",), clips=1000)
    found = judged(tmp_path, claim(GAIN)).controlled
    assert found.verdict == "undecided" and "leans for" in found.why


def test_rows_that_are_not_there_are_named_with_the_command_that_makes_them(tmp_path: Path) -> None:
    found = judged(tmp_path, claim(BOTH)).controlled
    assert found.verdict == "not run"
    (piece,) = found.missing
    assert piece["command"] == "workbench sweep --variants ld,fwm,baseline --seeds 0,1,2 --preset smoke"
    assert len(piece["runs"]) == 9


def test_sweeps_of_several_claims_are_one_command(tmp_path: Path) -> None:
    study({"baseline": 0.3}, seeds=(0, 1))
    asked = {"a": GAIN, "b": GAIN.replace("ld", "fwm"), "c": GAIN.replace("ld", "hw") + ", regime: mixed"}
    assert commands(list(judged_all(tmp_path, asked).values())) == [
        "workbench sweep --variants ld,fwm --seeds 0,1 --preset smoke",
        "workbench sweep --variants hw,baseline --seeds 0,1,2 --preset smoke --regime mixed",
    ]


def test_a_part_that_is_not_there_leaves_it_undecided(tmp_path: Path) -> None:
    study({"baseline": 0.3, "ld": 0.6})
    found = judged(tmp_path, claim(BOTH)).controlled
    assert found.verdict == "undecided" and "fwm on motion48 not run" in found.why
    assert [piece["command"] for piece in found.missing] == [
        "workbench sweep --variants fwm --seeds 0,1,2 --preset smoke"
    ]


def test_a_run_that_lacks_a_probe_or_a_factor_is_probed_not_trained(tmp_path: Path) -> None:
    study({"baseline": 0.3, "ld": 0.6}, seeds=(0,))
    other = judged(tmp_path, claim(GAIN + ", probe: knn")).controlled
    assert {piece["command"] for piece in other.missing} == {
        "workbench probe baseline-smoke-s0",
        "workbench probe ld-smoke-s0",
    }
    factor = judged(tmp_path, claim(GAIN + ", factor: colour")).controlled
    assert "workbench probe ld-smoke-s0 --benchmark motion48 --probe linear --factor colour" in {
        piece["command"] for piece in factor.missing
    }


def test_a_cell_that_fails_an_audit_decides_nothing(tmp_path: Path) -> None:
    study({"baseline": 0.1})
    study({"ld": 0.9}, audit="failed: movement of teacher")
    one = judged(tmp_path, claim(GAIN))
    assert one.controlled.verdict == "undecided" and "audit of ld: failed: movement of teacher" in str(one.plain())
    assert "1 number of our own fails an audit and decides nothing (movement of teacher)" in one.follows
    movement = next(a for a in one.audits if a["audit"] == "movement")
    assert movement["status"] == "failed" and len(movement["runs"]) == 3


def test_both_readings_are_shown_and_only_the_one_as_described_decides(tmp_path: Path) -> None:
    study({"baseline": 0.3, "kinematic": 0.1})
    study({"kinematic": 0.9}, seeds=(0,), reading="as_published", audit="failed: movement of teacher")
    one = judged(tmp_path, claim(GAIN.replace("ld", "kinematic")))
    assert one.controlled.verdict == "contradicted"
    (again,) = one.as_published
    (cell,) = again.plain()["cells"]
    assert cell["number"] > 0 and cell["seeds"] == [0] and cell["outcome"] == "open" and not again.decides
    assert "Repeated as published, our own runs fail the audit as well (movement of teacher)" in one.follows
    assert {row["reading"] for row in cell["rows"]} == {"as_published", "as_described"}


def test_a_test_can_stand_beside_the_verdict(tmp_path: Path) -> None:
    study({"baseline": 0.3, "ld": 0.6, "fwm": 0.05})
    beside = GAIN.replace("ld", "fwm") + ", decides: false"
    one = judged(tmp_path, claim(GAIN, beside))
    assert one.controlled.verdict == "supported" and one.controlled.tests[1].outcome == "no"
    with pytest.raises(WorkbenchError, match="nothing decides this claim"):
        judged(tmp_path, claim(beside))


def test_holm_is_over_all_tests_of_a_claim(tmp_path: Path) -> None:
    """A gain that stands by itself is open among many questions that are not decided."""
    rng = np.random.default_rng(0)
    study({"baseline": 0.5, "hw": 0.5, "fwm": 0.5, "delta": 0.5, "ltc": 0.5})
    for seed in range(3):
        make_run("ld", seed, skill=0.53 + 0.001 * rng.random(), probes=("linear",), clips=1000)
    alone = judged(tmp_path, claim(GAIN)).controlled.tests[0].answers[0]
    names = "[ld, hw, fwm, delta, ltc]"
    many = judged(tmp_path, claim(GAIN.replace("variants: ld", f"variants: {names}"))).controlled.tests[0].answers[0]
    assert alone.confidence == 0.95 and many.confidence > 0.98
    narrow, wide = (one.question.cell.at(one.confidence) for one in (alone, many))  # type: ignore[misc]
    assert wide.low < narrow.low and wide.high > narrow.high


def test_claims_about_another_regime_and_from_kept_tables(tmp_path: Path) -> None:
    study({"baseline": 0.3, "ld": 0.6}, regime="mixed")
    text = claim(GAIN + ", regime: mixed")
    keep_measured("kept", load_rows(source="runs"))
    for source in ("all", "runs", "measured"):
        assert judged(tmp_path, text, source=source).controlled.verdict == "supported"
    assert judged(tmp_path, claim(GAIN)).controlled.verdict == "not run"
    row = judged(tmp_path, text, source="measured").controlled.tests[0].plain()["cells"][0]["rows"][0]
    assert row["source"] == "reports/measured/kept.parquet" and row["run"] == "ld-smoke-s0-mixed"


def test_a_seed_of_runs_changed_by_hand_is_not_asked_for(tmp_path: Path) -> None:
    study({"baseline": 0.3, "ld": 0.6})
    make_run("ld", 9, skill=0.1, probes=("linear",), clips=1000, changes={"optim": {"lr": 0.5}})
    found = judged(tmp_path, claim(GAIN)).controlled
    assert found.verdict == "supported" and not found.missing
    assert found.tests[0].plain()["cells"][0]["seeds"] == [0, 1, 2]


def test_rows_of_settings_that_the_preset_no_longer_has_are_marked(tmp_path: Path) -> None:
    study({"baseline": 0.3})
    study({"ld": 0.6}, config_key="of before")
    marks = judged(tmp_path, claim(GAIN)).controlled.marks
    assert any(mark.startswith("Made with other settings than the preset has now: ld-smoke-s0") for mark in marks)


def test_what_compared_runs_differ_in_is_marked(tmp_path: Path) -> None:
    study({"baseline": 0.3})
    study({"ld": 0.6}, budget="twice the clips")
    one = judged(tmp_path, claim(GAIN))
    assert any("probe's budget differs" in mark for mark in one.controlled.marks)
    control = next(a for a in one.audits if a["audit"] == "control")
    assert control["status"] == "noted" and "probe's budget differs" in control["found"]


def test_a_claim_beyond_numbers_stays_open_and_points_to_diagnoses(tmp_path: Path) -> None:
    text = "- {id: a, claim: b, not_in_numbers: it is about widths, evidence: [{table: matrix, variants: fwm, regime: mixed}]}\n"
    (one,) = claims(write(tmp_path, text))
    assert (one.published.verdict, one.controlled.verdict) == ("cannot be decided", "undecided")
    assert one.evidence[0]["command"] == "workbench diagnose fwm-smoke-s0-mixed --keep NAME"
    import pandas as pd

    folder = tmp_path / "reports" / "measured"
    folder.mkdir(parents=True)
    table = pd.DataFrame({"encoder": ["fwm-smoke-s0-mixed", "fwm_ld-smoke-s0"], "table": "matrix"})
    table.to_parquet(folder / "some.diagnosis.parquet")
    (one,) = claims(write(tmp_path, text))
    assert one.evidence[0]["files"] == [
        {"file": "reports/measured/some.diagnosis.parquet", "encoders": ["fwm-smoke-s0-mixed"], "numbers": 1}
    ]
    assert "command" not in one.evidence[0]


@pytest.mark.parametrize(("first", "second"), [(0.6, 0.3), (0.3, 0.6)])
def test_changed_rows_change_verdict_and_words(tmp_path: Path, first: float, second: float) -> None:
    study({"baseline": first, "ld": second})
    one = judged(tmp_path, claim(GAIN))
    assert one.controlled.verdict == ("supported" if second > first else "contradicted")
    assert ("bears it out" in one.follows) == (second > first)

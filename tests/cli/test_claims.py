"""`workbench claims` as a person types it."""

import json
from pathlib import Path

import pytest

from tests.ledger.helpers import claim, study, write

GAIN = "operator: difference, variants: ld, benchmarks: motion48, above: 0"


def test_the_twelve_claims_as_json_carry_everything(run):
    status, out, _ = run("claims", "--json")
    found = json.loads(out)
    assert status == 0 and [one["id"] for one in found] == list(range(1, 13))
    assert {one["controlled"]["verdict"] for one in found} == {"not run", "undecided"}  # claim 11 has no test
    keys = {"claim", "about", "rule", "published", "controlled", "as_published", "audits", "evidence", "follows"}
    assert all(keys <= set(one) for one in found)
    assert all(test["cells"] for one in found for test in one["published"]["tests"])


def test_a_table_with_rules_and_the_commands_for_what_is_not_there(run, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    status, out, _ = run("claims")
    assert status == 0 and "12. Objectives that stress" in out and "DOES NOT HOLD (FIGURES AS STATED)" in out
    assert "Not run: workbench sweep --variants motion_guided,baseline" in out and "- Holm: on either side" in out


def test_own_claims_and_one_claim_test_by_test(run, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "160")
    study({"baseline": 0.3, "ld": 0.6})
    path = write(tmp_path, claim(GAIN, rule="it gains"))
    status, out, _ = run("claims", "--file", str(path), "--claim", "one", "--source", "runs")
    assert status == 0 and "SUPPORTED (seeds 0, 1 and 2, 1000 clips)" in out
    assert "Claim one, test by test" in out and "audits that bear on it" in out and "Rule of claim one: it gains" in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--claim", "13"), "Unknown claim '13'"),
        (("--source", "mesured"), "Unknown source 'mesured'. Did you mean 'measured'?"),
        (("--file", "no.yaml"), "no.yaml is not there"),
    ],
)
def test_what_can_be_wrong(run, words, said):
    status, _, err = run("claims", *words)
    assert status == 1 and err.startswith("Error: ") and said in err


def test_a_broken_file_names_line_and_key(run, tmp_path: Path):
    path = write(tmp_path, claim(GAIN.replace("ld", "ldd")))
    status, _, err = run("claims", "--file", str(path))
    assert status == 1 and "line 7, claims[0].controlled[0].variants: Unknown variant or family 'ldd'" in err

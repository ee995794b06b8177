"""A mistake in a claims file is named with file, line and key."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.ledger.helpers import HEAD, claim, write
from workbench.errors import UnknownName, WorkbenchError
from workbench.ledger import claims, load_claims, reading
from workbench.paths import claims_file, published_root

DIFFERENCE = "operator: difference, variants: ld, benchmarks: motion48, above: 0"
PUBLISHED = "operator: difference, regime: mixed, variants: ld, benchmarks: ssv2, above: 0"


def error(folder: Path, text: str, head: str = HEAD) -> str:
    path = write(folder, text, head)
    with pytest.raises(WorkbenchError) as found:
        load_claims(path)
    assert str(path) in str(found.value)
    return str(found.value).replace(str(path), "mine.yaml")


def test_the_shipped_claims_are_those_of_the_study() -> None:
    study = yaml.safe_load((published_root() / "claims.yaml").read_text(encoding="utf-8"))
    file = load_claims()
    assert [one.id for one in file.claims] == [entry["id"] for entry in study] == list(range(1, 13))
    assert [one.claim for one in file.claims] == [entry["claim"] for entry in study]
    assert all(one.rule for one in file.claims)


def test_every_benchmark_of_ours_stands_for_one_of_the_studys_in_the_same_claim() -> None:
    file = load_claims()
    for one in file.claims:
        theirs = {name for test in one.published for name in test.benchmarks}
        ours = {name for test in one.controlled for name in test.benchmarks}
        assert ours <= {file.stands_for.benchmarks[name] for name in theirs}, one.id
        regimes = {file.stands_for.regimes[test.regime] for test in one.published}
        assert {test.regime for test in one.controlled} <= regimes, one.id


def test_shipped_words_that_are_not_the_studys_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = claims_file().read_text(encoding="utf-8")
    for old, new, said in (
        ("LD gains 5.02", "LD gains 6.02", "claim 4 differs from"),
        ("- id: 12\n", "- id: 13\n", "has the claims"),
    ):
        path = tmp_path / "claims.yaml"
        path.write_text(text.replace(old, new), encoding="utf-8")
        monkeypatch.setattr(reading, "claims_file", lambda path=path: path)
        with pytest.raises(WorkbenchError, match=said):
            load_claims()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- id: [1\n  claim: x\n", "mine.yaml, line 5, column 8: this is not YAML"),
        ("- id: 1\n  id: 2\n", "mine.yaml, line 5, column 3: this is not YAML: the key 'id' is given twice"),
        ("  []\n", "mine.yaml, line 3, claims: the list of claims is empty"),
        (
            claim(DIFFERENCE.replace("difference", "diference")),
            "line 7, claims[0].controlled[0].operator: Unknown operator",
        ),
        (claim(DIFFERENCE.replace("difference", "diference")), "Did you mean 'difference'? Known: correlation, count,"),
        (
            claim("variants: ld, benchmarks: motion48"),
            "line 7, claims[0].controlled[0]: a test needs the key 'operator'",
        ),
        (
            claim(DIFFERENCE.replace("ld", "ldd")),
            "line 7, claims[0].controlled[0].variants: Unknown variant or family 'ldd'",
        ),
        (
            claim(DIFFERENCE + ", control: basline"),
            "claims[0].controlled[0].control: Unknown variant 'basline'. Did you mean",
        ),
        (claim(DIFFERENCE.replace("motion48", "ssv2")), "claims[0].controlled[0].benchmarks: Unknown benchmark 'ssv2'"),
        (
            claim(published=(PUBLISHED.replace("ssv2", "ssv"),)),
            "published[0].benchmarks: Unknown published benchmark 'ssv'",
        ),
        (
            claim(published=(PUBLISHED.replace("mixed", "single"),)),
            "regime: Unknown published regime 'single'. Known: mixed, ucf101",
        ),
        (claim(DIFFERENCE + ", regime: mixd"), "controlled[0].regime: Unknown regime 'mixd'. Did you mean 'mixed'?"),
        (claim(DIFFERENCE + ", probe: atentive"), "controlled[0].probe: "),
        (
            claim(DIFFERENCE + ", factor: colr"),
            "controlled[0].factor: Unknown factor of motion48 'colr'. Did you mean 'colour'?",
        ),
        (claim(DIFFERENCE + ", states: 3"), "controlled[0].states: a stated number is of the study"),
        (
            claim(DIFFERENCE + ", below: 0"),
            "controlled[0]: one of above, below and between is asked for, not above and below",
        ),
        (claim(DIFFERENCE.replace(", above: 0", "")), "controlled[0]: nothing is asked: give above, below or between"),
        (claim(DIFFERENCE.replace("above: 0", "between: [1, 0]")), "the lower end comes first"),
        (claim(DIFFERENCE.replace("above: 0", "above: much")), "controlled[0].above: "),
        (claim(DIFFERENCE + ", abve: 0"), "controlled[0].abve: Unknown key 'abve'. Did you mean 'above'?"),
        (claim(DIFFERENCE.replace(", benchmarks: motion48", "")), "controlled[0]: the key 'benchmarks' is missing"),
        (
            claim("operator: count, variants: all, benchmarks: motion48, above: 0"),
            "one of at_least, at_most and exactly",
        ),
        (
            claim("operator: interval, variants: ld, benchmarks: motion48, above: {value_of: random}"),
            "value_of bounds a value",
        ),
        (
            claim("operator: interval, variants: ld, benchmarks: motion48, above: {spread: random}"),
            "Unknown key 'spread'",
        ),
        (claim(), "line 4, claims[0]: nothing decides this claim"),
        (
            claim(DIFFERENCE, audits="[movment]"),
            "line 6, claims[0].audits: Unknown audit 'movment'. Did you mean 'movement'?",
        ),
        (claim(DIFFERENCE, about="nobody"), "line 6, claims[0].about: Unknown variant or family 'nobody'"),
        (claim(DIFFERENCE, clam="x"), "line 6, claims[0].clam: Unknown key 'clam'. Did you mean 'claim'?"),
        (claim(DIFFERENCE) + claim(DIFFERENCE), "line 8, claims[1].id: the id 'one' is given to 2 claims"),
        ("", "mine.yaml, line 3, claims: "),
    ],
)
def test_what_can_be_wrong_in_a_claim(tmp_path: Path, text: str, said: str) -> None:
    assert said in error(tmp_path, text)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("", "mine.yaml, line 1: a claims file has the keys"),
        ("preset: standrd\nclaims:\n", "line 1, preset: Unknown preset 'standrd'. Did you mean 'standard'?"),
        ("famlies: {}\nclaims:\n", "line 1, famlies: Unknown key 'famlies'. Did you mean 'families'?"),
        ("families: {mine: [ldd]}\nclaims:\n", "line 1, families.mine: Unknown variant 'ldd'. Did you mean 'ld'?"),
        ("families: {ld: [fwm]}\nclaims:\n", "line 1, families.ld: 'ld' is the name of a variant"),
        ("probes: {motion48: atentive}\nclaims:\n", "line 1, probes.motion48: "),
        ("probes: {motin48: knn}\nclaims:\n", "line 1, probes.motin48: Unknown benchmark 'motin48'"),
        (
            "stands_for:\n  benchmarks: {ssv3: temporal16}\nclaims:\n",
            "line 2, stands_for.benchmarks.ssv3: Unknown published benchmark",
        ),
        (
            "stands_for:\n  benchmarks: {ssv2: temporal61}\nclaims:\n",
            "line 2, stands_for.benchmarks.ssv2: Unknown benchmark",
        ),
        (
            "stands_for: {benchmark: {}}\nclaims:\n",
            "stands_for.benchmark: Unknown key 'benchmark'. Did you mean 'benchmarks'?",
        ),
    ],
)
def test_what_can_be_wrong_in_the_head(tmp_path: Path, head: str, said: str) -> None:
    assert said in error(tmp_path, claim(DIFFERENCE), head)


def test_several_mistakes_are_all_named(tmp_path: Path) -> None:
    said = error(tmp_path, claim(DIFFERENCE.replace("ld", "ldd"), DIFFERENCE.replace("motion48", "motion4")))
    assert "line 7" in said and "line 8" in said


def test_a_file_that_is_not_there_and_a_claim_that_is_not_in_it(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match=r"no\.yaml is not there"):
        claims(tmp_path / "no.yaml")
    with pytest.raises(UnknownName, match=r"Unknown claim 'two'\. .*Known: one\."):
        claims(write(tmp_path, claim(DIFFERENCE)), ["two"])


def test_a_value_that_refers_to_itself_is_refused(tmp_path: Path) -> None:
    assert "refers to itself" in error(tmp_path, "- &a {id: 1, claim: *a}\n")

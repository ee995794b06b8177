"""Claims files near the true form load or are refused by name; what loads survives writing; the order of rows decides nothing."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.helpers import HEAD, claim, study, write
from workbench.errors import WorkbenchError
from workbench.ledger import claims, load_claims
from workbench.ledger.model import ClaimsFile

some = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
TRUE: dict[str, Any] = {
    "preset": "smoke",
    "stands_for": {"benchmarks": {"diving48": "motion48"}, "regimes": {"mixed": "mixed"}},
    "probes": {"motion48": "linear"},
    "families": {"mine": ["ld", "fwm"]},
    "claims": [
        {
            "id": 1,
            "claim": "something",
            "about": ["ld"],
            "rule": "a rule",
            "audits": ["gradient"],
            "published": [
                {"operator": "difference", "regime": "mixed", "variants": "ld", "benchmarks": "ssv2", "above": 0, "states": 5.02},
                {"operator": "correlation", "regime": "mixed", "variants": "all", "x": "ssv2", "y": "diving48", "below": 0},
            ],
            "controlled": [
                {"operator": "interval", "of": "value", "variants": ["ld"], "benchmarks": "motion48", "above": {"value_of": "random"}},
                {"operator": "rank", "variants": "mine", "benchmarks": ["motion48"], "among": "all", "place": 2, "end": "lowest"},
                {"operator": "count", "variants": "mine", "benchmarks": "motion48", "above": 0, "at_least": 1, "out_of": 2},
            ],
            "evidence": [{"table": "matrix", "variants": "ld"}],
        },
        {"id": "two", "claim": "nothing in numbers", "not_in_numbers": "all of it"},
    ],
}  # fmt: skip
Place = tuple[str | int, ...]


def places(value: Any, at: Place = ()) -> list[Place]:
    """Every value of a document but the whole, by the keys and positions that lead there."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, part in inside for place in ((*at, key), *places(part, (*at, key)))]


def changed(place: Place, change: Any) -> Any:
    """A copy of the true form with one entry changed by `change(parent, key)`."""
    document = copy.deepcopy(TRUE)
    parent: Any = document
    for key in place[:-1]:
        parent = parent[key]
    change(parent, place[-1])
    return document


def load(folder: Path, document: Any) -> ClaimsFile | str:
    """What is loaded, or the error's words, which name the file."""
    path = folder / "mine.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    try:
        return load_claims(path)
    except WorkbenchError as error:
        assert str(path) in str(error)
        return str(error).replace(str(path), "")


plain = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.text(max_size=5), st.dates(), st.binary(max_size=3),
    st.sampled_from(["ld", "all", "motion48", "ssv2", "rank", "difference", "each", "label", 10**400]),
)  # fmt: skip
values = st.recursive(
    plain,
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=4) | st.integers(), part, max_size=3),
)


def test_the_true_form_loads_and_survives_writing(tmp_path: Path) -> None:
    found = load(tmp_path, TRUE)
    assert isinstance(found, ClaimsFile), found
    assert load(tmp_path, found.model_dump(mode="json", exclude_none=True)) == found
    shipped = load_claims()
    assert load(tmp_path, shipped.model_dump(mode="json", exclude_none=True)) == shipped


@given(st.sampled_from(places(TRUE)), values)
@some
def test_any_value_in_any_place_loads_or_is_refused(tmp_path: Path, place: Place, value: Any) -> None:
    found = load(tmp_path, changed(place, lambda parent, key: parent.__setitem__(key, value)))
    if isinstance(found, ClaimsFile):
        assert load(tmp_path, found.model_dump(mode="json", exclude_none=True)) == found


@given(st.sampled_from(places(TRUE)))
@some
def test_without_any_entry_it_loads_or_is_refused(tmp_path: Path, place: Place) -> None:
    load(tmp_path, changed(place, lambda parent, key: parent.__delitem__(key)))


@pytest.mark.parametrize(
    "place", [one for one in places(TRUE) if isinstance(one[-1], str)], ids=lambda place: ".".join(map(str, place))
)
def test_a_key_that_is_misspelt_is_named(tmp_path: Path, place: Place) -> None:
    said = load(tmp_path, changed(place, lambda parent, key: parent.__setitem__(f"{key}_x", parent.pop(key))))
    if (place[0] == "families" and len(place) == 2) or (place[:2] == ("stands_for", "regimes") and len(place) == 3):
        return  # a name of one's own
    assert isinstance(said, str) and (f"{place[-1]}" in said) and "line " in said


@given(values)
@some
def test_any_document_loads_or_is_refused(tmp_path: Path, document: Any) -> None:
    load(tmp_path, document)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_and_answers_decides_nothing(tmp_path: Path, seed: int) -> None:
    study({"baseline": 0.3, "ld": 0.45, "fwm": 0.32}, clips=80)
    tests = (
        "operator: difference, variants: [ld, fwm], benchmarks: motion48, above: 0",
        "operator: rank, variants: ld, benchmarks: [motion48, temporal16], place: 1",
        "operator: count, variants: [ld, fwm], benchmarks: motion48, above: 0, at_least: 1",
        "operator: interval, of: value, variants: ld, benchmarks: motion48, above: {value_of: baseline}",
    )
    path = write(tmp_path, claim(*tests), HEAD)
    before = [json.dumps(one.plain(), default=str) for one in claims(path)]
    for table in tmp_path.glob("checkpoints/*/*.parquet"):
        pd.read_parquet(table).sample(frac=1, random_state=seed).to_parquet(table, index=False)
    assert [json.dumps(one.plain(), default=str) for one in claims(path)] == before

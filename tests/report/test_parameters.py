"""Parameters of reports: types decide, mistakes are named, and the known ones are listed."""

from __future__ import annotations

import pytest

from workbench.config import ProbeSettings
from workbench.errors import UnknownName, WorkbenchError
from workbench.report.parameters import (
    REPORTS,
    MainParameters,
    changed,
    command,
    described,
    make_parameters,
    namespace_parameters,
    parse_parameters,
)


def test_defaults() -> None:
    found = parse_parameters("main", [])
    assert found == MainParameters()
    assert found.preset == "standard" and found.seeds == [0, 1, 2]
    assert found.probes == list(ProbeSettings().probes)


def test_values_are_yaml_read_as_their_type_wants() -> None:
    found = parse_parameters("main", ["preset=quick", "seeds=[0, 007]", "variants=[random,baseline]", "confidence=0.9"])
    assert (found.preset, found.seeds, found.variants, found.confidence) == (
        "quick",
        [0, 7],
        ["random", "baseline"],
        0.9,
    )


def test_a_text_that_looks_like_a_number_stays_text() -> None:
    with pytest.raises(UnknownName, match="Unknown preset '007'"):
        parse_parameters("main", ["preset=007"])


def test_a_misspelt_parameter_lists_the_known_ones_with_types_and_defaults() -> None:
    with pytest.raises(WorkbenchError) as error:
        parse_parameters("main", ["seed=[0]"])
    text = str(error.value)
    assert text.startswith("Unknown parameter 'seed' of report 'main'. Did you mean 'seeds'? Known parameters:")
    assert "seeds (list of whole numbers) = [0,1,2]" in text and "preset (text) = standard" in text


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("seeds=0", "seeds: Input should be a valid list"),
        ("seeds=[a]", "seeds.0: Input should be a valid integer"),
        ("seeds=[1.5]", "seeds.0"),
        ("seeds=[]", "seeds: List should have at least 1 item"),
        ("seeds=[1,1]", "given twice"),
        ("seeds=[-1]", "0 or above"),
        ("confidence=95", "confidence: Input should be less than 1"),
        ("confidence=high", "confidence: Input should be a valid number"),
        ("variants=baseline", "variants: Input should be a valid list"),
        ("formats=[pdf]", "formats.0: Input should be 'csv', 'parquet', 'markdown' or 'latex'"),
        ("preset=[quick]", "preset: Input should be a valid string"),
    ],
)
def test_an_ill_typed_value_is_named_and_the_known_ones_listed(assignment: str, words: str) -> None:
    with pytest.raises(WorkbenchError) as error:
        parse_parameters("main", [assignment])
    assert words in str(error.value) and "preset (text) = standard" in str(error.value)


@pytest.mark.parametrize("text", ["quick", "=quick", "seeds=[0"])
def test_what_is_not_an_assignment_is_refused(text: str) -> None:
    with pytest.raises(WorkbenchError):
        parse_parameters("main", [text])


def test_a_parameter_given_twice_is_refused() -> None:
    with pytest.raises(WorkbenchError, match="twice"):
        parse_parameters("main", ["preset=quick", "preset=smoke"])


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [("preset", "big", "preset"), ("variants", ["jepa"], "variant"), ("probes", ["svm"], "probe")],
)
def test_an_unknown_name_lists_the_known_ones(key: str, value: object, kind: str) -> None:
    with pytest.raises(UnknownName, match=f"Unknown {kind}"):
        make_parameters("main", {key: value})


def test_python_values_are_not_converted() -> None:
    assert make_parameters("main", {"seeds": [3]}).seeds == [3]
    with pytest.raises(WorkbenchError, match=r"seeds\.0"):
        make_parameters("main", {"seeds": ["3"]})


def test_unknown_report_lists_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="Known: ablation, audits, cost"):
        parse_parameters("mian", [])


def test_a_notebooks_variables_are_checked_whole() -> None:
    namespace = {"preset": "quick", "seeds": [0], "_i1": "preset = 1", "In": [""], "Out": {}, "REPORTS": REPORTS}
    assert namespace_parameters("main", namespace).preset == "quick"
    assert namespace_parameters("main", namespace | {"probes": None}).probes == list(ProbeSettings().probes)
    with pytest.raises(WorkbenchError, match="'sedes'"):
        namespace_parameters("main", namespace | {"sedes": [1]})


def test_the_command_repeats_the_parameters() -> None:
    found = parse_parameters("main", ["seeds=[0]", "preset=quick"])
    assert changed(found) == {"preset": "quick", "seeds": [0]}
    text = command("main", found)
    assert text == "workbench report main -p 'preset=quick' -p 'seeds=[0]'"
    assert command("main", MainParameters()) == "workbench report main"


def test_every_parameter_is_described() -> None:
    assert all(all(entry) for entry in described("main"))


def test_the_study_stands_for_all_that_it_ran_in_the_regime() -> None:
    found = parse_parameters("main", ["variants=[study]", "regime=mixed"])
    assert len(found.variants) == 17 and found.variants[:2] == ["random", "baseline"]
    assert len(parse_parameters("main", ["variants=[study]"]).variants) == 15
    with pytest.raises(UnknownName, match="Unknown variant 'study'"):
        parse_parameters("main", ["variants=[study,ld]"])

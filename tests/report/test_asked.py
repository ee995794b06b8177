"""What is asked on the command line: a file, assignments over it, all reports at once; a mistake is named with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.report.tiny import TinyParameters, add_report
from workbench.errors import UnknownName, WorkbenchError
from workbench.report.asked import asked_parameters, listed_parameters, listings
from workbench.report.parameters import REPORTS, MainParameters


def written(path: Path, text: str) -> Path:
    file = path / "asked.yaml"
    file.write_text(text)
    return file


def test_assignments_are_laid_over_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "# mine\npreset: quick\nseeds: [0, 1]\nconfidence: 0.9\n")
    found = asked_parameters("main", ["seeds=[2]"], file)["main"]
    assert (found.preset, found.seeds, found.confidence) == ("quick", [2], 0.9)
    assert asked_parameters("main", [], written(tmp_path, ""))["main"] == MainParameters()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "preset: quick\nsedes: [0]\n",
            "asked.yaml, line 2: Unknown parameter 'sedes' of report 'main'. Did you mean 'seeds'?",
        ),
        (
            "preset: quick\n\nseeds: [0, x]\n",
            "asked.yaml, line 3, 'seeds': Invalid parameters of report 'main'. seeds.1",
        ),
        ("variants: []\n", "asked.yaml, line 1, 'variants': Invalid parameters"),
        ("preset: quick\npreset: smoke\n", "asked.yaml, line 2: the parameter 'preset' is given twice"),
        ("seeds: [0\npreset: quick\n", "asked.yaml, line 2, column 7: this is not YAML"),
        ("- preset\n", "holds no parameters. Write one a line"),
        ("just words\n", "holds no parameters"),
        ("preset: big\n", "asked.yaml, line 1, 'preset': Unknown preset 'big'"),
    ],
)
def test_a_mistake_in_the_file_is_named_with_its_line(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(WorkbenchError) as error:
        asked_parameters("main", [], written(tmp_path, text))
    assert words in str(error.value)


def test_a_mistake_on_the_command_line_does_not_blame_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "preset: quick\n")
    with pytest.raises(WorkbenchError) as error:
        asked_parameters("main", ["seeds=[x]"], file)
    assert str(file) not in str(error.value) and "seeds.0" in str(error.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(WorkbenchError, match=r"gone\.yaml cannot be read"):
        asked_parameters("main", [], tmp_path / "gone.yaml")


def test_all_reports_take_the_parameters_that_they_have(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    add_report(monkeypatch, "one")
    found = asked_parameters("all", ["times=2", "formats=[csv]"], written(tmp_path, "seeds: [0]\n"))
    assert list(found) == list(REPORTS) and {"main", "one"} <= found.keys()
    assert found["main"].seeds == [0] and found["main"].formats == ["csv"]
    assert found["one"] == TinyParameters(times=2.0, formats=["csv"])
    with pytest.raises(WorkbenchError) as error:
        asked_parameters("all", ["sedes=[0]"])
    assert "No report has a parameter 'sedes'" in str(error.value) and "times (number) = 1.0" in str(error.value)


def test_every_report_is_listed_with_its_typed_parameters(monkeypatch: pytest.MonkeyPatch) -> None:
    add_report(monkeypatch, "one")
    assert "main: Main results" in listings() and "one: Report one" in listings()
    rows = listed_parameters("all")
    assert {
        "report": "one",
        "parameter": "times",
        "type": "number",
        "default": "1.0",
        "meaning": "what every number is multiplied by",
    } in rows
    assert {row["report"] for row in listed_parameters("main")} == {"main"}


def test_an_unknown_report_is_said_before_its_parameters() -> None:
    with pytest.raises(UnknownName, match="Unknown report 'mian'"):
        asked_parameters("mian", ["nonsense=1"])

"""Parameters and names that try to be code or paths: each is refused, or arrives as the data that it is, in its own folder."""

from __future__ import annotations

import ast
import json
import shlex
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import papermill
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from papermill.translators import PythonTranslator
from pydantic import Field

import workbench as wb
from tests.report.tiny import write_notebook
from workbench.cli import main
from workbench.config import Section
from workbench.data.imports import import_videos
from workbench.encoders import open_encoder
from workbench.errors import WorkbenchError
from workbench.external import keep_external
from workbench.own import objective
from workbench.paths import reports_root
from workbench.presets import build_config
from workbench.report import notebook
from workbench.report.asked import asked_parameters
from workbench.report.execute import job_of
from workbench.report.origin import Inputs
from workbench.report.parameters import REPORTS, Report, command, make_parameters
from workbench.rows import keep_beside, keep_measured
from workbench.runs import Run
from workbench.widgets.saved import write_view

MARK = "it-ran"
CODE = [
    f'"); import os; os.system("touch {MARK}"); ("',
    f"'; __import__('os').system('touch {MARK}') #",
    f"\n__import__('pathlib').Path('{MARK}').touch()\n",
    f"x\r\nopen('{MARK}', 'w')",
    f'"""\nopen("{MARK}", "w")\n"""',
    f"!touch {MARK}",
    f"%%bash\ntouch {MARK}",
    f"$(touch {MARK}) `touch {MARK}` ; touch {MARK}",
    f"!!python/object/apply:os.system ['touch {MARK}']",
    "{{ 7 * 7 }} {% raw %} {words} {0.__class__} %s",
    "\\",
    '\\"',
    "\\N{BULLET} \\x41 \\u0041",
    "</script><script>alert(1)</script><img src=x onerror=alert(1)>",
    "é 漢 🙂 \u2028 \u2029 \x85 \x00 \x1b[31m",
    "&a [*a]",
    "# a comment",
    "a: b, c",
    " \t ",
    "",
    "null",
    "007",
]
WRITE = "import json; open('seen.json', 'w').write(json.dumps([words, several, named]))"


class AnyParameters(Section):
    """One parameter of each kind that can hold text."""

    words: str = Field("none", description="a text")
    several: list[str] = Field([], description="texts")
    named: dict[str, str] = Field({}, description="texts by text")


@pytest.fixture
def code(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report `code`, which writes its parameters to a file."""
    _add(monkeypatch, home)


def _add(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    path = write_notebook(folder / "notebooks" / "code.ipynb", WRITE)
    monkeypatch.setitem(REPORTS._entries, "code", Report("Report code", path, AnyParameters))


def given_in_python(values: dict[str, Any], folder: Path) -> AnyParameters:
    found: AnyParameters = make_parameters("code", values)
    return found


def given_in_a_file(values: dict[str, Any], folder: Path) -> AnyParameters:
    file = folder / "params.yaml"
    file.write_text(yaml.safe_dump(values), encoding="utf-8")
    found: AnyParameters = asked_parameters("code", file=file)["code"]
    return found


def given_on_the_command_line(values: dict[str, Any], folder: Path) -> AnyParameters:
    """The command that a report says it was made by, as a shell reads it."""
    words = shlex.split(command("code", AnyParameters(**values)))
    assert words[:3] == ["workbench", "report", "code"] and set(words[3::2]) <= {"-p"}
    found: AnyParameters = asked_parameters("code", words[4::2])["code"]
    return found


ROUTES = (given_in_python, given_in_a_file, given_on_the_command_line)


def assigned(source: str) -> dict[str, Any]:
    """What a cell of assignments of literals sets; anything else in it fails."""
    lines = ast.parse(source).body
    assert all(isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name) for line in lines)
    return {line.targets[0].id: ast.literal_eval(line.value) for line in lines}  # type: ignore[attr-defined]


def values_of(text: str) -> dict[str, Any]:
    return {"words": text, "several": [text, f"{text}'"], "named": {text: text}}


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize("route", ROUTES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=30))
def test_any_text_arrives_as_it_is(route: Callable[..., AnyParameters], tmp_path: Path, text: str) -> None:
    values = values_of(text)
    found = route(values, tmp_path)
    assert found.model_dump() == values
    assert assigned(PythonTranslator.codify(found.model_dump(mode="json"))) == values


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize("text", CODE)
@pytest.mark.parametrize("route", ROUTES)
def test_code_is_text_in_the_cell_that_papermill_adds(
    route: Callable[..., AnyParameters], text: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the home folder's name is a template: papermill would fill in the parameters."""
    folder = home / "{words} {0}"
    monkeypatch.setenv("WORKBENCH_HOME", str(folder))
    _add(monkeypatch, folder)
    monkeypatch.setattr(papermill, "execute_notebook", partial(papermill.execute_notebook, prepare_only=True))
    job = job_of("code", route(values_of(text), home), Inputs("", ""))
    output = Path(job.folder) / "code.ipynb"
    output.parent.mkdir(parents=True)
    notebook.execute(job, output, lambda count: None)
    made = nbformat.read(output, as_version=4)
    added = [cell.source for cell in made.cells if "injected-parameters" in cell.metadata.get("tags", [])]
    assert [assigned(source) for source in added] == [values_of(text)]
    assert [path.name for path in home.iterdir() if path.suffix != ".yaml"] in (
        ["notebooks", folder.name],
        [folder.name, "notebooks"],
    )


@pytest.mark.slow
@pytest.mark.usefixtures("code")
def test_an_executed_report_sees_data_and_runs_none_of_it(home: Path) -> None:
    values = {"words": CODE[0], "several": CODE, "named": {text: text for text in CODE}}
    result = wb.report("code", values, progress=False)
    assert json.loads((home / "seen.json").read_text()) == list(values.values())
    assert not list(home.rglob(MARK)) and result.html.is_file()


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize("text", CODE)
def test_what_is_typed_without_quotes_is_text_or_refused(
    text: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    file = home / "params.yaml"
    file.write_text(f"words: {text}\n", encoding="utf-8")
    for arguments in ((["words=" + text],), ([], file), (["several=[" + text + "]"],), (["named={a: " + text + "}"],)):
        try:
            found = asked_parameters("code", *arguments)["code"]
        except WorkbenchError:
            continue
        assert assigned(PythonTranslator.codify(found.model_dump(mode="json"))) == found.model_dump()
    assert not (home / MARK).exists()


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize("value", ["[" * 1000, "{a: " * 1000, "&a [*a]", "!!python/name:os.system"])
def test_yaml_that_is_no_value_is_refused(value: str, home: Path) -> None:
    file = home / "params.yaml"
    file.write_text(f"several: {value}\n")
    for arguments in (([f"several={value}"],), ([], file)):
        with pytest.raises(WorkbenchError):
            asked_parameters("code", *arguments)


@pytest.mark.usefixtures("code")
@pytest.mark.parametrize("key", ["words; import os", "words\nimport os", "__import__", "words ", "", "{words}"])
def test_a_name_that_is_code_is_no_parameter(key: str, home: Path) -> None:
    file = home / "params.yaml"
    file.write_text(yaml.safe_dump({key: "x"}))
    for ask in (lambda: asked_parameters("code", [], file), lambda: wb.report("code", {key: "x"}, progress=False)):
        with pytest.raises(WorkbenchError, match="arameter"):
            ask()


@pytest.mark.parametrize("name", list(REPORTS))
def test_the_reports_parameters_are_known_names_or_plain_data(name: str) -> None:
    for key, field in REPORTS[name].parameters.model_fields.items():
        for text in CODE[:6]:
            value = [text, text + " "] if str(field.annotation).startswith("list") else text
            try:
                found = make_parameters(name, {key: value})
            except WorkbenchError:
                continue
            sets = assigned(PythonTranslator.codify(found.model_dump(mode="json")))
            assert sets[key] == value and shlex.split(command(name, found))[3] == "-p"


OUTSIDE = ["../evil", "../../evil", "a/../../evil", "a/b", "/tmp/evil-of-a-test", "..", ".", ".hidden", "a\0b", "a\nb", "\ud800", "x" * 300]  # fmt: skip
FOLDERS = ("checkpoints", "views")  # where a name that stays there may have been begun
NAMED: dict[str, Callable[[str], object]] = {
    "run": lambda name: Run.create(build_config("random", "smoke"), name),
    "run to train": lambda name: wb.complete_run("random", "smoke", name=name, show=False),
    "run that is opened": Run.open,
    "encoder": open_encoder,
    "variant": lambda name: wb.complete_run(name, "smoke", show=False),
    "own objective": lambda name: objective(name)(type("Mine", (), {"terms": ("a",), "__doc__": "Mine."})),
    "data set to train on": lambda name: wb.complete_run("random", "smoke", data=name, show=False),
    "import": lambda name: import_videos(reports_root(), name),
    "kept rows": lambda name: keep_measured(name, pd.DataFrame()),
    "kept diagnosis": lambda name: keep_beside(name, "matrix", pd.DataFrame(), ""),
    "rows of other tools": lambda name: keep_external(name, pd.DataFrame(), "", []),
    "view": lambda name: write_view(name, {}),
    "report": lambda name: wb.report(name, progress=False),
}


@pytest.mark.parametrize("name", OUTSIDE, ids=[ascii(name)[:20] for name in OUTSIDE])
@pytest.mark.parametrize("kind", NAMED)
def test_no_name_leads_out_of_its_folder(kind: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "some" / "home"
    home.mkdir(parents=True)
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    with pytest.raises(WorkbenchError):
        NAMED[kind](name)
    assert not Path("/tmp/evil-of-a-test").exists()
    made = [path for path in tmp_path.rglob("*") if path not in (home, home.parent)]
    assert all(path.is_relative_to(home) and path.relative_to(home).parts[0] in FOLDERS for path in made)
    assert not [path for path in made if "evil" in path.name]


@pytest.mark.parametrize(
    "words",
    [
        ("train", "random", "--preset", "smoke", "--name", "../evil"),
        ("train", "../evil", "--preset", "smoke"),
        ("train", "random", "--preset", "smoke", "--data", "../evil"),
        ("sweep", "--preset", "smoke", "--keep", "../evil"),
        ("diagnose", "random", "--preset", "smoke", "--keep", "../evil"),
        ("retrieve", "random", "--preset", "smoke", "--keep", "../evil"),
        ("import", "theirs.csv", "--keep", "../evil"),
        ("data", "import", ".", "--name", "../evil"),
        ("report", "../evil"),
        ("claims", "--file", "../evil"),
        ("probe", "../evil"),
        ("audit", "../evil"),
    ],
)
def test_the_command_line_refuses_it_too(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "theirs.csv").write_text("name,benchmark,value,n\nmine,motion48,0.5,100\n")
    monkeypatch.setenv("WORKBENCH_HOME", str(home))
    monkeypatch.chdir(home)
    monkeypatch.setattr(sys, "argv", ["workbench", *words])
    with pytest.raises(SystemExit) as end:
        main()
    assert end.value.code == 1 and "evil" in capsys.readouterr().err
    assert [path for path in tmp_path.rglob("*") if "evil" in path.name] == []

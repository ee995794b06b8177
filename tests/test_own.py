"""A person's own objective, as docs/own_objective.md shows it, from file and from cell to audit."""

import re
import sys
from pathlib import Path

import pytest

import workbench as wb
from workbench import own
from workbench.errors import UnknownName, WorkbenchError
from workbench.objectives import OBJECTIVES
from workbench.own import load_own, own_folder
from workbench.presets import build_config
from workbench.runs import Run
from workbench.variants import VARIANTS, trained_variants

PAGE = Path(__file__).parents[1] / "docs" / "own_objective.md"
SHORT = {"data": {"train_clips": 48}, "optim": {"steps": 4}, "probe": {"probes": ["knn"], "benchmarks": ["motion48"]}}


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    """Entries that a test adds are gone after it."""
    for registry in (VARIANTS, OBJECTIVES):
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))
    monkeypatch.setattr(own, "OWN", {})
    yield
    for name in [name for name in sys.modules if name.startswith("workbench_own_")]:
        del sys.modules[name]


def page_code():
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.S)
    return code


def put(name, code):
    own_folder().mkdir(exist_ok=True)
    (own_folder() / f"{name}.py").write_text(code)
    VARIANTS._more = load_own  # as in a new process
    assert VARIANTS


def test_the_page_shows_it_in_under_40_lines():
    assert len(page_code().splitlines()) < 40


@pytest.mark.slow
def test_the_page_trains_it_against_its_control_with_all_audits():
    put("steady", page_code())
    assert "steady" in trained_variants()
    for variant in ("random", "baseline", "steady"):
        wb.complete_run(variant, "smoke", changes=SHORT, name=f"{variant}-smoke-s0", show=False)
    run = Run.open("steady-smoke-s0")
    found = {(one.audit, one.of): one for one in wb.audit_run(run)}
    assert found["gradient", "steady"].status == "passed"
    assert found["control", "baseline-smoke-s0"].status == "passed"
    assert run.rows()["control"].tolist() == ["baseline-smoke-s0"]
    assert "class Steady" in (run.folder / "own_steady.py").read_text()


def test_another_source_is_another_run():
    put("steady", page_code())
    first = build_config("steady", "smoke")
    put("steady", page_code().replace("0.05", "0.06"))
    assert build_config("steady", "smoke").key() != first.key()
    put("steady", page_code().replace(".clamp(min=0)", ".relu()"))
    assert build_config("steady", "smoke").objective.own != first.objective.own


@pytest.mark.parametrize("name", ["ld", "baseline", "base"])
def test_a_name_of_the_study_is_refused(name):
    with pytest.raises(
        WorkbenchError,
        match=rf"own/mine.py, line 6: '{name}' is the name of another (objective|variant); give yours another one\. Mend it",
    ):
        put(
            "mine",
            page_code().replace('"""own/steady.py', '"""').replace('@wb.objective("steady"', f'@wb.objective("{name}"'),
        )


def test_an_error_in_a_file_names_file_and_line():
    with pytest.raises(WorkbenchError, match=r"own/broken.py, line 3: ZeroDivisionError"):
        put("broken", "import workbench\n\n1 / 0\n")
    (own_folder() / "broken.py").unlink()
    with pytest.raises(WorkbenchError, match=r"own/wrong.py, line 2: SyntaxError"):
        put("wrong", "import workbench\ndef\n")


def test_an_objective_without_terms_is_refused():
    with pytest.raises(WorkbenchError, match="names no terms"):
        put("mine", 'import workbench as wb\n\n@wb.objective("mine")\nclass Mine(wb.Objective):\n    """Nothing."""\n')


def test_a_forgotten_file_is_an_unknown_variant():
    with pytest.raises(UnknownName, match="variant 'steady'"):
        build_config("steady", "smoke")

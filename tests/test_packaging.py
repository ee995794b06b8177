"""The two lists of packages are one list, and the package is quick to import."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent


def test_environment_yml_lists_the_packages_of_pyproject():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert conda[-1]["pip"] == [*wanted, "--editable ."]


def test_the_lock_file_holds_a_version_of_every_package_that_pyproject_allows():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    locked = {
        canonicalize_name(name): version
        for name, version in (line.split("==") for line in lines if line and not line.startswith("#"))
    }
    for text in project["dependencies"] + project["optional-dependencies"]["test"]:
        wanted = Requirement(text)
        assert wanted.specifier.contains(locked[canonicalize_name(wanted.name)]), text
    assert len(locked) > 100  # what those need, too


def test_nothing_is_pickled_or_unpickled():
    """Weights are safetensors, arrays are .npy without objects, tables are Parquet. docs/security.md names what other libraries do."""
    wrong = [
        (path.name, word)
        for path in (ROOT / "workbench").rglob("*.py")
        for word in (
            "import pickle",
            "torch.save(",
            "torch.load(",
            "joblib",
            "allow_pickle=True",
            "read_pickle",
            "cloudpickle",
        )
        if word in path.read_text(encoding="utf-8")
    ]
    assert wrong == []


def test_torch_is_pinned():
    assert "torch==2.13.0" in (ROOT / "pyproject.toml").read_text()


def test_importing_the_package_loads_nothing_heavy():
    script = "import sys, workbench; print([m for m in ('torch', 'pandas', 'umap', 'plotly', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_help_loads_nothing_heavy():
    script = "import sys, workbench.cli; print([m for m in ('torch', 'umap', 'plotly', 'sklearn') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_two_tracked_runs_open_and_are_small(monkeypatch):
    """The random one still has its initial weights, the trained one has moved away from the very same."""
    import torch

    from workbench.runs import Run

    monkeypatch.setenv("WORKBENCH_HOME", str(ROOT))
    runs = {name: Run.open(f"{name}-standard-s0") for name in ("baseline", "random")}
    tracked = subprocess.run(
        ["git", "ls-files", "checkpoints/*/"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert sum((ROOT / path).stat().st_size for path in tracked) < 5_000_000
    weights = {name: torch.nn.utils.parameters_to_vector(run.encoder().parameters()) for name, run in runs.items()}
    assert runs["baseline"].info["fingerprint"] == runs["random"].info["fingerprint"]
    distance = (weights["baseline"] - weights["random"]).norm() / weights["random"].norm()
    assert float(distance) == pytest.approx(runs["baseline"].info["movement"]["context"], rel=1e-3)


def test_a_wheel_carries_what_the_package_reads_beside_itself():
    text = (ROOT / "setup.py").read_text(encoding="utf-8")
    patterns = ast.literal_eval(re.search(r"SHIPPED = (\(.*?\))\n", text, re.S)[1])
    carried = {path for pattern in patterns for path in ROOT.glob(pattern)}
    read = {
        place
        for path in (ROOT / "workbench").rglob("*.py")
        for place in re.findall(r'shipped\("([^"]+)"\)', path.read_text(encoding="utf-8"))
    }
    assert len(read) == 4
    for place in read:
        stem = (ROOT / place).with_suffix("")
        assert any(
            path.is_relative_to(ROOT / place) or path.with_suffix("").with_suffix("") == stem for path in carried
        ), place
    assert {path.stem for path in carried if path.suffix == ".ipynb"} >= {"main_results", "mixed", "words"}


def test_what_is_shipped_is_read_from_the_package_where_it_lies_there(tmp_path, monkeypatch):
    from workbench import paths

    (tmp_path / "site" / "workbench" / "shipped").mkdir(parents=True)
    assert paths.shipped("reports/claims.yaml") == ROOT / "reports" / "claims.yaml"
    monkeypatch.setattr(paths, "__file__", str(tmp_path / "site" / "workbench" / "paths.py"))
    assert paths.claims_file() == tmp_path / "site" / "workbench" / "shipped" / "reports" / "claims.yaml"


def test_no_name_of_the_package_is_one_of_its_modules():
    """A module that is imported later would take the place of the name; the package `report` is called like the function."""
    import workbench
    import workbench.report.parameters

    modules = {path.stem for path in (ROOT / "workbench").iterdir() if not path.name.startswith("_")}
    assert modules & set(workbench.__all__) == {"report"} and callable(workbench.report)

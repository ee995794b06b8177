"""Reports on gates, cost and audits."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import save_file

from tests.made_up import make_run, make_study
from workbench.errors import WorkbenchError
from workbench.report.contents import contents, oracles
from workbench.report.contents.cost import count_numbers
from workbench.report.prose import Prose
from workbench.report.table import Table
from workbench.rows import keep_beside, keep_measured, load_rows, measured_folder

SMOKE: dict[str, Any] = {"preset": "smoke", "seeds": [0], "regimes": ["single"]}


def read(table: Table | Prose) -> pd.DataFrame:
    assert isinstance(table, Table)
    return pd.read_csv(io.StringIO(table.csv()))


def keep(name: str, *runs: str, audits: list[tuple[str, str, str, str]], **origin: Any) -> None:
    """Rows, audits and JSON of these runs, as a sweep keeps them."""
    rows = load_rows("smoke", "runs")
    path = keep_measured(name, rows[rows["run"].isin(runs)])
    table = pd.DataFrame([(*one, "in words") for one in audits], columns=["run", "audit", "of", "status", "found"])
    table.to_parquet(path.with_name(f"{name}.audits.parquet"))
    path.with_suffix(".json").write_text(json.dumps({"versions": {"python": "3.11"}} | origin))


def test_gates_show_the_best_oracle_and_count_those_that_hold() -> None:
    found = contents("gates", benchmarks=["motion48"])
    table = found.gates()
    rows = read(table)
    assert set(rows["benchmark"]) == {"motion48"} and "all 49 gates hold" in found.summary().text
    best = rows.query("task == 'class' and view == 'set' and input == 'states'")["accuracy"].max()
    assert f"| all frames without their order | {100 * best:.1f} (" in table.markdown()
    assert read(found.factors())["benchmark"].unique() == ["motion48"]


def test_gates_that_were_not_measured_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(oracles, "PAGE", tmp_path / "benchmarks.md")
    for one in (oracles.gates, oracles.factor_pairs):
        one.cache_clear()
    try:
        found = contents("gates")
        for output in (found.summary(), found.gates(), found.factors()):
            assert isinstance(output, Prose) and "not run" in output.text and "workbench data gates" in output.text
        (tmp_path / "benchmarks.parquet").write_text("no table")
        oracles.gates.cache_clear()
        with pytest.raises(WorkbenchError, match=r"benchmarks\.parquet cannot be read"):
            found.gates()
    finally:
        oracles.gates.cache_clear()
        oracles.factor_pairs.cache_clear()


def test_parameters_are_counted_from_the_header_of_a_weight_file(tmp_path: Path) -> None:
    path = tmp_path / "encoder.safetensors"
    save_file({"a": np.zeros((3, 4), np.float32), "b": np.zeros(5, np.float16), "c": np.array(1.0)}, path)
    assert count_numbers(path) == 12 + 5 + 1
    path.write_bytes(b"none")
    with pytest.raises(WorkbenchError, match=r"encoder\.safetensors is no safetensors file"):
        count_numbers(path)


def test_cost_is_what_rows_and_kept_tables_record() -> None:
    make_run("random")
    run = make_run("baseline", train_seconds=10.0)
    make_run("velgate", train_seconds=25.0)
    (run.folder / "weights").mkdir()
    save_file({"a": np.zeros((7, 6), np.float32)}, run.folder / "weights" / "encoder.safetensors")
    keep(
        "one",
        "baseline-smoke-s0",
        audits=[],
        runs_seconds={"baseline-smoke-s0": 99.5},
        not_complete={"sigreg-smoke-s0": "no memory left"},
    )
    found = contents("cost", **SMOKE)
    rows = read(found.time()).set_index("variant")
    assert rows.loc["baseline", ["training", "probes", "in_all"]].tolist() == [10.0, 15.0, 99.5]
    text = found.time().markdown()
    assert (
        "| baseline | 0 | 8 | 10 | 15 | 100 | – | not run | 42 | – | – |" in text
        and "| velgate | 0 | 8 | 25 | 15 | – | 2.50 |" in text
    )
    assert "| sigreg | not run |" in text
    assert "sigreg-smoke-s0 was not completed when `one` was kept: no memory left" in found.notes().text
    assert "`python -m bench.memory" in found.summary().text and "python 3.11" in found.software().text
    assert "workbench sweep --preset smoke --seeds 0" in found.missing().markdown()


def test_memory_is_read_from_the_kept_measurement_of_the_preset() -> None:
    make_study({"random": 0.1, "baseline": 0.4})
    sizes = {"memory_mb": 120.0, "memory_low": 118.0, "memory_high": 123.0}
    line = {"regime": "single", "variant": "baseline", "batch": 32, "processes": 3} | sizes
    keep_beside(
        "memory", "cost", pd.DataFrame([line | {"preset": "smoke"}, line | {"preset": "quick", "memory_mb": 9.0}]), ""
    )
    found = contents("cost", **SMOKE)
    text = found.time().markdown()
    assert (
        "| – | 120 (118 to 123) | –" in text
        and "six steps of 32 clips" in text
        and "not run" not in found.summary().text
    )
    assert read(found.time()).set_index("run").loc["baseline-smoke-s0", "memory_mb"] == 120
    (measured_folder() / "memory.cost.parquet").write_text("none")
    with pytest.raises(WorkbenchError, match=r"memory\.cost\.parquet cannot be read"):
        contents("cost", **SMOKE).time()


def test_audits_are_counted_and_failing_ones_listed() -> None:
    make_study({"random": 0.1, "baseline": 0.4})
    make_run("sigreg", audit="failed: gradient of sigreg")
    names = ["random-smoke-s0", "baseline-smoke-s0", "sigreg-smoke-s0"]
    found = [(name, "movement", "context", "passed") for name in names]
    keep("one", *names, audits=[*found, ("sigreg-smoke-s0", "gradient", "sigreg", "failed")], runs_seconds={})
    made = contents("audits", **SMOKE)
    text = made.counts().markdown()
    assert "| movement (has the probed encoder been trained?) | 0 | 0 | 3 | 3 |" in text and "| 1 | 0 | 0 | 1 |" in text
    assert list(read(made.failed())["run"]) == ["sigreg-smoke-s0"]
    assert "passed in 2 and failed in 1 of them" in made.summary().text
    assert isinstance(made.noted(), Prose) and isinstance(made.not_kept(), Prose)


def test_runs_whose_findings_are_not_kept_are_named() -> None:
    make_study({"random": 0.1, "baseline": 0.4}, audit="failed: movement of context")
    made = contents("audits", **SMOKE)
    assert list(read(made.not_kept())["run"]) == ["random-smoke-s0", "baseline-smoke-s0"]
    assert "**Every run that there is failed its audit.**" in made.summary().text
    assert "not run" in made.counts().text
    assert contents("audits", **SMOKE | {"seeds": [7]}).summary().text.endswith("Nothing was audited.")


def test_an_audit_that_fails_in_one_table_and_not_in_another_is_named() -> None:
    make_run("baseline")
    for name, status in (("one", "passed"), ("two", "failed")):
        keep(name, "baseline-smoke-s0", audits=[("baseline-smoke-s0", "movement", "context", status)], runs_seconds={})
    with pytest.raises(
        WorkbenchError, match=r"baseline-smoke-s0, movement, context.*passed in one\.audits.*failed in two\.audits"
    ):
        contents("audits", **SMOKE).counts()


def test_a_kept_json_that_cannot_be_read_is_named(home: Path) -> None:
    make_run("baseline")
    keep("one", "baseline-smoke-s0", audits=[], runs_seconds={})
    (home / "reports" / "measured" / "one.json").write_text("{")
    with pytest.raises(WorkbenchError, match=r"one\.json cannot be read"):
        contents("cost", **SMOKE).time()

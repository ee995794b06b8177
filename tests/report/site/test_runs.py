"""What the site says of runs: kept ones and those on disk, each once, with the gravest of its audits."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from tests.made_up import make_run, make_study
from workbench.errors import WorkbenchError
from workbench.report.site.run_records import run_records
from workbench.report.site.runs import overview_table, run_page
from workbench.rows import load_rows, measured_folder


def keep(name: str, config: dict[str, object], run: str) -> None:
    """A kept sweep of one run whose audit fails."""
    measured_folder().mkdir(parents=True, exist_ok=True)
    about = {
        "command": "workbench sweep",
        "kept": "2026",
        "runs_seconds": {run: 12.3},
        "configs": {run: config},
        "git": {},
    }
    (measured_folder() / f"{name}.json").write_text(json.dumps(about))
    findings = [
        ("gradient", "ld", "failed", "0"),
        ("movement", "context", "passed", "0.9"),
        ("spread", "motion48", "noted", "1 seed"),
    ]
    table = pd.DataFrame(findings, columns=["audit", "of", "status", "found"]).assign(run=run)
    table.to_parquet(measured_folder() / f"{name}.audits.parquet")


def test_a_run_that_is_kept_and_on_disk_is_told_of_once() -> None:
    run, other = make_study({"baseline": 0.4, "random": 0.1})
    keep("mine", run.config.model_dump(mode="json"), run.name)
    found = {record.name: record for record in run_records()}
    assert list(found) == [run.name, other.name]
    kept, disk = found[run.name], found[other.name]
    assert (kept.kept, kept.audit, kept.seconds, kept.origin["Command"]) == ("mine", "failed", "12", "workbench sweep")
    assert (disk.kept, disk.audit, disk.variant, disk.preset) == ("", "not audited", "random", "smoke")


def test_the_audits_of_a_run_on_disk_are_made_from_its_folder() -> None:
    run = make_run("baseline")
    run.update(movement={"context": 0.0, "teacher": 0.5})
    (record,) = run_records()
    assert record.audit == "failed" and any("random initialisation" in one["found"] for one in record.audits)


def test_a_page_holds_results_audits_and_settings() -> None:
    run = make_run("baseline")
    keep("mine", run.config.model_dump(mode="json"), run.name)
    (record,) = run_records()
    page = run_page(record, load_rows())
    assert [place for place, _ in page.contents] == ["results", "audits", "settings"]
    row = load_rows().iloc[0]
    assert f"{100 * row['value']:.1f}" in page.body and f"{record.config['optim']['lr']}" in page.body
    assert "kind blocks, visible" in page.body  # a mask on one line
    assert [len(row) for row in overview_table([record]).rows] == [1, 7]


def test_a_run_that_cannot_be_read_says_so_and_leaves_the_others() -> None:
    make_run("baseline")
    broken = make_run("random")
    (broken.folder / "config.json").write_text("{")
    found = {record.name: record for record in run_records()}
    assert "config.json cannot be read" in found[broken.name].problem
    assert "config.json cannot be read" in run_page(found[broken.name], load_rows().iloc[:0]).body


def test_a_broken_record_of_a_sweep_is_named() -> None:
    measured_folder().mkdir(parents=True)
    (measured_folder() / "mine.json").write_text("{}")
    with pytest.raises(WorkbenchError, match=r"mine\.json cannot be read as the record of a sweep"):
        run_records()

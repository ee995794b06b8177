"""What is known of every run: from the tables kept in `reports/measured/`, and from the folders on this disk."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.audit import audit_rows, collapse, gradient, movement, weights_in_effect
from workbench.errors import WorkbenchError
from workbench.rows import beside_path, measured_folder
from workbench.runs import Run, list_runs

ALONE = (gradient, movement, weights_in_effect, collapse)  # the audits that look at no other run's rows


@dataclass(frozen=True)
class RunRecord:
    """One run: its settings, findings of its audits, where its rows are kept, and how it was made."""

    name: str
    config: Mapping[str, Any]
    audits: tuple[Mapping[str, str], ...] = ()
    kept: str = ""
    seconds: str = ""
    origin: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    @property
    def variant(self) -> str:
        """What was trained."""
        return str(self.config.get("variant", "unknown"))

    @property
    def preset(self) -> str:
        """How large."""
        return str(self.config.get("preset", "unknown"))

    @property
    def seed(self) -> int:
        """Of weights, masks and clips."""
        return int(self.config.get("seed", 0))

    @property
    def reading(self) -> str:
        """As described or as published."""
        return str(self.config.get("reading", "as_described"))

    @property
    def data(self) -> str:
        """What it was trained on."""
        return str(self.config.get("data", {}).get("source", "unknown"))

    @property
    def audit(self) -> str:
        """The gravest status of its audits."""
        found = {one["status"] for one in self.audits}
        return next((status for status in ("failed", "noted", "passed") if status in found), "not audited")


def run_records() -> list[RunRecord]:
    """Every run once, by name; what is kept goes before what is on this disk, whose audits lack those against other runs."""
    found = {record.name: record for path in sorted(measured_folder().glob("*.json")) for record in _kept(path)}
    for run in list_runs():
        if run.name not in found:
            found[run.name] = _on_disk(run)
    return [found[name] for name in sorted(found)]


def _kept(path: Path) -> list[RunRecord]:
    """The runs that a kept sweep tells of; none of a JSON that lies beside a table of another kind."""
    if "." in path.stem:
        return []
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
        configs, command = about["configs"], about["command"]
    except (OSError, ValueError, KeyError) as error:
        raise WorkbenchError(
            f"{path} cannot be read as the record of a sweep ({error}). Restore it or delete it."
        ) from None
    audits = _audits(beside_path(path.stem, "audits"))
    seconds = about.get("runs_seconds", {})
    origin = {
        "Command": command,
        "Kept": str(about.get("kept", "")),
        "Versions": _versions(about.get("versions", {})),
        "Source": _source(about.get("git", {})),
    }
    return [
        RunRecord(
            name, config, audits.get(name, ()), path.stem, f"{seconds[name]:.0f}" if name in seconds else "", origin
        )
        for name, config in configs.items()
    ]


def _audits(path: Path) -> dict[str, tuple[Mapping[str, str], ...]]:
    if not path.is_file():
        return {}
    try:
        table = pd.read_parquet(path, columns=["run", "audit", "of", "status", "found"])
    except (OSError, ValueError) as error:
        raise WorkbenchError(f"{path} cannot be read ({error}). Restore it or delete it.") from None
    return {
        str(run): tuple({str(k): str(v) for k, v in row.items() if k != "run"} for row in part.to_dict("records"))
        for run, part in table.groupby("run", sort=False)
    }


def _on_disk(run: Run) -> RunRecord:
    try:
        run.check_format()
        info, config = run.info, run.config.model_dump(mode="json")
        findings = [finding for audit in ALONE for finding in audit(run)]
    except WorkbenchError as error:
        return RunRecord(run.name, {}, problem=str(error))
    origin = {
        "Status": f"{info['status']} at step {info['step']}",
        "Made": str(info.get("created", "")),
        "Versions": _versions(info.get("versions", {})),
        "Source": _source(info.get("git", {})),
    }
    seconds = info.get("total_seconds", info.get("seconds"))
    return RunRecord(
        run.name,
        config,
        tuple(audit_rows(findings)),
        seconds="" if seconds is None else f"{seconds:.0f}",
        origin=origin,
    )


def _versions(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items())


def _source(git: Mapping[str, Any]) -> str:
    return f"commit {git['commit']}{' with uncommitted changes' if git.get('dirty') else ''}" if "commit" in git else ""

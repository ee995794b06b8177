"""What bears on a claim beside its tests: the audits of the rows that were used, and kept diagnoses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from workbench.ledger.model import Claim, Evidence
from workbench.ledger.our_rows import OurRows
from workbench.ledger.study_rows import faults
from workbench.report.numbers import counted, listed
from workbench.rows import beside_path, measured_files, measured_folder
from workbench.variants import VARIANTS

NO_RECORD = "no record"
MOST = 3
PUBLISHED, OURS, AGAIN = "published", "ours", "ours, as published"
Used = tuple[list[dict[str, Any]], Sequence[str]]  # rows, and what differs in the comparisons of them


def audits(claim: Claim, sides: Mapping[str, Used]) -> tuple[dict[str, Any], ...]:
    """One record for each audit that the claim names and each side that has rows: audit, side, status, found, runs.

    Of published runs nothing was recorded: what is known of them is what the released code does (OBJECTIVES).
    """
    records = []
    kept = {side: _kept(rows) for side, (rows, _) in sides.items() if side != PUBLISHED}
    for name in claim.audits:
        for side, (rows, marks) in sides.items():
            if rows:
                found = _of_study(name, rows, marks) if side == PUBLISHED else _of_ours(name, rows, kept[side], marks)
                records.append(
                    {"audit": name, "side": side, **dict(zip(("status", "found", "runs"), found, strict=True))}
                )
    return tuple(records)


def _of_study(name: str, rows: list[dict[str, Any]], marks: Sequence[str]) -> tuple[str, str, list[str]]:
    if name == "control":
        return _noted(marks, "the same seed and budget", rows)
    if name == "spread":
        return _spread(rows)
    # A term without gradient, or on the tokens of a teacher that is not trained; a probed teacher that is not trained.
    about = {"gradient": {"no_gradient", "settings"}, "movement": {"teacher"}}.get(name, set())
    concerned = [row for row in rows if row["reading"] == "as_published" and about & _told(row["variant"])]
    if concerned:
        said = "; ".join(f"{listed(names)}: {fault}" for fault, names in faults(concerned).items())
        return "failed", f"by the released code. {said}", _runs(concerned)
    return NO_RECORD, "nothing was recorded, and nothing is known from the released code", []


def _told(variant: str) -> set[str]:
    """Keys of the settings that repeat a variant's fault."""
    changes = VARIANTS[variant].published
    return {*changes, *changes.get("objective", {})}


def _of_ours(
    name: str, rows: list[dict[str, Any]], kept: pd.DataFrame, marks: Sequence[str]
) -> tuple[str, str, list[str]]:
    if name == "control":
        return _noted(marks, "the same seed, clips, initial weights, steps and probe budget", rows)
    if name == "spread":
        return _spread(rows)
    mine = kept[kept["audit"] == name]
    if mine.empty:
        return _from_rows(name, rows)
    total = mine["run"].nunique()
    for status in ("failed", "noted"):
        if len(part := mine[mine["status"] == status]):
            runs = list(dict.fromkeys(part["run"]))
            first = part.drop_duplicates("of").head(MOST)
            said = "; ".join(f"{row.of} ({row.run}): {row.found}" for row in first.itertuples())
            return status, f"{status} in {len(runs)} of {counted(total, 'run')}. {said}", runs
    return "passed", f"passed in {counted(total, 'run')}", list(mine["run"].unique())


def _from_rows(name: str, rows: list[dict[str, Any]]) -> tuple[str, str, list[str]]:
    """Runs whose audits lie beside no kept rows: a failing one is in the mark of every row."""
    failed = {row["run"]: row["audit"] for row in rows if f"{name} of" in row["audit"]}
    if failed:
        return "failed", "; ".join(f"{run}: {mark}" for run, mark in list(failed.items())[:MOST]), list(failed)
    if name in ("gradient", "movement") and all(row["audit"] == "passed" for row in rows):
        return "passed", f"passed in {counted(len(_runs(rows)), 'run')}", _runs(rows)
    return NO_RECORD, "these runs carry no record of it", []


def _noted(marks: Sequence[str], equal: str, rows: list[dict[str, Any]]) -> tuple[str, str, list[str]]:
    """What differs, one kind a line: the first of it and how many there are."""
    kinds: dict[str, list[str]] = {}
    for mark in marks:
        kinds.setdefault(mark.partition(":")[0], []).append(mark)
    if not kinds:
        return "passed", equal, _runs(rows)
    said = [f"{first}{f' (and {len(more)} more such)' if more else ''}" for first, *more in kinds.values()]
    return "noted", "; ".join(said), _runs(rows)


def _spread(rows: list[dict[str, Any]]) -> tuple[str, str, list[str]]:
    seeds: dict[str, set[int]] = {}
    for row in rows:
        seeds.setdefault(row["variant"], set()).add(row["seed"])
    fewest = min(len(one) for one in seeds.values())
    single = [variant for variant, one in seeds.items() if len(one) == 1]
    clips = sorted({row["n"] for row in rows})
    said = f"{counted(fewest, 'seed')} a variant at least, {listed(f'{n:,}' for n in clips)} test clips a cell"
    if single:
        some = listed(single) if len(single) <= MOST else counted(len(single), "variant")
        return "noted", f"{said}; one seed of {some} says nothing of seeds", _runs(rows)
    return "passed", said, _runs(rows)


def _runs(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(row["run"] for row in rows))


def _kept(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Findings kept beside measured rows, of the runs of `rows`."""
    paths = [beside_path(path.stem, "audits") for path in measured_files()]
    parts = [pd.read_parquet(path) for path in paths if path.is_file()]
    table = (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame(columns=["run", "audit", "of", "status", "found"])
    )
    return table[table["run"].isin(_runs(rows))].drop_duplicates(["run", "audit", "of"])


def evidence(piece: Evidence, variants: Sequence[str], rows: OurRows) -> dict[str, Any]:
    """The kept numbers of a diagnosis table for these variants, or the command that makes them."""
    files: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    for path in sorted(measured_folder().glob("*.diagnosis.parquet")):
        table = pd.read_parquet(path, columns=["encoder", "table"])
        table = table[(table["table"] == piece.table) & table["encoder"].str.split("-").str[0].isin(variants)]
        if len(table):
            name = f"reports/measured/{path.name}"
            counts[name] = table["encoder"].nunique()
            files.append({"file": name, "encoders": sorted(table["encoder"].unique()), "numbers": len(table)})
    record: dict[str, Any] = {"table": piece.table, "variants": list(variants), "files": files}
    if files:
        said = listed(f"{name} ({counted(count, 'encoder')})" for name, count in counts.items())
        return record | {"found": f"the table `{piece.table}` of {listed(variants)} in {said}"}
    runs = [rows.run_of(variant, rows.seeds(piece.regime)[0], piece.regime) for variant in variants]
    command = f"workbench diagnose {' '.join(runs)} --keep NAME"
    return record | {"found": f"table `{piece.table}` of {listed(variants)}: not run", "command": command}
